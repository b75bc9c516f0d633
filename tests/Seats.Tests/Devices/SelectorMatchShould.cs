using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Xunit;

namespace Phyllome.Seats.Tests.Devices;

public sealed class SelectorMatchShould
{
    private static readonly Device Headset = new("/sys/bt", DeviceKind.Keyboard, "BT Keyboard", null, null, null, null, null, "aa:bb:cc:dd:ee:ff", []);

    [Theory]
    [InlineData("port:1-2", "1-2", true)]
    [InlineData("port:1-2", "1-2.4", true)]
    [InlineData("port:1-2", "1-2.4.1", true)]
    [InlineData("port:1-2", "1-20", false)]
    [InlineData("port:1-2.4", "1-2", false)]
    [InlineData("port:1-2", "11-2", false)]
    [InlineData("name:Logi*", "1-2", true)]
    [InlineData("name:*board", "1-2", true)]
    [InlineData("name:*K?yb*", "1-2", true)]
    [InlineData("name:Keyboard", "1-2", false)]
    [InlineData("name:**", "1-2", true)]
    [InlineData("path:pci-0000:00:14.0-usb-0:2", "1-2", true)]
    [InlineData("path:pci-0000:00:14.0-usb-0:2:1.0", "1-2", true)]
    [InlineData("path:pci-0000:00:14.0-usb-0:2", "1-20", false)]
    [InlineData("id:046D:C31C", "1-2", true)]
    [InlineData("id:046d:c31d", "1-2", false)]
    [InlineData("serial:A", "1-2", false)]
    public void Pick_by_what_it_says(string text, string port, bool picked) =>
        Assert.Equal(picked, SelectorMatch.Matches(Parse(text), Machine.Keyboard(port, 1), [Machine.Keyboard(port, 1)]));

    [Fact]
    public void Pick_by_vendor_and_product_only_while_one_device_has_them()
    {
        Device[] two = [Machine.Keyboard("1-2", 1), Machine.Keyboard("1-3", 2)];

        Assert.True(SelectorMatch.Matches(Parse("id:046d:c31c"), two[0], two[..1]));
        Assert.All(two, device => Assert.False(SelectorMatch.Matches(Parse("id:046d:c31c"), device, two)));
    }

    [Fact]
    public void Pick_by_serial_number_and_by_bluetooth_address()
    {
        Assert.True(SelectorMatch.Matches(Parse("bt:AA:BB:CC:DD:EE:FF"), Headset, [Headset]));
        Assert.True(SelectorMatch.Matches(Parse("serial:X1"), Headset with { Serial = "X1" }, []));
        Assert.False(SelectorMatch.Matches(Parse("port:1-2"), Headset, [Headset]));
    }

    [Theory]
    [InlineData("port:1-2.3")]
    [InlineData("bt:aa:bb:cc:dd:ee:ff")]
    [InlineData("remote")]
    [InlineData("pci:0000:01:00.0")]
    [InlineData("edid:DEL-40F1-AB123")]
    [InlineData("name:a:b")]
    public void Write_a_selector_as_it_was_read(string text) => Assert.Equal(text, Parse(text).ToString());

    private static Selector Parse(string text) =>
        Selectors.TryParse(text, Enum.GetValues<SelectorKind>().ToValueList(), out var selector, out var fault) ? selector : throw new ArgumentException(fault);
}
