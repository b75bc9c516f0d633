using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a running domain's live definition says of its inputs and of the seat that runs it.</summary>
/// <param name="Seat">Null where it runs for nobody.</param>
/// <param name="Keyboard">Node of our keyboard, as long as QEMU has it.</param>
/// <param name="KeyboardOut">Node of our keyboard after QEMU's monitor took it out: the definition has it still, QEMU does not.</param>
/// <param name="Pointer">Node of our pointer.</param>
/// <param name="Inputs">Event numbers of all nodes that QEMU reads, ours and the owner's.</param>
/// <param name="Keyboards">How many evdev inputs the definition lists.</param>
internal sealed record RunningDefinition(
    string? Seat, string? Keyboard, string? KeyboardOut, string? Pointer, ValueList<int> Inputs, int Keyboards)
{
    /// <summary>The host's PCI devices that it takes.</summary>
    internal ValueList<string> Passed { get; init; } = [];

    internal static RunningDefinition Parse(string liveXml)
    {
        var root = XElement.Parse(liveXml);
        var mark = root.Element("metadata")?.Element(DomainXmlNames.Seat);
        var keyboardIsOut = mark?.Attribute("keyboard")?.Value == "out";
        string? keyboard = null, pointer = null;
        var inputs = new SortedSet<int>();
        var keyboards = 0;
        foreach (var input in root.Element("devices")?.Elements("input") ?? [])
        {
            var source = input.Element("source");
            var node = (source?.Attribute("dev") ?? source?.Attribute("evdev"))?.Value;
            if (node is null)
                continue;
            if (input.Attribute("type")?.Value == "evdev")
                keyboards++;
            var alias = Overlay.Alias(input);
            if (alias == DomainXmlNames.KeyboardAlias)
                keyboard = node;
            if (alias == DomainXmlNames.PointerAlias)
                pointer = node;
            if (Overlay.EventNumber(node) is { } number && !(keyboardIsOut && alias == DomainXmlNames.KeyboardAlias))
                inputs.Add(number);
        }
        return new(mark?.Attribute("name")?.Value, keyboardIsOut ? null : keyboard, keyboardIsOut ? keyboard : null, pointer,
            [.. inputs], keyboards)
        {
            Passed = (root.Element("devices")?.Elements("hostdev") ?? [])
                .Select(PciAddress.OfSource).OfType<PciAddress>().Select(address => address.ToString()).Order(StringComparer.Ordinal).ToValueList(),
        };
    }
}
