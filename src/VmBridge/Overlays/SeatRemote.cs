using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.VmBridge;

/// <summary>A virtual display for viewers elsewhere: QEMU's VNC server, which listens nowhere and is handed each viewer, and a card where the definition has none.</summary>
internal static class SeatRemote
{
    private const string Why = "the display for viewers elsewhere; it listens nowhere, and the service hands it those that may come in";

    /// <param name="renderNode">Of the card that draws for a guest with 3D; null where the definition or QEMU says which.</param>
    internal static void Apply(DomainEdit edit, RemoteScreen remote, string? renderNode)
    {
        DrawForAll(edit, renderNode);
        if (Of(edit.Root) is null)
            edit.Add(edit.Devices, new("graphics", new XAttribute("type", "vnc"), new XElement("listen", new XAttribute("type", "none"))), Why);
        SeatDisplay.GiveCard(edit, "viewers elsewhere need a card to see", "a card for viewers elsewhere");
        if (remote.Size is { } size)
            Resize(edit, Primary(edit.Devices), size);
    }

    /// <summary>
    /// QEMU has no VNC server beside a display that is drawn in OpenGL (console_compatible_with in ui/console.c), but beside one that copies what was
    /// drawn for all the others.
    /// </summary>
    private static void DrawForAll(DomainEdit edit, string? renderNode)
    {
        const string Why = "a display that is drawn in OpenGL takes no viewers from elsewhere; this one draws for all the others";
        var drawn = edit.Devices.Elements("graphics").Where(graphics => !IsForAll(graphics)).Elements("gl").Where(gl => gl.Attribute("enable")?.Value == "yes").ToList();
        var node = drawn.Select(gl => gl.Attribute("rendernode")?.Value).FirstOrDefault(node => node is not null) ?? renderNode;
        foreach (var gl in drawn)
            edit.Remove(gl, Why);
        if (SeatDisplay.IsAccelerated(edit.Root) && !edit.Devices.Elements("graphics").Any(IsForAll))
            edit.Add(edit.Devices, new("graphics", new XAttribute("type", "egl-headless"), node is null ? null : new XElement("gl", new XAttribute("rendernode", node))), Why);
    }

    private static bool IsForAll(XElement graphics) => graphics.Attribute("type")?.Value == "egl-headless";

    /// <summary>Which of a definition's displays is a VNC server, from 0; null for none.</summary>
    internal static int? Of(XElement root)
    {
        var index = (root.Element("devices")?.Elements("graphics") ?? []).ToList().FindIndex(graphics => graphics.Attribute("type")?.Value == "vnc");
        return index < 0 ? null : index;
    }

    private static XElement Primary(XElement devices) =>
        devices.Elements("video").FirstOrDefault(video => video.Element("model")?.Attribute("primary")?.Value == "yes") ?? devices.Element("video")!;

    private static void Resize(DomainEdit edit, XElement video, ScreenSize size)
    {
        const string WhySize = "the size that is asked for";
        if (Sized(video, size) is not { } after)
            return;
        var model = video.Element("model")!;
        if (model.Attributes().Select(attribute => attribute.ToString()).SequenceEqual(after.Attributes().Select(attribute => attribute.ToString())))
        {
            var wanted = after.Element("resolution")!;
            if (XNode.DeepEquals(model.Element("resolution"), wanted))
                return;
            if (model.Element("resolution") is { } other)
                edit.Remove(other, "another size is asked for");
            edit.Add(model, new(wanted), WhySize);
            return;
        }

        // Last in a list is no place for it: libvirt takes what is in <video> in any order.
        edit.Remove(model, "its memory does not hold the size that is asked for");
        edit.Add(video, after, WhySize);
    }

    /// <summary>The model with that size, and memory for it; null for a card whose size cannot be said.</summary>
    private static XElement? Sized(XElement video, ScreenSize size)
    {
        // Powers of two, in KiB. virtio allocates what is drawn on as the guest asks for it.
        var need = Math.Max(16384, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size.Width * (ulong)size.Height * 4 / 1024));
        var type = TypeOf(video);
        (string Attribute, long Most)? memory = type switch
        {
            "virtio" => ("", long.MaxValue),
            "vga" => ("vram", 512 * 1024),
            "bochs" => ("vram", 256 * 1024),
            "qxl" => ("vgamem", 256 * 1024),
            _ => null,
        };
        if (memory is not var (name, most))
            return null;
        if (need > most)
            throw new GuestException($"A screen of {size.Width}x{size.Height} takes {need / 1024} MiB, and the guest's card '{type}' has {most / 1024} MiB at most: ask for a smaller 'size', or give it a virtio card.");
        var model = new XElement(video.Element("model")!);
        if (name.Length > 0)
            AtLeast(model, name, need);
        // Drawing goes to the rest of this memory.
        if (type == "qxl")
            AtLeast(model, "ram", Math.Max(65536, need * 2));
        model.Elements("resolution").Remove();
        model.Add(new XElement("resolution", new XAttribute("x", Text(size.Width)), new XAttribute("y", Text(size.Height))));
        return model;
    }

    private static void AtLeast(XElement model, string name, long kib)
    {
        // libvirt's own, where nothing is said, is 16 MiB, and 64 of qxl's drawing memory.
        var has = long.TryParse(model.Attribute(name)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said : name == "ram" ? 65536 : 16384;
        if (has < kib)
            model.SetAttributeValue(name, Text(kib));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? TypeOf(XElement video) => video.Element("model")?.Attribute("type")?.Value;
}
