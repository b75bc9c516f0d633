using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.VmBridge;

/// <summary>A virtual display for the seat's monitor: QEMU's D-Bus display, which a presenter shows, and a card where the definition has none.</summary>
internal static class SeatDisplay
{
    /// <param name="renderNode">Of the monitor's card; null where it has none.</param>
    /// <param name="heads">How many screens are needed.</param>
    internal static void Apply(DomainEdit edit, ScreenSize monitor, string? renderNode, int heads = 1)
    {
        var accelerated = renderNode is not null && IsAccelerated(edit.Root);
        if (accelerated)
            RemoveOthers(edit);
        // Beside another display, as a SPICE one: libvirt lets a guest have one of each kind.
        if (Of(edit.Root) is null)
        {
            foreach (var other in edit.Devices.Elements("graphics").Where(graphics => graphics.Attribute("type")?.Value == "dbus").ToList())
                edit.Remove(other, "a guest has one display of this kind, and this one is for a program of the owner's session");
            edit.Add(edit.Devices, new("graphics", new XAttribute("type", "dbus"), new XAttribute("p2p", "yes")), "the display that is shown on the seat's monitor");
        }
        if (accelerated)
            Accelerate(edit, renderNode!);
        GiveCard(edit, "the seat's monitor needs a card to show", "a card for the seat's monitor");
        GiveHeads(edit, heads);
        // So that its first picture has the monitor's size; later the presenter tells it of the monitor.
        if (edit.Devices.Element("video")!.Element("model") is { } model && model.Attribute("type")?.Value == "virtio" && model.Element("resolution") is null)
        {
            edit.Add(model, new("resolution",
                new XAttribute("x", monitor.Width.ToString(CultureInfo.InvariantCulture)), new XAttribute("y", monitor.Height.ToString(CultureInfo.InvariantCulture))), "the monitor's size");
        }
    }

    /// <summary>A virtio card where the definition has none.</summary>
    internal static void GiveCard(DomainEdit edit, string whyNoneGoes, string whyOneComes)
    {
        foreach (var none in edit.Devices.Elements("video").Where(video => video.Element("model")?.Attribute("type")?.Value == "none").ToList())
            edit.Remove(none, whyNoneGoes);
        if (edit.Devices.Element("video") is null)
            edit.Add(edit.Devices, new("video", new XElement("model", new XAttribute("type", "virtio"), new XAttribute("heads", "1"))), whyOneComes);
    }

    /// <summary>How many screens a definition's cards have. Of all cards virtio's alone has as many as it is said to, each a console of its own in QEMU.</summary>
    internal static int Heads(XElement root) => Math.Max(1, (root.Element("devices")?.Elements("video").Elements("model") ?? [])
        .Sum(model => model.Attribute("type")?.Value switch { "none" => 0, "virtio" => HeadsOf(model), _ => 1 }));

    /// <summary>Where the cards have too few screens, a virtio one gets more; without one they stay as few.</summary>
    private static void GiveHeads(DomainEdit edit, int wanted)
    {
        // VIRTIO_GPU_MAX_SCANOUTS.
        const int most = 16;
        var missing = wanted - Heads(edit.Root);
        if (missing <= 0 || edit.Devices.Elements("video").Elements("model").FirstOrDefault(model => model.Attribute("type")?.Value == "virtio") is not { Parent: { } video } card)
            return;
        var more = new XElement(card);
        more.SetAttributeValue("heads", Math.Min(most, HeadsOf(card) + missing).ToString(CultureInfo.InvariantCulture));
        edit.Remove(card, "it has fewer screens than the seat has monitors");
        edit.Add(video, more, "a screen for each of the seat's monitors");
    }

    private static int HeadsOf(XElement model) => int.TryParse(model.Attribute("heads")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var heads) ? heads : 1;

    /// <summary>Which of a definition's displays another program may be handed a socket to, from 0; null for none.</summary>
    internal static int? Of(XElement root)
    {
        var index = (root.Element("devices")?.Elements("graphics") ?? []).TakeWhile(graphics => !IsHandedOver(graphics)).Count();
        return index < (root.Element("devices")?.Elements("graphics").Count() ?? 0) ? index : null;
    }

    /// <summary>Whether its owner wants a virtio card with 3D, which QEMU starts with a display in OpenGL alone.</summary>
    internal static bool IsAccelerated(XElement root) => root.Element("devices")!.Elements("video").Select(video => video.Element("model"))
        .Any(model => model?.Attribute("type")?.Value == "virtio" && model.Element("acceleration")?.Attribute("accel3d")?.Value == "yes");

    /// <summary>A card with 3D draws for one kind of display: QEMU does not start with another one beside it (console_compatible_with in ui/console.c).</summary>
    private static void RemoveOthers(DomainEdit edit)
    {
        if (edit.Devices.Elements("graphics").All(IsHandedOver))
            return;
        foreach (var device in edit.Devices.Elements().Where(device => !IsHandedOver(device) && !IsSoundOverDBus(device)).ToList())
            SeatGpu.RemoveDisplay(edit, device, "QEMU has no other display beside one that is drawn by a graphics card, and that is the seat's");
    }

    private static void Accelerate(DomainEdit edit, string renderNode)
    {
        var display = edit.Devices.Elements("graphics").First(IsHandedOver);
        if (display.Element("gl") is { } gl)
        {
            if (gl.Attribute("enable")?.Value == "yes" && gl.Attribute("rendernode") is not null)
                return;
            edit.Remove(gl, "the seat's says which card draws");
        }

        edit.Add(display, new("gl", new XAttribute("enable", "yes"), new XAttribute("rendernode", renderNode)), "the guest's card has 3D, drawn by the card of the seat's monitor");
    }

    private static bool IsSoundOverDBus(XElement device) => device.Name == "audio" && device.Attribute("type")?.Value == "dbus";

    private static bool IsHandedOver(XElement graphics) => graphics.Name == "graphics" && graphics.Attribute("type")?.Value == "dbus" && graphics.Attribute("p2p")?.Value == "yes";
}
