using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Phyllome.Seats.Configuration;

/// <summary>The syntax of selectors.</summary>
public static partial class Selectors
{
    /// <summary>Kinds that pick devices.</summary>
    public static ValueList<SelectorKind> ForDevices { get; } =
        [SelectorKind.Port, SelectorKind.Path, SelectorKind.Serial, SelectorKind.Id, SelectorKind.Bluetooth, SelectorKind.Name];

    /// <summary>Kinds that pick displays.</summary>
    public static ValueList<SelectorKind> ForDisplays { get; } = [SelectorKind.Connector, SelectorKind.Edid, SelectorKind.Remote];

    /// <summary>Kinds that pick what the host keeps.</summary>
    public static ValueList<SelectorKind> ForHost { get; } =
        [.. ForDevices, SelectorKind.Connector, SelectorKind.Edid, SelectorKind.Pci];

    /// <summary>Reads a selector of one of the given kinds.</summary>
    /// <param name="fault">What is wrong and what is allowed, where it is none.</param>
    public static bool TryParse(
        string text, ValueList<SelectorKind> allowed, [NotNullWhen(true)] out Selector? selector, [NotNullWhen(false)] out string? fault)
    {
        selector = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var word = colon < 0 ? text : text[..colon];
        var value = colon < 0 ? "" : text[(colon + 1)..];
        var known = Enum.GetValues<SelectorKind>().Where(kind => Word(kind) == word && (kind == SelectorKind.Remote) == (colon < 0)).ToArray();
        if (known.Length == 0)
        {
            var near = PortSyntax().IsMatch(text) ? $"port:{text}"
                : Words.Nearest(word, allowed.Select(Word)) is { } kind ? (kind == "remote" ? kind : $"{kind}:{value}")
                : null;
            fault = $"{Words.Quote(text)} is no selector: {(near is null ? $"write one of {Examples(allowed)}" : $"did you mean {Words.Quote(near)}?")}";
            return false;
        }
        if (!allowed.Contains(known[0]))
        {
            fault = $"{Words.Quote(text)} cannot be used here: write one of {Examples(allowed)}";
            return false;
        }
        (value, fault) = Check(known[0], value);
        if (fault is not null)
        {
            fault = $"{Words.Quote(text)} is no selector: {fault}";
            return false;
        }
        selector = new(known[0], value);
        return true;
    }

    /// <summary>A PCI address in full, <c>0000:01:00.0</c>, in lower case; null where the text is none.</summary>
    public static string? PciAddress(string text) => PciSyntax().IsMatch(text) ? text.ToLowerInvariant() : null;

    private static (string Value, string? Fault) Check(SelectorKind kind, string value) => kind switch
    {
        SelectorKind.Port => (value, PortSyntax().IsMatch(value) ? null : "a USB port is written as the kernel does, like port:1-2 or port:1-2.3"),
        SelectorKind.Path => (value, PathSyntax().IsMatch(value) ? null : "a path is udev's ID_PATH, like path:pci-0000:00:14.0-usb-0:3.1"),
        SelectorKind.Serial => (value, PathSyntax().IsMatch(value) ? null : "a serial number has no spaces and is not empty"),
        SelectorKind.Id => (value.ToLowerInvariant(), IdSyntax().IsMatch(value) ? null : "vendor and product have four hexadecimal digits each, like id:046d:c52b"),
        SelectorKind.Bluetooth => (value.ToLowerInvariant(), BluetoothSyntax().IsMatch(value) ? null : "an address has six pairs of hexadecimal digits, like bt:aa:bb:cc:dd:ee:ff"),
        SelectorKind.Name => (value, value.Trim().Length > 0 ? null : "a name is a glob with * and ?, like name:*Keyboard*"),
        SelectorKind.Connector => (value, ConnectorSyntax().IsMatch(value) ? null : "a connector is written as the kernel does, like connector:card0-DP-1, or by its card, like connector:0000:01:00.0-DP-1"),
        SelectorKind.Edid => (value, EdidSyntax().IsMatch(value) ? null : "a monitor is maker, product and serial, like edid:DEL-40F1-AB123"),
        SelectorKind.Pci => (value.ToLowerInvariant(), PciAddress(value) is not null ? null : "a PCI address is written in full, like pci:0000:01:00.0"),
        _ => (value, null),
    };

    private static string Word(SelectorKind kind) => kind == SelectorKind.Bluetooth ? "bt" : kind.ToString().ToLowerInvariant();

    private static string Example(SelectorKind kind) => kind == SelectorKind.Remote ? "remote" : $"{Word(kind)}:";

    private static string Examples(ValueList<SelectorKind> kinds) => string.Join(", ", kinds.Select(Example));

    [GeneratedRegex(@"\A[1-9][0-9]{0,4}-[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2})*\z")]
    private static partial Regex PortSyntax();

    [GeneratedRegex(@"\A[^\s\p{C}]+\z")]
    private static partial Regex PathSyntax();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}\z")]
    private static partial Regex IdSyntax();

    [GeneratedRegex(@"\A([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\z")]
    private static partial Regex BluetoothSyntax();

    [GeneratedRegex(@"\A(card[0-9]+|[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])-[A-Za-z][A-Za-z0-9-]*-[0-9]+\z")]
    private static partial Regex ConnectorSyntax();

    [GeneratedRegex(@"\A[A-Z]{3}-[0-9A-Fa-f]{4}(-[^\p{C}]*)?\z")]
    private static partial Regex EdidSyntax();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:[01][0-9A-Fa-f]\.[0-7]\z")]
    private static partial Regex PciSyntax();
}
