using System.Diagnostics;
using CsCheck;
using Phyllome.Seats.DisplayAssign.Monitors;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests.Monitors;

/// <summary>PHYLLOME_FUZZ: how many seconds the parser is given garbage (default 1).</summary>
public sealed class EdidShould
{
    [Fact]
    public void Read_maker_product_serial_name_size_year_and_modes()
    {
        var edid = Edid.Parse(EdidBytes.Make("DEL", 0x40f1, 7, "AB123", "DELL U2415", 1920, 1200));

        Assert.Equal(new("DEL", 0x40f1, 7, "AB123", "DELL U2415", 2015, new(520, 320), new(1920, 1200, 59_950), new(1920, 1200, 59_950), []), edid);
        Assert.Equal("DEL-40F1-AB123", edid.Key);
    }

    [Theory]
    [InlineData(7u, null, "DEL-40F1-7")]
    [InlineData(0u, null, "DEL-40F1")]
    [InlineData(7u, "   ", "DEL-40F1-7")]
    [InlineData(0u, "0123456789ABCDEF", "DEL-40F1-0123456789ABC")]
    public void Take_the_serial_text_before_the_serial_number_and_do_without_either(uint number, string? serial, string key) =>
        Assert.Equal(key, Edid.Parse(EdidBytes.Make("DEL", 0x40f1, number, serial)).Key);

    [Fact]
    public void Say_what_is_wrong_and_read_the_rest()
    {
        var good = EdidBytes.Make("DEL", 1, name: "U2415");
        Assert.Equal(["it is empty"], Edid.Parse([]).Faults);
        Assert.Equal(["it has 127 bytes, fewer than a block's 128"], Edid.Parse(good.AsSpan(0, 127)).Faults);
        Assert.Equal(["its header is not that of an EDID"], Edid.Parse(new byte[128]).Faults);
        Reads(good, "it says that it has 0 extension blocks, and has 1", [.. good, .. new byte[128]]);
        Reads(good, "its last 3 bytes are no whole block", [.. good, 1, 2, 3]);
        Reads(good, "the checksum of block 0 is 0x", With(good, 127, (byte)(good[127] + 1)));
        Reads(good, "its header is not that of an EDID", With(good, 1, 0xfe));

        var nameless = Edid.Parse(With(With(good, 8, 0), 9, 0));
        Assert.Contains("its maker is not three letters", nameless.Faults);
        Assert.Null(nameless.Key);
        Assert.Equal("U2415", nameless.Name);
    }

    [Fact]
    public void Prefer_no_mode_that_has_no_lines()
    {
        // Interlaced, marked as preferred, and of one line: half a line a field.
        byte[] timing = [0, 0, 1, 0x90, 0xff, 0x07, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] bytes = [.. With(EdidBytes.Make("DEL", 1), 126, 1), 0x70, 0x12, 23, 3, 0, 0x03, 0, 20, .. timing, .. new byte[100]];
        Assert.Null(Edid.Parse(bytes).Preferred);
        bytes[128 + 8 + 12] = 99;
        Assert.Equal("2048x100i", Edid.Parse(bytes).Preferred?.Size);
    }

    [Fact]
    public void Never_fail_whatever_a_monitor_says()
    {
        var random = Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[0, 600], Gen.Select(Gen.Int[0, 511], Gen.Byte).Array[0, 40]);
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("PHYLLOME_FUZZ"), out var wanted) ? wanted : 1;
        var clock = Stopwatch.StartNew();
        long tried = 0;
        do
        {
            random.Sample((seed, length, faults) =>
            {
                // A good one with bytes struck and its end cut or grown reaches deeper than garbage alone.
                var bytes = MadeEdid.Of(seed);
                foreach (var (at, value) in faults)
                    bytes[at % bytes.Length] = value;
                Array.Resize(ref bytes, length % 4 == 0 ? length : bytes.Length);
                return Sane(Edid.Parse(bytes));
            }, iter: 2_000);
            Gen.Byte.Array[0, 600].Sample(garbage => Sane(Edid.Parse(garbage)), iter: 2_000);
            tried += 4_000;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} EDIDs in {clock.Elapsed.TotalSeconds:0.0} s");
    }

    private static bool Sane(Edid edid) =>
        edid.Serial != "" && edid.Name != "" && (edid.Key ?? "").All(one => one is >= ' ' and <= '~')
        && edid.Preferred is null or { Width: > 0, Height: > 0, MilliHertz: >= 0 } && edid.Highest is null or { Width: > 0, Height: > 0, MilliHertz: >= 0 };

    private static void Reads(byte[] good, string fault, byte[] bad)
    {
        var edid = Edid.Parse(bad);
        Assert.Contains(edid.Faults, sentence => sentence.StartsWith(fault, StringComparison.Ordinal));
        Assert.Equal(Edid.Parse(good), edid with { Faults = [] });
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] copy = [.. bytes];
        copy[at] = value;
        return copy;
    }
}
