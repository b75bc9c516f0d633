using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// The owner's stored definition plus what the seat brings. Pure: text in, text out; whatever it does not mention stays as it is.
/// </summary>
public static class Overlay
{
    /// <summary>Root ports that stay free for hot-plug: a pointer that is taken out and put back needs one, a second one is slack.</summary>
    private const int SparePorts = 2;

    /// <summary>The definition to start <paramref name="storedXml"/> with at a seat. Fails with <see cref="GuestException"/>.</summary>
    public static string Apply(string storedXml, SeatOverlay overlay)
    {
        var domain = Parse(storedXml);
        var root = domain.Root!;
        var devices = root.Element("devices") ?? throw new GuestException("The guest's stored definition has no <devices>.");
        var wanted = overlay.Gpu.Select(PciAddress.Parse).ToList();

        Mark(root, overlay.Seat);
        RemoveOurs(devices);
        var held = devices.Elements("hostdev").Select(PciAddress.OfSource).ToHashSet();
        var functions = wanted.Where(address => !held.Contains(address)).ToList();
        if (HasPciExpress(root))
            AddRootPorts(devices, needed: 1 + functions.Count + SparePorts);
        if (wanted.Count > 0)
            MakeGpuTheDisplay(devices);
        foreach (var function in functions)
            Append(devices, HostDevice(function));
        Append(devices, Keyboard(overlay.Keyboard));
        Append(devices, Pointer(overlay.Pointer));
        return domain.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>
    /// The keyboard goes into the machine's PS/2 keyboard, which firmware, boot menus and installers know. PS/2 leaves repeating a held
    /// key to the keyboard (atkbd sets its own rep[], so the input core of a Linux guest does not repeat either), and QEMU's repeats only
    /// what it is sent: with repeat='on' the repeats of a sink that has EV_REP pass, without EV_REP there are none and it changes nothing.
    /// grabToggle names a key that no sink can send; QEMU's default, both Ctrl keys, is the home chord.
    /// </summary>
    internal static XElement Keyboard(string node) =>
        new("input", new XAttribute("type", "evdev"),
            new XElement("source", new XAttribute("dev", Node(node)), new XAttribute("grab", "all"),
                new XAttribute("grabToggle", "scrolllock"), new XAttribute("repeat", "on")),
            new XElement("alias", new XAttribute("name", DomainXmlNames.KeyboardAlias)));

    internal static XElement Pointer(string node) =>
        new("input", new XAttribute("type", "passthrough"), new XAttribute("bus", "virtio"),
            new XElement("source", new XAttribute("evdev", Node(node))),
            new XElement("alias", new XAttribute("name", DomainXmlNames.PointerAlias)));

    private static XDocument Parse(string storedXml)
    {
        try
        {
            return XDocument.Parse(storedXml, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException broken)
        {
            throw new GuestException($"The guest's stored definition is not XML: {broken.Message}", broken);
        }
    }

    /// <summary>libvirt takes any path here, and opens it as root: only event nodes pass.</summary>
    private static string Node(string path) =>
        EventNumber(path) is not null ? path : throw new GuestException($"'{path}' is no event node: /dev/input/eventN was expected.");

    internal static int? EventNumber(string? path)
    {
        const string Prefix = "/dev/input/event";
        return path is not null && path.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(path.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    private static void Mark(XElement root, string seat)
    {
        var metadata = root.Element("metadata");
        if (metadata is null)
        {
            metadata = new("metadata");
            Append(root, metadata);
        }
        foreach (var old in metadata.Elements(DomainXmlNames.Seat).ToList())
            Remove(old);
        Append(metadata, new XElement(DomainXmlNames.Seat,
            new XAttribute(XNamespace.Xmlns + DomainXmlNames.SeatPrefix, DomainXmlNames.SeatUri), new XAttribute("name", seat)));
    }

    /// <summary>What a running definition of ours that its owner stored would have too many of.</summary>
    private static void RemoveOurs(XElement devices)
    {
        foreach (var ours in devices.Elements("input").Where(input => Alias(input) is DomainXmlNames.KeyboardAlias or DomainXmlNames.PointerAlias).ToList())
            Remove(ours);
    }

    internal static string? Alias(XElement device) => device.Element("alias")?.Attribute("name")?.Value;

    /// <summary>q35 and the virt machines have PCI Express, where a device needs a root port of its own; elsewhere plain slots serve.</summary>
    private static bool HasPciExpress(XElement root) =>
        root.Element("devices")!.Elements("controller").Any(controller => controller.Attribute("model")?.Value == "pcie-root")
        || (root.Element("os")?.Element("type")?.Attribute("machine")?.Value is { } machine
            && (machine.Contains("q35", StringComparison.Ordinal) || machine.StartsWith("virt", StringComparison.Ordinal)));

    private static void AddRootPorts(XElement devices, int needed)
    {
        var used = devices.Descendants("address").Where(address => address.Parent?.Name != "source" && address.Attribute("type")?.Value == "pci")
            .Select(address => PciAddress.Number(address.Attribute("bus")?.Value)).ToHashSet();
        var free = devices.Elements("controller").Count(controller =>
            controller.Attribute("model")?.Value == "pcie-root-port"
            && !used.Contains(PciAddress.Number(controller.Attribute("index")?.Value)));
        for (; free < needed; free++)
            Append(devices, new XElement("controller", new XAttribute("type", "pci"), new XAttribute("model", "pcie-root-port")));
    }

    /// <summary>
    /// The seat's monitor hangs on the GPU, so the emulated card goes: guests else put their desktop on both. A &lt;graphics&gt; would
    /// show nothing, and would be a second way to a person's keyboard, so it goes too, with the devices that are only carried by it.
    /// </summary>
    private static void MakeGpuTheDisplay(XElement devices)
    {
        foreach (var gone in devices.Elements().Where(device => IsEmulatedCard(device) || device.Name == "graphics" || IsSpice(device)).ToList())
            Remove(gone);
        foreach (var audio in devices.Elements("audio").Where(audio => audio.Attribute("type")?.Value == "spice").ToList())
            audio.ReplaceWith(new XElement("audio", audio.Attribute("id"), new XAttribute("type", "none")));
        if (devices.Element("video") is null)
            Append(devices, new XElement("video", new XElement("model", new XAttribute("type", "none"))));
    }

    private static bool IsEmulatedCard(XElement device) => device.Name == "video" && device.Element("model")?.Attribute("type")?.Value != "none";

    private static bool IsSpice(XElement device) =>
        device.Name.LocalName is "channel" or "redirdev" or "smartcard" or "serial" or "parallel"
        && device.Attribute("type")?.Value is "spicevmc" or "spiceport";

    private static XElement HostDevice(PciAddress function) =>
        new("hostdev", new XAttribute("mode", "subsystem"), new XAttribute("type", "pci"), new XAttribute("managed", "yes"),
            new XElement("source", function.ToElement()));

    /// <summary>Puts a child on a line of its own, where the definition has lines.</summary>
    private static void Append(XElement parent, XElement child)
    {
        if (parent.LastNode is XText { Value: var closing } last && string.IsNullOrWhiteSpace(closing))
            last.AddBeforeSelf(new XText(closing + "  "), child);
        else
            parent.Add(child);
    }

    /// <summary>Takes an element out with the line that it stood on.</summary>
    private static void Remove(XElement element)
    {
        if (element.PreviousNode is XText { Value: var before } space && string.IsNullOrWhiteSpace(before))
            space.Remove();
        element.Remove();
    }
}
