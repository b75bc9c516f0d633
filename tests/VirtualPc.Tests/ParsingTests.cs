using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;
using Xunit;

namespace Phyllome.Seats.VirtualPc.Tests;

public sealed class ParsingTests
{
    [Fact]
    public void Should_read_each_kind_of_line()
    {
        Assert.Equal(new GuestReady(), GuestLine.Parse("ready"));
        Assert.Equal(new GuestDeviceAdded("AT_Translated_Set_2_keyboard"), GuestLine.Parse("device + AT_Translated_Set_2_keyboard"));
        Assert.Equal(new GuestDeviceRemoved("Seat_mouse"), GuestLine.Parse("device - Seat_mouse"));
        Assert.Equal(new GuestEvent("Seat_mouse", 2, 0, -3), GuestLine.Parse("event Seat_mouse 2 0 -3"));
        Assert.Equal(new GuestDropped("Seat_mouse"), GuestLine.Parse("dropped Seat_mouse"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("event Seat_mouse 2 0")]
    [InlineData("event Seat_mouse 2 0 x")]
    [InlineData("error open event3 No such device")]
    public void Should_keep_a_line_that_it_does_not_know(string line) => Assert.Equal(new GuestSaid(line), GuestLine.Parse(line));

    [Fact]
    public void Should_find_the_forwarded_port()
    {
        const string table = """
            Hub -1 (lan):
              Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
              TCP[HOST_FORWARD]  14       127.0.0.1 41929       10.0.2.15    22     0     0
            """;
        Assert.Equal(41929, Pc.ForwardedPort(table));
        Assert.Throws<PcException>(() => Pc.ForwardedPort("nothing"));
    }

    [Fact]
    public void Should_find_the_mice()
    {
        Assert.Equal([2, 3], Pc.Mice("  Mouse #3: QEMU HID Mouse\r\n* Mouse #2: QEMU HID Mouse\r\n").Order());
        Assert.Empty(Pc.Mice("No mouse devices connected\r\n"));
    }

    [Fact]
    public void Should_type_capitals_and_signs_with_shift()
    {
        Assert.Equal(["leftshift", "h"], Key.For('H').Select(key => key.Name));
        Assert.Equal(["leftshift", "1"], Key.For('!').Select(key => key.Name));
        Assert.Equal([28], Key.For('\n').Select(key => key.Code));
        Assert.Throws<PcException>(() => Key.For('ü'));
    }

    [Fact]
    public void Should_know_a_key_by_its_kernel_name_and_code()
    {
        Assert.Equal(new Key("leftctrl", 29, "ctrl"), Key.Named("KEY_LEFTCTRL"));
        Assert.Equal(Key.Named("a"), Key.WithCode(30));
        Assert.Throws<PcException>(() => Key.Named("nokey"));
    }

    [Fact]
    public void Should_type_every_printable_character()
    {
        for (var character = ' '; character <= '~'; character++) Assert.NotEmpty(Key.For(character));
    }
}
