using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.VmBridge;

/// <summary>A virtual display for the seat's monitor: QEMU's D-Bus display, which a presenter shows, and a card where the definition has none.</summary>
internal static class SeatDisplay
{
    internal static void Apply(DomainEdit edit, ScreenSize monitor)
    {
        // Beside another display, as a SPICE one: libvirt lets a guest have one of each kind.
        if (Of(edit.Root) is null)
        {
            foreach (var other in edit.Devices.Elements("graphics").Where(graphics => graphics.Attribute("type")?.Value == "dbus").ToList())
                edit.Remove(other, "a guest has one display of this kind, and this one is for a program of the owner's session");
            edit.Add(edit.Devices, new("graphics", new XAttribute("type", "dbus"), new XAttribute("p2p", "yes")), "the display that is shown on the seat's monitor");
        }
        foreach (var none in edit.Devices.Elements("video").Where(video => video.Element("model")?.Attribute("type")?.Value == "none").ToList())
            edit.Remove(none, "the seat's monitor needs a card to show");
        if (edit.Devices.Element("video") is null)
            edit.Add(edit.Devices, new("video", new XElement("model", new XAttribute("type", "virtio"), new XAttribute("heads", "1"))), "a card for the seat's monitor");
        // So that its first picture has the monitor's size; later the presenter tells it of the monitor.
        if (edit.Devices.Element("video")!.Element("model") is { } model && model.Attribute("type")?.Value == "virtio" && model.Element("resolution") is null)
        {
            edit.Add(model, new("resolution",
                new XAttribute("x", monitor.Width.ToString(CultureInfo.InvariantCulture)), new XAttribute("y", monitor.Height.ToString(CultureInfo.InvariantCulture))), "the monitor's size");
        }
    }

    /// <summary>Which of a definition's displays another program may be handed a socket to, from 0; null for none.</summary>
    internal static int? Of(XElement root)
    {
        var index = (root.Element("devices")?.Elements("graphics") ?? []).TakeWhile(graphics => !IsHandedOver(graphics)).Count();
        return index < (root.Element("devices")?.Elements("graphics").Count() ?? 0) ? index : null;
    }

    private static bool IsHandedOver(XElement graphics) => graphics.Attribute("type")?.Value == "dbus" && graphics.Attribute("p2p")?.Value == "yes";
}
