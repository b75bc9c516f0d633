using System.Buffers.Binary;
using System.Text;

namespace Phyllome.Seats.DisplayAssign.Tests.Monitors;

/// <summary>Writes an EDID's base block.</summary>
internal static class EdidBytes
{
    internal static byte[] Make(string maker, ushort product, uint number = 0, string? serial = null, string? name = null, int width = 0, int height = 0)
    {
        var bytes = new byte[128];
        new byte[] { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 }.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), (ushort)((maker[0] - 'A' + 1) << 10 | (maker[1] - 'A' + 1) << 5 | maker[2] - 'A' + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), product);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), number);
        (bytes[17], bytes[18], bytes[19], bytes[21], bytes[22]) = (25, 1, 4, 52, 32);
        var at = 54;
        if (width > 0)
        {
            var timing = bytes.AsSpan(at, 18);
            // 154 MHz and the blanking of CVT with reduced blanking.
            BinaryPrimitives.WriteUInt16LittleEndian(timing, 15400);
            (timing[2], timing[3], timing[4]) = ((byte)width, 160, (byte)(width >> 8 << 4));
            (timing[5], timing[6], timing[7]) = ((byte)height, 35, (byte)(height >> 8 << 4));
            at += 18;
        }
        if (serial is not null)
            Text(bytes.AsSpan(at, 18), 0xff, serial);
        if (name is not null)
            Text(bytes.AsSpan(at + 18, 18), 0xfc, name);
        bytes[127] = (byte)-bytes.Sum(one => one);
        return bytes;
    }

    private static void Text(Span<byte> descriptor, byte tag, string text)
    {
        descriptor[3] = tag;
        descriptor[5..].Fill((byte)' ');
        Encoding.ASCII.GetBytes(text.Length < 13 ? text + "\n" : text[..13], descriptor[5..]);
    }
}
