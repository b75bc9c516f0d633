using System.Globalization;
using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>A graphics card for the guest, which is then its display, and the PCIe root ports that this and hot-plug need.</summary>
internal static class SeatGpu
{
    private const string Port = "pcie-root-port";

    /// <param name="freePorts">How many further root ports should be free.</param>
    internal static void Apply(DomainEdit edit, SeatOverlay overlay, int freePorts)
    {
        PciAddress[] wanted = [.. overlay.Gpu.Select(PciAddress.Parse)];
        var held = edit.Devices.Elements("hostdev").Select(PciAddress.OfSource).ToHashSet();
        PciAddress[] missing = [.. wanted.Where(function => !held.Contains(function))];
        if (wanted.Length > 0 && !overlay.IsPart)
            MakeItTheDisplay(edit, overlay.Remote is not null);
        var express = HasPciExpress(edit.Root);
        // A guest's driver finds the functions of a card by their slot, so they go into one, as on the card itself.
        var together = express && missing.Length > 1 && missing.Any(function => function.Function == 0)
            && missing.All(function => (function with { Function = 0 }) == missing[0] with { Function = 0 });
        var bus = together ? AddPort(edit, "for the seat's graphics card") : (int?)null;
        foreach (var function in missing)
            edit.Add(edit.Devices, HostDevice(function, bus), "the seat's graphics card");
        var makes = overlay.Mediated is { } mediated && edit.Devices.Elements("hostdev").All(device => MediatedId(device) != mediated);
        if (makes)
            edit.Add(edit.Devices, MediatedDevice(overlay.Mediated!.Value), "the seat's part of a graphics card");
        if (express)
            AddFreePorts(edit, freePorts + (together ? 0 : missing.Length) + (makes ? 1 : 0));
    }

    /// <summary>The UUID of the mediated device that a <c>hostdev</c> is; null for another one.</summary>
    internal static Guid? MediatedId(XElement device) =>
        device.Attribute("type")?.Value == "mdev" && Guid.TryParse(device.Element("source")?.Element("address")?.Attribute("uuid")?.Value, out var id) ? id : null;

    private static XElement MediatedDevice(Guid id) =>
        new("hostdev", new XAttribute("mode", "subsystem"), new XAttribute("type", "mdev"), new XAttribute("model", "vfio-pci"),
            new XElement("source", new XElement("address", new XAttribute("uuid", id.ToString()))));

    /// <summary>
    /// The seat's monitor hangs on the GPU, so the emulated card goes: guests else put their desktop on both. A &lt;graphics&gt; would
    /// show nothing, and would be a second way to a person's keyboard, so it goes too, with the devices that are only carried by it.
    /// </summary>
    /// <param name="isSeenElsewhere">Whether viewers elsewhere are to see a screen beside the monitor: then it keeps its emulated card, and what is for them.</param>
    private static void MakeItTheDisplay(DomainEdit edit, bool isSeenElsewhere)
    {
        // A mediated device that the owner shows there needs it: libvirt refuses the definition without.
        var stays = edit.Devices.Elements("hostdev").Any(device => device.Attribute("display")?.Value == "on");
        foreach (var device in edit.Devices.Elements().ToList())
        {
            if (isSeenElsewhere && (device.Name == "video" || device.Attribute("type")?.Value is "vnc" or "egl-headless"))
                continue;
            if (device.Name == "video" && device.Element("model")?.Attribute("type")?.Value != "none")
                edit.Remove(device, "the graphics card is the display; on a second one the system would spread its desktop");
            else if (!stays)
                RemoveDisplay(edit, device, "it would show nothing, and be a second way to the keyboard");
        }
        if (!isSeenElsewhere && edit.Devices.Element("video") is null)
            edit.Add(edit.Devices, new("video", new XElement("model", new XAttribute("type", "none"))), "else libvirt adds an emulated card");
    }

    /// <summary>Takes a device out where it is a display, or one that is only carried by a display.</summary>
    internal static void RemoveDisplay(DomainEdit edit, XElement device, string why)
    {
        if (device.Name == "graphics")
        {
            edit.Remove(device, why);
        }
        else if (IsSpice(device))
        {
            edit.Remove(device, "only the display that went carries it");
        }
        else if (device.Name == "audio" && device.Attribute("type")?.Value is "spice" or "dbus")
        {
            edit.Remove(device, "only the display that went carries it");
            edit.Add(edit.Devices, new("audio", device.Attribute("id"), new XAttribute("type", "none")), "the sound card keeps a backend");
        }
    }

    private static bool IsSpice(XElement device) =>
        device.Name.LocalName is "channel" or "redirdev" or "smartcard" or "serial" or "parallel"
        && device.Attribute("type")?.Value is "spicevmc" or "spiceport";

    /// <summary>q35 and the virt machines have PCI Express, where a device needs a root port of its own; elsewhere plain slots serve.</summary>
    private static bool HasPciExpress(XElement root) =>
        root.Element("devices")!.Elements("controller").Any(controller => controller.Attribute("model")?.Value == "pcie-root")
        || (root.Element("os")?.Element("type")?.Attribute("machine")?.Value is { } machine
            && (machine.Contains("q35", StringComparison.Ordinal) || machine.StartsWith("virt", StringComparison.Ordinal)));

    /// <summary>So many root ports that nothing has an address on are there afterwards: for those without an address, and for hot-plug.</summary>
    private static void AddFreePorts(DomainEdit edit, int wanted)
    {
        var used = UsedBuses(edit.Devices).ToHashSet();
        var free = Controllers(edit.Devices).Count(controller => controller.Attribute("model")?.Value == Port && !used.Contains(Index(controller)));
        for (; free < wanted; free++)
            AddPort(edit, "a free PCIe port, so that a device can be plugged in");
    }

    /// <returns>Its index, which is also the number of its bus.</returns>
    private static int AddPort(DomainEdit edit, string why)
    {
        var index = FreeIndex(edit.Devices);
        edit.Add(edit.Devices, new("controller", new XAttribute("type", "pci"), new XAttribute("index", index), new XAttribute("model", Port)), why);
        return index;
    }

    /// <summary>One that no PCI controller has, be it that it has yet to be numbered or added.</summary>
    private static int FreeIndex(XElement devices) => Math.Max(
        Controllers(devices).Count(), 1 + (Controllers(devices).Select(Index).Concat(UsedBuses(devices)).Max() ?? 0));

    private static IEnumerable<int?> UsedBuses(XElement devices) =>
        devices.Descendants("address").Where(address => address.Parent?.Name != "source" && address.Attribute("type")?.Value == "pci")
            .Select(address => PciAddress.Number(address.Attribute("bus")?.Value));

    private static int? Index(XElement controller) => PciAddress.Number(controller.Attribute("index")?.Value);

    private static IEnumerable<XElement> Controllers(XElement devices) =>
        devices.Elements("controller").Where(controller => controller.Attribute("type")?.Value == "pci");

    /// <summary>Not managed: libvirt would take the function from the host's driver, and give it back to it, without any of our checks.</summary>
    private static XElement HostDevice(PciAddress function, int? bus) =>
        new("hostdev", new XAttribute("mode", "subsystem"), new XAttribute("type", "pci"), new XAttribute("managed", "no"),
            new XElement("source", function.ToElement()),
            bus is null ? null : new XElement("address", new XAttribute("type", "pci"),
                new XAttribute("domain", "0x0000"), new XAttribute("bus", string.Create(CultureInfo.InvariantCulture, $"0x{bus:x2}")),
                new XAttribute("slot", "0x00"), new XAttribute("function", string.Create(CultureInfo.InvariantCulture, $"0x{function.Function:x1}")),
                function.Function == 0 ? new XAttribute("multifunction", "on") : null));
}
