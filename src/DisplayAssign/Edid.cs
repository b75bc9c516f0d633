using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>What a monitor says of itself (VESA E-EDID 1.4, the base block).</summary>
/// <param name="Maker">Three letters of its PNP id.</param>
/// <param name="Product">The maker's product code.</param>
/// <param name="Serial">Its serial number: the descriptor's text, else the number of the header; null where it has neither.</param>
/// <param name="Name">Its name for a person; null where it has none.</param>
/// <param name="Mode">Its preferred mode, <c>1920x1080</c>; null where it gives none.</param>
public sealed record Edid(string Maker, ushort Product, string? Serial, string? Name, string? Mode)
{
    private const int BlockLength = 128;
    private const int FirstDescriptor = 54;
    private const int DescriptorLength = 18;
    private const byte SerialText = 0xff;
    private const byte NameText = 0xfc;

    private static ReadOnlySpan<byte> Header => [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

    /// <summary>The monitor's key in selectors: <c>DEL-40F1-AB123</c>, without a serial <c>DEL-40F1</c>.</summary>
    public string Key => Serial is null ? $"{Maker}-{Product:X4}" : $"{Maker}-{Product:X4}-{Serial}";

    /// <summary>Null for what is no EDID: too short, another header, no valid maker. A wrong checksum is let pass, as monitors do err.</summary>
    public static Edid? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < BlockLength || !bytes.StartsWith(Header))
            return null;
        if (MakerOf(BinaryPrimitives.ReadUInt16BigEndian(bytes[8..])) is not { } maker)
            return null;
        var product = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        var number = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        string? serial = null, name = null, mode = null;
        for (var at = FirstDescriptor; at + DescriptorLength < BlockLength; at += DescriptorLength)
        {
            var descriptor = bytes.Slice(at, DescriptorLength);
            if (BinaryPrimitives.ReadUInt16LittleEndian(descriptor) != 0)
                mode ??= ModeOf(descriptor);
            else if (descriptor[3] == SerialText)
                serial ??= TextOf(descriptor);
            else if (descriptor[3] == NameText)
                name ??= TextOf(descriptor);
        }
        serial ??= number == 0 ? null : number.ToString(CultureInfo.InvariantCulture);
        return new(maker, product, serial, name, mode);
    }

    /// <summary>Three letters of five bits each, 1 for A.</summary>
    private static string? MakerOf(ushort id)
    {
        Span<char> letters = stackalloc char[3];
        for (var i = 0; i < 3; i++)
        {
            var letter = id >> (10 - 5 * i) & 0x1f;
            if (letter is < 1 or > 26)
                return null;
            letters[i] = (char)('A' + letter - 1);
        }
        return new(letters);
    }

    /// <summary>The low eight bits of the active pixels stand in a byte each, the high four together in a third.</summary>
    private static string? ModeOf(ReadOnlySpan<byte> timing)
    {
        var width = timing[2] | (timing[4] & 0xf0) << 4;
        var height = timing[5] | (timing[7] & 0xf0) << 4;
        var interlaced = (timing[17] & 0x80) != 0;
        return width == 0 || height == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{width}x{(interlaced ? height * 2 : height)}");
    }

    /// <summary>Up to 13 characters, ended by a line feed and filled with spaces.</summary>
    private static string? TextOf(ReadOnlySpan<byte> descriptor)
    {
        var text = descriptor[5..];
        var end = text.IndexOf((byte)'\n');
        var kept = new StringBuilder();
        foreach (var one in end < 0 ? text : text[..end])
        {
            if (one is >= 0x20 and < 0x7f)
                kept.Append((char)one);
        }
        var trimmed = kept.ToString().Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }
}
