using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Phyllome.Seats.Configuration;

/// <summary>A part of a graphics card that several guests share: an SR-IOV virtual function, or a mediated device.</summary>
/// <param name="Card">PCI address of the card.</param>
/// <param name="Type">Of the mediated device, as the card's driver calls it; null for a virtual function.</param>
public sealed partial record GpuPart(string Card, string? Type)
{
    private const string Function = "vf:", Mediated = "mdev:";

    /// <summary>Null where the text is none.</summary>
    public static GpuPart? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(Function, StringComparison.Ordinal))
            return Selectors.PciAddress(text[Function.Length..]) is { } whole ? new(whole, null) : null;
        return text.StartsWith(Mediated, StringComparison.Ordinal) && text.LastIndexOf(':') is var end && end > Mediated.Length
            && Selectors.PciAddress(text[Mediated.Length..end]) is { } card && IsType(text[(end + 1)..]) ? new(card, text[(end + 1)..]) : null;
    }

    /// <summary>Whether a card's driver may call a type so: it is the name of a folder in sysfs.</summary>
    public static bool IsType(string text) => TypeSyntax().IsMatch(text);

    /// <summary>The UUID of the mediated device that a seat has: the same each time, so that one which was made is found again.</summary>
    public Guid Of(string seat)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{seat}\n{this}"))[..16];
        // RFC 9562: version 8, of a form that is one's own.
        (bytes[6], bytes[8]) = ((byte)(bytes[6] & 0x0f | 0x80), (byte)(bytes[8] & 0x3f | 0x80));
        return new(bytes, bigEndian: true);
    }

    public override string ToString() => Type is null ? $"{Function}{Card}" : $"{Mediated}{Card}:{Type}";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex TypeSyntax();
}
