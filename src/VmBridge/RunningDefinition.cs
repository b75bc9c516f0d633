using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>An input of ours in a running definition.</summary>
/// <param name="Node">The event node.</param>
/// <param name="IsEvdev">Whether QEMU reads it into another input device, rather than being one for it.</param>
/// <param name="IsOut">Whether QEMU's monitor took it out: the definition has it still, QEMU does not.</param>
internal sealed record RunningInput(string Node, bool IsEvdev, bool IsOut);

/// <summary>What a running domain's live definition says of its inputs and of the seat that runs it.</summary>
/// <param name="Seat">Null where it runs for nobody.</param>
/// <param name="Keyboard">Ours; null where it has none.</param>
/// <param name="Pointer">Ours; null where it has none.</param>
/// <param name="Inputs">Event numbers of all nodes that QEMU reads, ours and the owner's.</param>
/// <param name="Evdevs">How many evdev inputs the definition lists.</param>
internal sealed record RunningDefinition(string? Seat, RunningInput? Keyboard, RunningInput? Pointer, ValueList<int> Inputs, int Evdevs)
{
    /// <summary>The clones that it has.</summary>
    internal ValueList<CloneInput> Clones { get; init; } = [];

    /// <summary>The host's PCI devices that it takes, and the UUIDs of its mediated devices.</summary>
    internal ValueList<string> Passed { get; init; } = [];

    /// <summary>The seat's USB devices that it has.</summary>
    internal ValueList<PassedUsb> Usb { get; init; } = [];

    /// <summary>Which of its displays another program may show, from 0; null for none.</summary>
    internal int? Screen { get; init; }

    /// <summary>How many screens it has.</summary>
    internal int Heads { get; init; } = 1;

    /// <summary>Which of its displays is a VNC server, from 0; null for none.</summary>
    internal int? Vnc { get; init; }

    internal static RunningDefinition Parse(string liveXml)
    {
        var root = XElement.Parse(liveXml);
        var mark = root.Element("metadata")?.Element(DomainXmlNames.Seat);
        RunningInput? keyboard = null, pointer = null;
        var inputs = new SortedSet<int>();
        var evdevs = 0;
        var clones = new List<CloneInput>();
        foreach (var input in root.Element("devices")?.Elements("input") ?? [])
        {
            var source = input.Element("source");
            var node = (source?.Attribute("dev") ?? source?.Attribute("evdev"))?.Value;
            if (node is null)
                continue;
            var isEvdev = input.Attribute("type")?.Value == "evdev";
            if (isEvdev)
                evdevs++;
            var isOut = false;
            switch (Overlay.Alias(input))
            {
                case DomainXmlNames.KeyboardAlias:
                    keyboard = new(node, isEvdev, isOut = IsOut(mark, "keyboard"));
                    break;
                case DomainXmlNames.PointerAlias:
                    pointer = new(node, isEvdev, isOut = IsOut(mark, "pointer"));
                    break;
                case { } alias when alias.StartsWith(DomainXmlNames.CloneAlias, StringComparison.Ordinal):
                    clones.Add(new(alias[DomainXmlNames.CloneAlias.Length..], node));
                    break;
            }
            if (Overlay.EventNumber(node) is { } number && !isOut)
                inputs.Add(number);
        }
        return new(mark?.Attribute("name")?.Value, keyboard, pointer, [.. inputs], evdevs)
        {
            Clones = clones.ToValueList(),
            Passed = (root.Element("devices")?.Elements("hostdev") ?? [])
                .Select(device => PciAddress.OfSource(device)?.ToString() ?? SeatGpu.MediatedId(device)?.ToString()).OfType<string>().Order(StringComparer.Ordinal).ToValueList(),
            Usb = SeatUsb.Of(root),
            Screen = SeatDisplay.Of(root),
            Heads = SeatDisplay.Heads(root),
            Vnc = SeatRemote.Of(root),
        };
    }

    private static bool IsOut(XElement? mark, string kind) => mark?.Attribute(kind)?.Value == "out";
}
