using System.Buffers.Binary;

namespace Phyllome.Seats.DisplayAssign.Monitors;

/// <summary>A CTA-861-H extension block: video codes and detailed timings of televisions and most monitors.</summary>
internal static class CtaBlock
{
    private const int TimingLength = 18, FirstData = 4, Checksum = 127;
    private const int VideoTag = 2, VendorTag = 3, ExtendedTag = 7;
    private const int Ycbcr420Video = 0x0e, DisplayIdType7 = 0x22, DisplayIdType10 = 0x2a;
    private const int HdmiOui = 0x000c03;

    internal static void Read(ReadOnlySpan<byte> block, EdidReader reader)
    {
        int revision = block[1], timings = block[2];
        if (revision == 0)
            return;
        reader.CodesFirst(revision >= 2 && (block[3] & 0x0f) == 0);
        if (timings is > 0 and < FirstData or > Checksum)
        {
            reader.Fault($"a CTA-861 block says that its timings begin at byte {timings}");
            return;
        }
        if (timings < FirstData)
            return;
        if (revision >= 3)
            DataBlocks(block[FirstData..timings], reader);
        for (var at = timings; at + TimingLength <= Checksum; at += TimingLength)
        {
            var timing = block.Slice(at, TimingLength);
            if (BinaryPrimitives.ReadUInt16LittleEndian(timing) != 0)
                reader.Can(reader.DetailedTiming(timing));
            else if (timing.IndexOfAnyExcept((byte)0) < 0)
                break;
        }
    }

    /// <summary>A header of three bits of kind and five of length before each.</summary>
    internal static void DataBlocks(ReadOnlySpan<byte> data, EdidReader reader)
    {
        while (!data.IsEmpty)
        {
            int tag = data[0] >> 5, length = data[0] & 0x1f;
            if (length >= data.Length)
            {
                reader.Fault("a data block of CTA-861 is longer than what holds it");
                return;
            }
            DataBlock(tag, data.Slice(1, length), reader);
            data = data[(1 + length)..];
        }
    }

    private static void DataBlock(int tag, ReadOnlySpan<byte> data, EdidReader reader)
    {
        switch (tag)
        {
            case VideoTag:
                VideoCodes(data, reader, regular: true);
                break;
            case VendorTag when data.Length >= 3 && (data[0] | data[1] << 8 | data[2] << 16) == HdmiOui:
                HdmiCodes(data, reader);
                break;
            case ExtendedTag when data.Length > 0 && data[0] == Ycbcr420Video:
                VideoCodes(data[1..], reader, regular: false);
                break;
            // A revision, then the timings as DisplayID has them.
            case ExtendedTag when data.Length > 1 && data[0] == DisplayIdType7:
                DisplayIdBlock.DetailedTimings(data[2..], 1, reader, mayMark: false);
                break;
            case ExtendedTag when data.Length > 1 && data[0] == DisplayIdType10:
                DisplayIdBlock.FormulaTimings(data[2..], 6 + (data[1] >> 4 & 7), reader);
                break;
        }
    }

    /// <summary>Codes 129 to 192 are 1 to 64 with the mark of a native mode.</summary>
    private static void VideoCodes(ReadOnlySpan<byte> codes, EdidReader reader, bool regular)
    {
        foreach (var code in codes)
        {
            if ((code & 0x7f) == 0)
                continue;
            var mode = NumberedModes.Vic(code is >= 129 and <= 192 ? code & 0x7f : code);
            if (mode is null)
                reader.Fault($"the video code {code} is none of CTA-861");
            reader.Can(mode);
            if (regular)
                reader.FirstCode(mode);
        }
    }

    /// <summary>HDMI 1.4b, 8.3.2: the codes stand behind the latencies, where there are any.</summary>
    private static void HdmiCodes(ReadOnlySpan<byte> data, EdidReader reader)
    {
        const int flagsAt = 7;
        if (data.Length <= flagsAt || (data[flagsAt] & 0x20) == 0)
            return;
        var at = flagsAt + 1 + ((data[flagsAt] & 0x80) != 0 ? 2 : 0) + ((data[flagsAt] & 0x40) != 0 ? 2 : 0);
        if (at + 1 >= data.Length)
            return;
        var count = data[at + 1] >> 5;
        for (var i = at + 2; i < Math.Min(data.Length, at + 2 + count); i++)
            reader.Can(NumberedModes.HdmiVic(data[i]));
    }
}
