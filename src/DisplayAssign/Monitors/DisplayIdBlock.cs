using System.Buffers.Binary;

namespace Phyllome.Seats.DisplayAssign.Monitors;

/// <summary>A DisplayID 1.3 or 2.0 section as an EDID's extension: what the base block is silent about, and modes beyond its 4095 pixels.</summary>
internal static class DisplayIdBlock
{
    private const int SectionAt = 1, HeaderLength = 4, DetailedLength = 20;

    internal static void Read(ReadOnlySpan<byte> block, EdidReader reader)
    {
        int length = block[SectionAt + 1];
        var room = EdidReader.BlockLength - 1 - SectionAt - HeaderLength - 1;
        if (length > room)
            reader.Fault($"a DisplayID section says that it has {length} bytes, more than the {room} of its block");
        var data = block.Slice(SectionAt + HeaderLength, Math.Min(length, room));
        while (data.Length >= 3)
        {
            int tag = data[0], revision = data[1] & 7, size = data[2];
            if (tag == 0 && size == 0)
                return;
            if (size > data.Length - 3)
            {
                reader.Fault("a data block of DisplayID is longer than what holds it");
                return;
            }
            DataBlock(tag, data[1], revision, data.Slice(3, size), reader);
            data = data[(3 + size)..];
        }
    }

    private static void DataBlock(int tag, byte flags, int revision, ReadOnlySpan<byte> data, EdidReader reader)
    {
        switch (tag)
        {
            case 0x00 or 0x20 when data.Length >= 12:
                var text = data[12..Math.Min(data.Length, 12 + data[11])];
                reader.Also(BinaryPrimitives.ReadUInt32LittleEndian(data[5..]), EdidReader.TextOf(text));
                break;
            // Tenths of a millimetre; the 2.0 block has a flag for whole ones.
            case 0x01 or 0x21 when data.Length >= 4:
                int width = BinaryPrimitives.ReadUInt16LittleEndian(data), height = BinaryPrimitives.ReadUInt16LittleEndian(data[2..]);
                reader.Also(tag == 0x21 && (flags & 0x80) != 0 ? new PictureSize(width, height) : new PictureSize(width / 10, height / 10));
                break;
            case 0x03:
                DetailedTimings(data, 10, reader, mayMark: revision < 2);
                break;
            case 0x22:
                DetailedTimings(data, 1, reader, mayMark: revision < 2);
                break;
            case 0x24:
                FormulaTimings(data, 6, reader);
                break;
            case 0x2a:
                FormulaTimings(data, 6 + (flags >> 4 & 7), reader);
                break;
            case 0x81:
                CtaBlock.DataBlocks(data, reader);
                break;
        }
    }

    /// <summary>Types I and VII: twenty bytes, each value but the flags one less than meant. Their pixel clock differs in its unit.</summary>
    /// <param name="kilohertz">The unit of the pixel clock.</param>
    /// <param name="mayMark">Whether bit 7 of the flags marks the preferred mode; revision 2 gave it another meaning.</param>
    internal static void DetailedTimings(ReadOnlySpan<byte> data, int kilohertz, EdidReader reader, bool mayMark)
    {
        for (; data.Length >= DetailedLength; data = data[DetailedLength..])
        {
            long clock = kilohertz * (1L + (data[0] | data[1] << 8 | data[2] << 16));
            int width = One(data, 4), height = One(data, 12);
            var interlaced = (data[3] & 0x10) != 0;
            // Unlike the base block's, these count whole pictures.
            var mode = EdidReader.OfTotals(
                width, interlaced ? height / 2 : height, width + One(data, 6), (interlaced ? height / 2 : height) + (interlaced ? One(data, 14) / 2 : One(data, 14)),
                clock, interlaced);
            reader.Can(mode);
            if (mayMark && (data[3] & 0x80) != 0)
                reader.Marked(mode);
        }
    }

    /// <summary>Types IX and X: flags, width, height and rate, each one less than meant.</summary>
    internal static void FormulaTimings(ReadOnlySpan<byte> data, int size, EdidReader reader)
    {
        for (; data.Length >= size; data = data[size..])
        {
            var rate = 1 + data[5] + (size > 6 ? (data[6] & 3) << 8 : 0);
            reader.Can(new(One(data, 1), One(data, 3), rate * 1000));
        }
    }

    private static int One(ReadOnlySpan<byte> data, int at) => 1 + BinaryPrimitives.ReadUInt16LittleEndian(data[at..]);
}
