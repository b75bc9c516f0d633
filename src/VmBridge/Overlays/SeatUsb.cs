using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// The USB devices of a seat in its guest. A seat's device is known by its port, and libvirt is told the number that it has there now: what is
/// plugged in later has another number, and never goes to a guest by itself.
/// </summary>
internal static class SeatUsb
{
    internal static void Apply(DomainEdit edit, ValueList<PassedUsb> devices)
    {
        if (devices.Count == 0 || !CanHave(edit.Root))
            return;
        var owners = edit.Devices.Elements("hostdev").Select(Address).OfType<(int, int)>().ToHashSet();
        foreach (var usb in devices.Where(usb => !owners.Contains((usb.Bus, usb.Number))))
            edit.Add(edit.Devices, HostDevice(usb), $"what is plugged in at the seat's port {usb.Port}");
    }

    /// <summary>Whether a definition may have USB devices at all.</summary>
    internal static bool CanHave(XElement domain) =>
        domain.Element("devices")!.Elements("controller").All(controller => controller.Attribute("type")?.Value != "usb" || controller.Attribute("model")?.Value != "none");

    /// <summary>Where it is pulled between the plan and the start, the guest starts without.</summary>
    internal static XElement HostDevice(PassedUsb usb) =>
        new("hostdev", new XAttribute("mode", "subsystem"), new XAttribute("type", "usb"), new XAttribute("managed", "yes"),
            new XElement("source", new XAttribute("startupPolicy", "optional"),
                new XElement("address", new XAttribute("bus", usb.Bus), new XAttribute("device", usb.Number))),
            new XElement("alias", new XAttribute("name", AliasOf(usb.Port))));

    internal static string AliasOf(string port) => DomainXmlNames.UsbPortAlias + port.Replace('.', '_');

    /// <summary>Those that a running definition has of ours.</summary>
    internal static ValueList<PassedUsb> Of(XElement domain) =>
        (domain.Element("devices")?.Elements("hostdev") ?? [])
            .Where(device => Overlay.Alias(device)?.StartsWith(DomainXmlNames.UsbPortAlias, StringComparison.Ordinal) == true)
            .Select(device => new PassedUsb(
                Overlay.Alias(device)![DomainXmlNames.UsbPortAlias.Length..].Replace('_', '.'), Address(device)?.Bus ?? 0, Address(device)?.Number ?? 0))
            .OrderBy(usb => usb.Port, StringComparer.Ordinal).ToValueList();

    private static (int Bus, int Number)? Address(XElement hostdev) =>
        hostdev.Attribute("type")?.Value == "usb" && hostdev.Element("source")?.Element("address") is { } address
        && PciAddress.Number(address.Attribute("bus")?.Value) is { } bus && PciAddress.Number(address.Attribute("device")?.Value) is { } number
            ? (bus, number) : null;
}
