using Phyllome.Seats.OffHost;
using Xunit;

namespace Phyllome.Seats.Tests.OffHost;

public sealed class UdevRulesShould
{
    [Fact]
    public void Say_what_is_off_the_host_in_the_order_in_which_it_counts() => Assert.Equal(
        """
        # What the seats have, which is not the host's. Written anew with each change of it.
        ACTION=="remove", GOTO="phyllome_devices_end"
        SUBSYSTEM!="input|hidraw|drm|graphics", GOTO="phyllome_devices_end"
        SUBSYSTEM=="input|hidraw", SUBSYSTEMS=="usb", ENV{ID_SERIAL_SHORT}=="", IMPORT{builtin}="usb_id"
        SUBSYSTEM=="input|hidraw", SUBSYSTEMS=="usb", KERNELS=="1-1.4", GOTO="phyllome_devices_end"
        SUBSYSTEM=="input|hidraw", SUBSYSTEMS=="usb", KERNELS=="1-1|1-1.*", ENV{ID_SEAT}="seat-left", ENV{PHYLLOME_SEAT}="left", TAG-="uaccess", TAG-="power-switch", GOTO="phyllome_devices_end"
        SUBSYSTEM=="input|hidraw", SUBSYSTEMS=="usb", KERNELS=="1-2", ATTRS{idVendor}=="046d", ATTRS{idProduct}=="c31c", ENV{ID_SERIAL_SHORT}=="A1", ENV{ID_SEAT}="seat-right", ENV{PHYLLOME_SEAT}="right", TAG-="uaccess", TAG-="power-switch", GOTO="phyllome_devices_end"
        SUBSYSTEM=="drm|graphics", SUBSYSTEMS=="pci", KERNELS=="0000:01:00.0", ENV{ID_SEAT}="seat-left", ENV{PHYLLOME_SEAT}="left", TAG-="uaccess", TAG-="master-of-seat", GOTO="phyllome_devices_end"
        LABEL="phyllome_devices_end"

        """,
        UdevRules.Render(
        [
            new(null, MatchBy.Port, "1-1.4"), new("left", MatchBy.Behind, "1-1"), new HostRule("right", MatchBy.Port, "1-2") { Id = "046d:c31c", Serial = "A1" },
            new("left", MatchBy.Card, "0000:01:00.0"),
        ]));

    [Fact]
    public void Be_no_file_where_there_is_none() => Assert.Empty(UdevRules.Render([]));

    [Theory]
    [InlineData(MatchBy.Serial, "A\"1")]
    [InlineData(MatchBy.Serial, "A*")]
    [InlineData(MatchBy.Serial, "A|B")]
    [InlineData(MatchBy.Serial, "$env{X}")]
    [InlineData(MatchBy.Serial, "%k")]
    [InlineData(MatchBy.Serial, "a b")]
    [InlineData(MatchBy.Path, "a\nb")]
    [InlineData(MatchBy.Port, "")]
    [InlineData(MatchBy.Port, "1-a")]
    [InlineData(MatchBy.Card, "0000:01:00.0]")]
    public void Not_say_what_could_be_more_than_a_value(MatchBy by, string value) => Assert.False(UdevRules.CanSay(new("left", by, value)));

    [Theory]
    [InlineData(MatchBy.Serial, "68284-0000:00:04.0-1")]
    [InlineData(MatchBy.Path, "pci-0000:00:14.0-usb-0:3.1")]
    [InlineData(MatchBy.Port, "1-2.3")]
    [InlineData(MatchBy.Address, "aa:BB:cc:dd:ee:ff")]
    [InlineData(MatchBy.Card, "0000:01:00.0")]
    public void Say_what_udev_says(MatchBy by, string value) => Assert.True(UdevRules.CanSay(new("left", by, value)));
}
