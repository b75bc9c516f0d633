using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>How a guest differs at a seat from how it is stored.</summary>
/// <param name="Because">What the profile was found by, in words.</param>
/// <param name="Advice">What only the owner can do about the definition, one sentence each.</param>
public sealed record OverlayDifference(GuestProfile Profile, string Because, ValueList<OverlayChange> Changes, ValueList<string> Advice);

/// <summary>
/// The owner's stored definition plus what the seat brings. Pure: text in, text out; whatever it does not mention stays as it is.
/// </summary>
public static class Overlay
{
    /// <summary>The definition to start <paramref name="storedXml"/> with at a seat. Fails with <see cref="GuestException"/>.</summary>
    public static string Apply(string storedXml, SeatOverlay overlay)
    {
        Check(overlay);
        return Make(storedXml, overlay).Edit.Xml;
    }

    /// <summary>What <see cref="Apply"/> does to a definition; the event nodes need not be there yet. Fails with <see cref="GuestException"/>.</summary>
    public static OverlayDifference Diff(string storedXml, SeatOverlay overlay)
    {
        var (edit, (profile, because)) = Make(storedXml, overlay);
        return new(profile, because, edit.Changes, ProfileAdditions.Advice(profile, edit.Root).ToValueList());
    }

    /// <summary>Whether it matters to a definition if the host can emulate a TPM.</summary>
    internal static bool AsksForTpm(string storedXml, GuestProfile? configured)
    {
        var edit = new DomainEdit(storedXml);
        return edit.Devices.Element("tpm") is null && ProfileFinder.Find(edit.Root, configured).Profile == GuestProfile.Windows11;
    }

    private static (DomainEdit Edit, (GuestProfile Profile, string Because)) Make(string storedXml, SeatOverlay overlay)
    {
        var edit = new DomainEdit(storedXml);
        var found = ProfileFinder.Find(edit.Root, overlay.Profile);
        Mark(edit, overlay.Seat);
        foreach (var ours in edit.Devices.Elements().Where(IsOurs).ToList())
            edit.Remove(ours, "it is a seat's, and was stored with the definition by mistake");
        ProfileAdditions.Apply(edit, found.Profile, overlay.HasTpm);
        var inputs = SeatInputs.Choose(edit.Root, found.Profile, overlay.Input);
        ValueList<CloneInput> clones = inputs.TakesClones ? overlay.Clones : [];
        if (overlay is { Screen: { } screen, Gpu.Count: 0, Mediated: null })
            SeatDisplay.Apply(edit, overlay.Remote?.Size ?? screen, overlay.Remote is null ? overlay.RenderNode : null, overlay.Heads);
        SeatGpu.Apply(edit, overlay, inputs.Ports + clones.Count);
        if (overlay.Remote is { } remote)
            SeatRemote.Apply(edit, remote, overlay.RenderNode);
        inputs.Apply(edit, overlay.Keyboard, overlay.Pointer);
        foreach (var clone in clones)
            edit.Add(edit.Devices, SeatInputs.CloneOf(clone), "a clone of one of the seat's devices");
        SeatUsb.Apply(edit, overlay.Usb);
        SeatPinning.Apply(edit, overlay.Pinning);
        return (edit, found);
    }

    private static void Check(SeatOverlay overlay)
    {
        // libvirt takes any path here, and opens it as root: only event nodes pass.
        foreach (var path in overlay.Clones.Select(clone => clone.Node).Prepend(overlay.Pointer).Prepend(overlay.Keyboard))
            CheckNode(path);
        if (overlay.RenderNode is { } node && Number(node, "/dev/dri/renderD") is null)
            throw new GuestException($"'{node}' is no render node: /dev/dri/renderDN was expected.");
    }

    internal static void CheckNode(string path)
    {
        if (EventNumber(path) is null)
            throw new GuestException($"'{path}' is no event node: /dev/input/eventN was expected.");
    }

    internal static int? EventNumber(string? path) => Number(path, "/dev/input/event");

    private static int? Number(string? path, string prefix) => path is not null && path.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(path.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    internal static string? Alias(XElement device) => device.Element("alias")?.Attribute("name")?.Value;

    private static bool IsOurs(XElement device) => Alias(device)?.StartsWith(DomainXmlNames.OurAlias, StringComparison.Ordinal) == true;

    private static void Mark(DomainEdit edit, string seat)
    {
        const string Why = "tells a manager that is started anew whom the guest runs for";
        var metadata = edit.Ensure(edit.Root, "metadata", Why);
        foreach (var old in metadata.Elements(DomainXmlNames.Seat).ToList())
            edit.Remove(old, "the mark of an earlier seat");
        edit.Add(metadata, new(DomainXmlNames.Seat,
            new XAttribute(XNamespace.Xmlns + DomainXmlNames.SeatPrefix, DomainXmlNames.SeatUri), new XAttribute("name", seat)), Why);
    }
}
