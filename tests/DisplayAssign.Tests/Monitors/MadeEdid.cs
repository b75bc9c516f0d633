using System.Buffers.Binary;
using System.Text;

namespace Phyllome.Seats.DisplayAssign.Tests.Monitors;

/// <summary>An EDID made from a seed: every field varied, descriptors in any order, up to three extensions, now and then a fault.</summary>
internal sealed class MadeEdid
{
    private readonly Random _random;
    private readonly byte[] _bytes;
    // CTA-861 wants them the same in all blocks of an EDID.
    private readonly int _native, _revision;

    // CA5394: the point is that a seed makes the same EDID again.
#pragma warning disable CA5394
    private MadeEdid(int seed)
    {
        _random = new(seed);
        _bytes = new byte[128 * (1 + Next(4))];
        (_native, _revision) = (Next(3), Chance(95) ? 3 : 1);
    }

    internal static byte[] Of(int seed)
    {
        var made = new MadeEdid(seed);
        made.Base(made._bytes.AsSpan(0, 128));
        for (var at = 128; at < made._bytes.Length; at += 128)
        {
            var block = made._bytes.AsSpan(at, 128);
            if (made.Chance(60))
                made.Cta(block);
            else
                made.DisplayId(block);
            made.Sum(block);
        }
        return made._bytes;
    }

    private int Next(int below) => _random.Next(below);

    private bool Chance(int percent) => Next(100) < percent;

    private byte Any() => (byte)Next(256);

    /// <summary>Right, but for one in twenty.</summary>
    private void Sum(Span<byte> block)
    {
        byte sum = 0;
        foreach (var one in block[..127])
            sum += one;
        block[127] = (byte)(-sum + (Chance(5) ? 1 + Next(255) : 0));
    }

    private void Base(Span<byte> block)
    {
        new byte[] { 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 }.CopyTo(block);
        BinaryPrimitives.WriteUInt16BigEndian(block[8..], (ushort)(1 + Next(26) << 10 | 1 + Next(26) << 5 | 1 + Next(26)));
        BinaryPrimitives.WriteUInt16LittleEndian(block[10..], (ushort)Next(65536));
        if (Chance(60))
            BinaryPrimitives.WriteUInt32LittleEndian(block[12..], Chance(20) ? uint.MaxValue : (uint)_random.NextInt64(1L << 32));
        (block[16], block[17]) = ((byte)(Chance(20) ? 0xff : Next(54)), (byte)(10 + Next(26)));
        (block[18], block[19]) = (1, (byte)(3 + Next(2)));
        block[20] = (byte)(Chance(90) ? 0x80 | Next(6) | Next(7) << 4 : Next(128));
        if (Chance(80))
            (block[21], block[22]) = ((byte)(1 + Next(255)), (byte)(1 + Next(255)));
        else if (block[19] == 4 && Chance(50))
            block[21 + Next(2)] = Any();
        block[23] = 120;
        block[24] = (byte)Next(32);
        _random.NextBytes(block.Slice(25, 10));
        for (var at = 35; at < 38; at++)
            block[at] = Chance(50) ? Any() : (byte)0;
        StandardTimings(block.Slice(38, 16));
        // A first detailed timing is the rule, and what follows has no order.
        for (var i = 0; i < 4; i++)
            Descriptor(block.Slice(54 + i * 18, 18), block[19], timing: i == 0 && Chance(85));
        block[126] = (byte)(_bytes.Length / 128 - 1);
        Sum(block);
    }

    private void StandardTimings(Span<byte> timings)
    {
        timings.Fill(1);
        for (var at = 0; at < timings.Length && Chance(75); at += 2)
            (timings[at], timings[at + 1]) = ((byte)(2 + Next(254)), Any());
    }

    private void Descriptor(Span<byte> descriptor, byte revision, bool timing)
    {
        var kind = timing ? 0 : Next(9);
        if (kind == 0)
        {
            DetailedTiming(descriptor);
            return;
        }
        descriptor[3] = kind switch { 1 or 2 => 0xfc, 3 or 4 => 0xff, 5 => 0xfe, 6 => 0x10, 7 => 0xfa, _ => 0xf7 };
        switch (descriptor[3])
        {
            case 0xfc or 0xff or 0xfe:
                Text(descriptor[5..]);
                break;
            case 0xfa:
                StandardTimings(descriptor[5..17]);
                descriptor[17] = 0x0a;
                break;
            case 0xf7 when revision < 4 || Chance(50):
                CoordinatedTimings(descriptor);
                break;
            case 0xf7:
                descriptor[5] = 10;
                _random.NextBytes(descriptor[6..12]);
                descriptor[11] &= 0xf0;
                break;
        }
    }

    private void CoordinatedTimings(Span<byte> descriptor)
    {
        (descriptor[3], descriptor[5]) = (0xf8, 1);
        for (var at = 6; at < 18 && (at == 6 || Chance(60)); at += 3)
        {
            descriptor[at] = (byte)(1 + Next(255));
            descriptor[at + 1] = (byte)(Next(12) << 4 | Next(4) << 2);
            descriptor[at + 2] = (byte)(1 + Next(31) | Next(4) << 5);
        }
    }

    /// <summary>Mostly as it should be: shorter than its room, ended by a line feed, filled with spaces.</summary>
    private void Text(Span<byte> room)
    {
        room.Fill((byte)' ');
        var length = Next(14);
        for (var i = 0; i < length; i++)
            room[i] = (byte)(Chance(3) ? 1 + Next(31) : Chance(2) ? 127 + Next(128) : Chance(3) ? ' ' : 33 + Next(94));
        if (length < 13 && Chance(95))
            room[length] = (byte)(Chance(90) ? '\n' : 0);
    }

    private void DetailedTiming(Span<byte> timing)
    {
        int width = 8 * (40 + Next(470)), height = 200 + Next(3890), blankWidth = 80 + Next(800), blankHeight = 20 + Next(300);
        BinaryPrimitives.WriteUInt16LittleEndian(timing, (ushort)(1000 + Next(64535)));
        (timing[2], timing[3], timing[4]) = ((byte)width, (byte)blankWidth, (byte)(width >> 8 << 4 | blankWidth >> 8));
        (timing[5], timing[6], timing[7]) = ((byte)height, (byte)blankHeight, (byte)(height >> 8 << 4 | blankHeight >> 8));
        (timing[8], timing[9], timing[10]) = (8, 32, 0x35);
        (timing[12], timing[13]) = (Any(), Any());
        timing[17] = (byte)(Chance(20) ? 0x9e : 0x1e);
    }

    private void Cta(Span<byte> block)
    {
        (block[0], block[1]) = (0x02, (byte)_revision);
        block[3] = (byte)(block[1] == 3 ? 0xf0 | _native : 0);
        var at = 4;
        while (block[1] == 3 && at < 90 && Chance(80))
            at += DataBlock(block[at..]);
        block[2] = (byte)at;
        while (at + 18 <= 127 && Chance(60))
        {
            DetailedTiming(block.Slice(at, 18));
            at += 18;
        }
        if (at == 4 && Chance(50))
            block[2] = 0;
    }

    private int DataBlock(Span<byte> room)
    {
        byte[] data = Next(6) switch
        {
            0 or 1 => Video(1 + Next(15)),
            2 => [0x09, 0x07, 0x07],
            3 => Hdmi(),
            4 => [0x0e, .. Video(1 + Next(4))],
            _ => [0x2a, 0, .. FormulaTiming()],
        };
        var tag = data[0] switch { 0x09 when data.Length == 3 => 1, 0x03 when data is [_, 0x0c, ..] => 3, 0x0e or 0x2a when data.Length > 1 => 7, _ => 2 };
        if (tag == 2)
            data = Video(data.Length);
        room[0] = (byte)(tag << 5 | data.Length);
        data.CopyTo(room[1..]);
        return data.Length + 1;
    }

    /// <summary>Codes that have a mode, small ones also marked as native.</summary>
    private byte[] Video(int count)
    {
        var codes = new byte[count];
        foreach (ref var code in codes.AsSpan())
            code = (byte)(Chance(80) ? 1 + Next(107) : Chance(50) ? 193 + Next(27) : 128 + 1 + Next(64));
        return codes;
    }

    private byte[] Hdmi()
    {
        byte[] codes = [.. Enumerable.Range(1, 4).Where(_ => Chance(40)).Select(code => (byte)code)];
        return Chance(30) ? [0x03, 0x0c, 0x00, 0x10, 0x00] : [0x03, 0x0c, 0x00, 0x10, 0x00, 0x38, 0x2d, 0x20, 0x00, (byte)(codes.Length << 5), .. codes];
    }

    private byte[] FormulaTiming()
    {
        int width = 8 * (80 + Next(900)) - 1, height = 400 + Next(4000) - 1;
        return [0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), (byte)(23 + Next(200))];
    }

    private void DisplayId(Span<byte> block)
    {
        var second = Chance(50);
        block[0] = 0x70;
        var section = block[1..];
        (section[0], section[2], section[3]) = ((byte)(second ? 0x20 : 0x12), (byte)(second ? 2 : 3), 0);
        var at = 4;
        if (Chance(40))
            at += Product(section[at..], second);
        if (Chance(40))
            at += Parameters(section[at..], second);
        while (at + 3 + 20 <= 121 && Chance(60))
            at += second && Chance(30) ? Formula(section[at..]) : Detailed(section[at..], second);
        section[1] = (byte)(at - 4);
        byte sum = 0;
        foreach (var one in section[..at])
            sum += one;
        section[at] = (byte)-sum;
    }

    private int Product(Span<byte> at, bool second)
    {
        var text = Encoding.ASCII.GetBytes("Panel-" + Next(1000));
        (at[0], at[2]) = ((byte)(second ? 0x20 : 0), (byte)(12 + text.Length));
        (at[3], at[4], at[5]) = second ? ((byte)0x12, (byte)0x34, (byte)0x56) : ((byte)'P', (byte)'N', (byte)'L');
        _random.NextBytes(at[6..12]);
        (at[12], at[13], at[14]) = ((byte)(1 + Next(52)), (byte)(10 + Next(15)), (byte)text.Length);
        text.CopyTo(at[15..]);
        return 15 + text.Length;
    }

    private int Parameters(Span<byte> at, bool second)
    {
        (at[0], at[1], at[2]) = ((byte)(second ? 0x21 : 0x01), (byte)(second && Chance(50) ? 0x80 : 0), (byte)(second ? 29 : 12));
        BinaryPrimitives.WriteUInt16LittleEndian(at[3..], (ushort)(1000 + Next(20000)));
        BinaryPrimitives.WriteUInt16LittleEndian(at[5..], (ushort)(1000 + Next(20000)));
        return 3 + at[2];
    }

    private int Formula(Span<byte> at)
    {
        (at[0], at[2]) = (0x24, 6);
        FormulaTiming().CopyTo(at[3..]);
        return 9;
    }

    private int Detailed(Span<byte> at, bool second)
    {
        (at[0], at[1], at[2]) = ((byte)(second ? 0x22 : 0x03), 0, 20);
        var timing = at.Slice(3, 20);
        var clock = second ? 20_000 + Next(4_000_000) : 2_000 + Next(400_000);
        (timing[0], timing[1], timing[2]) = ((byte)clock, (byte)(clock >> 8), (byte)(clock >> 16));
        timing[3] = (byte)(8 | (Chance(30) ? 0x80 : 0) | (Chance(10) ? 0x10 : 0));
        int[] values = [8 * (80 + Next(1000)) - 1, 79 + Next(500), 7, 31, 2 * (200 + Next(2500)) - 1, 59 + 2 * Next(200), 5, 7];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(timing[(4 + i * 2)..], (ushort)values[i]);
        return 23;
    }
#pragma warning restore CA5394
}
