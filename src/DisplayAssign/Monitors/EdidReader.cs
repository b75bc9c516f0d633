using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Phyllome.Seats.DisplayAssign.Monitors;

/// <summary>Reads the base block, hands its extensions to those who know them, and gathers what all of them say.</summary>
internal sealed class EdidReader
{
    internal const int BlockLength = 128;
    private const int FirstDescriptor = 54, DescriptorLength = 18, DescriptorCount = 4;
    private const byte CtaExtension = 0x02, DisplayIdExtension = 0x70;
    /// <summary>As many right bytes of the header's eight let the Linux kernel repair the rest (drm_edid.c).</summary>
    private const int HeaderBytesNeeded = 6;

    private readonly List<string> _faults = [];
    private string? _serialText, _name;
    private uint? _serialNumber;
    private PictureSize? _size;
    private bool? _codesFirst;
    private Mode? _firstTiming, _marked, _firstCode, _highest;

    private static ReadOnlySpan<byte> Header => [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

    internal static Edid Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new EdidReader();
        if (reader.IsBase(bytes))
            return reader.ReadAll(bytes);
        return new(null, 0, null, null, null, null, null, null, null, reader._faults.ToValueList());
    }

    internal void Fault(string sentence) => _faults.Add(sentence);

    /// <summary>A mode that the display can show.</summary>
    internal void Can(Mode? mode)
    {
        if (mode is { Width: > 0, Height: > 0 } real && (_highest is not { } highest || real > highest))
            _highest = real;
    }

    /// <summary>A mode that a DisplayID marks as preferred.</summary>
    internal void Marked(Mode mode) => _marked ??= mode is { Width: > 0, Height: > 0 } ? mode : null;

    internal void FirstCode(Mode? mode) => _firstCode ??= mode;

    /// <summary>Whether the first CTA-861 block puts its first code before the detailed timings.</summary>
    internal void CodesFirst(bool first) => _codesFirst ??= first;

    /// <summary>What an extension says where the base block is silent.</summary>
    internal void Also(uint serial, string? name)
    {
        _serialNumber ??= serial == 0 ? null : serial;
        _name ??= name;
    }

    internal void Also(PictureSize size) => _size ??= size is { Width: > 0, Height: > 0 } ? size : null;

    private bool IsBase(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < BlockLength)
        {
            Fault(bytes.IsEmpty ? "it is empty" : $"it has {bytes.Length} bytes, fewer than a block's {BlockLength}");
            return false;
        }
        var right = 0;
        for (var i = 0; i < Header.Length; i++)
            right += bytes[i] == Header[i] ? 1 : 0;
        if (right < Header.Length)
            Fault("its header is not that of an EDID");
        return right >= HeaderBytesNeeded;
    }

    private Edid ReadAll(ReadOnlySpan<byte> bytes)
    {
        var block = bytes[..BlockLength];
        if (block[18] != 1)
            Fault($"its version is {block[18]}.{block[19]}, not 1.x");
        CheckSum(block, 0);
        var maker = MakerOf(BinaryPrimitives.ReadUInt16BigEndian(block[8..]));
        if (maker is null)
            Fault("its maker is not three letters");
        var number = BinaryPrimitives.ReadUInt32LittleEndian(block[12..]);
        _serialNumber = number == 0 ? null : number;
        // Centimetres; one of both alone is an aspect ratio.
        Also(new PictureSize(block[21] * 10, block[22] * 10));
        EstablishedTimings(block.Slice(35, 3), NumberedModes.EstablishedInBase, 0);
        StandardTimings(block.Slice(38, 16), block[19]);
        var timings = 0;
        for (var i = 0; i < DescriptorCount; i++)
            Descriptor(block.Slice(FirstDescriptor + i * DescriptorLength, DescriptorLength), block[19], ref timings);
        Extensions(bytes, block[126]);
        return new(
            maker, BinaryPrimitives.ReadUInt16LittleEndian(block[10..]), _serialNumber, _serialText, _name, 1990 + block[17], _size,
            Preferred(block[19] >= 4 || (block[24] & 0x02) != 0) ?? _marked, _highest, _faults.ToValueList());
    }

    /// <summary>
    /// Since EDID 1.4 the first detailed timing is the preferred mode; before, a bit says so. CTA-861 puts its own first code before it where
    /// no detailed timing is native.
    /// </summary>
    private Mode? Preferred(bool first) => _codesFirst switch
    {
        null => first ? _firstTiming : null,
        true => _firstCode ?? _firstTiming,
        false => _firstTiming ?? _firstCode,
    };

    private void Extensions(ReadOnlySpan<byte> bytes, int said)
    {
        var there = bytes.Length / BlockLength - 1;
        if (there != said)
            Fault($"it says that it has {said} extension blocks, and has {there}");
        if (bytes.Length % BlockLength != 0)
            Fault($"its last {bytes.Length % BlockLength} bytes are no whole block");
        for (var i = 1; i <= Math.Min(there, said); i++)
        {
            var block = bytes.Slice(i * BlockLength, BlockLength);
            CheckSum(block, i);
            if (block[0] == CtaExtension)
                CtaBlock.Read(block, this);
            else if (block[0] == DisplayIdExtension)
                DisplayIdBlock.Read(block, this);
        }
    }

    private void CheckSum(ReadOnlySpan<byte> block, int number)
    {
        byte sum = 0;
        foreach (var one in block)
            sum += one;
        if (sum != 0)
            Fault($"the checksum of block {number} is 0x{block[^1]:x2}, and should be 0x{(byte)(block[^1] - sum):x2}");
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

    private void Descriptor(ReadOnlySpan<byte> descriptor, byte revision, ref int timings)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(descriptor) != 0)
        {
            var mode = DetailedTiming(descriptor);
            Can(mode);
            if (timings++ == 0)
                _firstTiming = mode;
            return;
        }
        switch (descriptor[3])
        {
            case 0xff:
                _serialText ??= TextOf(descriptor[5..]);
                break;
            case 0xfc:
                _name ??= TextOf(descriptor[5..]);
                break;
            case 0xfa:
                StandardTimings(descriptor[5..17], revision);
                break;
            case 0xf8 when descriptor[5] == 1:
                for (var at = 6; at < DescriptorLength; at += 3)
                    CoordinatedTiming(descriptor.Slice(at, 3));
                break;
            case 0xf7:
                EstablishedTimings(descriptor[6..], NumberedModes.EstablishedInAll - NumberedModes.EstablishedInBase, NumberedModes.EstablishedInBase);
                break;
        }
    }

    /// <summary>Eighteen bytes (E-EDID 1.4, 3.10.2). The low eight bits of the active pixels stand in a byte each, the high four together in a third.</summary>
    internal Mode? DetailedTiming(ReadOnlySpan<byte> timing)
    {
        long tenKilohertz = BinaryPrimitives.ReadUInt16LittleEndian(timing);
        var width = timing[2] | (timing[4] & 0xf0) << 4;
        var height = timing[5] | (timing[7] & 0xf0) << 4;
        var blankWidth = timing[3] | (timing[4] & 0x0f) << 8;
        var blankHeight = timing[6] | (timing[7] & 0x0f) << 8;
        var interlaced = (timing[17] & 0x80) != 0;
        if (width == 0 || height == 0)
        {
            Fault("a detailed timing has no pixels");
            return null;
        }
        return OfTotals(width, height, width + blankWidth, height + blankHeight, tenKilohertz * 10, interlaced);
    }

    /// <param name="height">Of a field, where the mode is interlaced; two fields have a line more than their blanking says.</param>
    internal static Mode OfTotals(int width, int height, long totalWidth, long totalHeight, long kilohertz, bool interlaced)
    {
        var halfLines = totalHeight * 2 + (interlaced ? 1 : 0);
        var milliHertz = kilohertz * 1_000_000 * 2 / (totalWidth * halfLines);
        return new(width, interlaced ? height * 2 : height, (int)Math.Min(milliHertz, int.MaxValue), interlaced);
    }

    private void EstablishedTimings(ReadOnlySpan<byte> bits, int count, int first)
    {
        for (var i = 0; i < count; i++)
        {
            if ((bits[i / 8] & 0x80 >> i % 8) != 0)
                Can(NumberedModes.Established(first + i));
        }
    }

    /// <summary>Two bytes each: width in units of eight, aspect ratio and rate. 1:1 became 16:10 with EDID 1.3.</summary>
    private void StandardTimings(ReadOnlySpan<byte> timings, byte revision)
    {
        for (var at = 0; at < timings.Length; at += 2)
        {
            if (timings[at] <= 1)
                continue;
            var width = (timings[at] + 31) * 8;
            var (across, down) = (timings[at + 1] >> 6) switch
            {
                0 => revision < 3 ? (1, 1) : (16, 10),
                1 => (4, 3),
                2 => (5, 4),
                _ => (16, 9),
            };
            var height = width * down / across;
            // VESA DMT 1.13 gives its 1024x768 of 70 Hz the code that reads as 72 Hz.
            var hertz = (timings[at], timings[at + 1]) == (0x61, 0x4c) ? 70 : (timings[at + 1] & 0x3f) + 60;
            Can(new(width, height, hertz * 1000));
        }
    }

    /// <summary>Three bytes (CVT 1.2): lines, aspect ratio, and a bit for each of five rates.</summary>
    private void CoordinatedTiming(ReadOnlySpan<byte> code)
    {
        if (code.IndexOfAnyExcept((byte)0) < 0)
            return;
        var height = ((code[0] | (code[1] & 0xf0) << 4) + 1) * 2;
        var (across, down) = (code[1] & 0x0c) switch
        {
            0x00 => (4, 3),
            0x04 => (16, 9),
            0x08 => (16, 10),
            _ => (15, 9),
        };
        var width = height * across / down / 8 * 8;
        ReadOnlySpan<int> rates = [60, 85, 75, 60, 50];
        for (var bit = 0; bit < rates.Length; bit++)
        {
            if ((code[2] & 1 << bit) != 0)
                Can(new(width, height, rates[bit] * 1000));
        }
    }

    /// <summary>Ended by a line feed and filled with spaces; here also ended by whatever is no printable ASCII, so that a key can be typed.</summary>
    internal static string? TextOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        var text = Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]).Trim();
        return text.Length == 0 ? null : text;
    }
}
