using System.Globalization;
using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>A PCI function, written <c>0000:01:00.0</c>.</summary>
internal readonly record struct PciAddress(int Domain, int Bus, int Slot, int Function)
{
    /// <summary>Fails with <see cref="GuestException"/>.</summary>
    internal static PciAddress Parse(string text)
    {
        // dddd:bb:ss.f
        if (text.Length == 12 && text[4] == ':' && text[7] == ':' && text[10] == '.'
            && Hex(text[..4]) is { } domain && Hex(text[5..7]) is { } bus && Hex(text[8..10]) is { } slot && slot < 32
            && Hex(text[11..]) is { } function && function < 8)
            return new(domain, bus, slot, function);
        throw new GuestException($"'{text}' is no PCI address: one like 0000:01:00.0 was expected.");
    }

    /// <summary>The host's device that a &lt;hostdev&gt; takes; null where that is none on PCI.</summary>
    internal static PciAddress? OfSource(XElement hostdev) =>
        hostdev.Attribute("type")?.Value == "pci" && hostdev.Element("source")?.Element("address") is { } address
        && Number(address.Attribute("bus")?.Value) is { } bus && Number(address.Attribute("slot")?.Value) is { } slot
        && Number(address.Attribute("function")?.Value) is { } function
            ? new(Number(address.Attribute("domain")?.Value) ?? 0, bus, slot, function)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Domain:x4}:{Bus:x2}:{Slot:x2}.{Function:x}");

    internal XElement ToElement() =>
        new("address", Attribute("domain", $"0x{Domain:x4}"), Attribute("bus", $"0x{Bus:x2}"), Attribute("slot", $"0x{Slot:x2}"),
            Attribute("function", $"0x{Function:x1}"));

    /// <summary>A number as libvirt writes them: decimal, or hexadecimal after 0x.</summary>
    internal static int? Number(string? text) =>
        text is null ? null
        : text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Hex(text[2..])
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Hex(string text) =>
        int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static XAttribute Attribute(string name, FormattableString value) => new(name, FormattableString.Invariant(value));
}
