using CsCheck;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests;

public sealed class EdidShould
{
    [Fact]
    public void Read_maker_product_serial_name_and_preferred_mode()
    {
        var edid = Edid.Parse(EdidBytes.Make("DEL", 0x40f1, 7, "AB123", "DELL U2415", 1920, 1200));

        Assert.Equal(new Edid("DEL", 0x40f1, "AB123", "DELL U2415", "1920x1200"), edid);
        Assert.Equal("DEL-40F1-AB123", edid!.Key);
    }

    [Theory]
    [InlineData(7u, null, "DEL-40F1-7")]
    [InlineData(0u, null, "DEL-40F1")]
    [InlineData(7u, "   ", "DEL-40F1-7")]
    [InlineData(0u, "0123456789ABCDEF", "DEL-40F1-0123456789ABC")]
    public void Take_the_serial_text_before_the_serial_number_and_do_without_either(uint number, string? serial, string key) =>
        Assert.Equal(key, Edid.Parse(EdidBytes.Make("DEL", 0x40f1, number, serial))!.Key);

    [Fact]
    public void Refuse_what_is_no_EDID()
    {
        var good = EdidBytes.Make("DEL", 1);
        Assert.NotNull(Edid.Parse(good));
        Assert.Null(Edid.Parse([]));
        Assert.Null(Edid.Parse(good.AsSpan(0, 127)));
        Assert.Null(Edid.Parse([1, .. good[1..]]));
        Assert.Null(Edid.Parse([.. good[..8], 0, 0, .. good[10..]]));
    }

    [Fact]
    public void Never_fail_whatever_a_monitor_says() =>
        Gen.Byte.Array[0, 300].Sample(garbage =>
        {
            _ = Edid.Parse(garbage);
            var block = EdidBytes.Make("DEL", 1);
            garbage.AsSpan(0, Math.Min(garbage.Length, 110)).CopyTo(block.AsSpan(18));
            var edid = Edid.Parse(block)!;
            return edid.Key.All(one => one is >= ' ' and <= '~') && edid.Serial != "" && edid.Name != "";
        });
}
