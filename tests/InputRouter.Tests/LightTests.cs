using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

public sealed class LightTests
{
    private readonly Board _board = Board.WithThreeGuests();

    [Fact]
    public void A_guests_lights_should_shine_on_every_keyboard_of_the_seats_whose_focus_it_is()
    {
        _board.AddSource(3);
        _board.Switchboard.SetSeat("right", new([3], [Board.Guest('b')]));
        _board.SetLights('a', "+caps +num");
        _board.SetLights('b', "+scroll");
        Assert.Equal("num caps", _board.Lit(1));
        Assert.Equal("num caps", _board.Lit(2));
        Assert.Equal("scroll", _board.Lit(3));
        _board.SetLights('a', "-num");
        Assert.Equal("caps", _board.Lit(1));
    }

    [Fact]
    public void Lights_should_follow_the_focus()
    {
        _board.SetLights('a', "+caps");
        _board.SetLights('b', "+num");
        _board.Type("+leftmeta +tab");
        Assert.Equal("num", _board.Lit(1));
        _board.Type("-tab +tab");
        Assert.Equal("", _board.Lit(1));
        _board.Type("+leftctrl +rightctrl");
        Assert.Equal("caps", _board.Lit(1));
    }

    [Fact]
    public void A_keyboard_that_is_plugged_in_should_show_what_the_others_show()
    {
        _board.SetLights('a', "+caps");
        _board.Unplug(2);
        _board.AddSource(2);
        Assert.Equal("caps", _board.Lit(2));
    }

    [Fact]
    public void A_guest_that_is_off_should_be_dark_and_one_that_is_paused_not()
    {
        _board.SetLights('a', "+caps");
        _board.SetHolder('a', Holder.Qemu);
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        Assert.Equal("caps", _board.Lit(1));
        _board.SetHolder('a', Holder.Host);
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        Assert.Equal("", _board.Lit(1));
    }

    [Fact]
    public void What_the_hosts_console_sets_on_the_keyboard_of_a_guest_that_is_off_should_shine_nowhere()
    {
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        _board.SetLights('a', "+num");
        Assert.Equal("", _board.Lit(1));
        _board.Switchboard.SetLive(Board.Guest('a'), true);
        Assert.Equal("", _board.Lit(1));
    }

    [Fact]
    public void Lights_should_pass_from_a_virtual_device_to_a_physical_one_and_be_the_hosts_again_at_the_end()
    {
        var guest = Board.Guest('a');
        using var router = new RouterFixture();
        router.Devices.Lights = (Has: 0b111, On: 0b001);
        using var device = router.GiveSource(1);
        router.Devices.Lights = default;
        using var keyboard = router.GiveSink(2, guest, SinkKind.Keyboard);
        using var node = router.GiveSinkNode(2);
        router.Order(id => new SetSeat(id, "left", new([1], [guest])));
        Assert.Equal("0 0 0", Read(device));
        router.Order(id => new SetGuestLive(id, guest, true));
        Assert.Equal("0 0 0", Read(node));

        router.Devices[node].Lights = (0b111, 0b010);
        RouterFixture.Write(keyboard, new InputEvent(InputCodes.EV_LED, InputCodes.LED_CAPSL, 1), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        Assert.Equal("0 1 0", Read(device));
        // What the kernel could not keep for us is known all the same.
        router.Devices[node].Lights = (0b111, 0b101);
        RouterFixture.Write(keyboard, new InputEvent(InputCodes.EV_LED, InputCodes.LED_CAPSL, 0));
        Assert.Equal("1 0 1", Read(device));
        router.Order(id => new CloseSource(id, 1));
        Assert.Equal("1 0 0", Read(device));
    }

    [Fact]
    public void A_virtual_device_without_its_node_should_tell_its_lights_by_its_events()
    {
        var guest = Board.Guest('a');
        using var router = new RouterFixture();
        router.Devices.Lights = (Has: 0b111, On: 0);
        using var device = router.GiveSource(1);
        using var keyboard = router.GiveSink(2, guest, SinkKind.Keyboard);
        router.Seat([1], guest);
        Assert.Equal("0 0 0", Read(device));
        RouterFixture.Write(keyboard, new InputEvent(InputCodes.EV_LED, InputCodes.LED_CAPSL, 1), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        Assert.Equal("0 1 0", Read(device));
    }

    private static string Read(FileDescriptor device)
    {
        var events = RouterFixture.Read(device, 4);
        Assert.Equal([0, 1, 2], events[..3].Where(one => one.Type == InputCodes.EV_LED).Select(one => (int)one.Code));
        Assert.Equal(InputCodes.EV_SYN, events[3].Type);
        return string.Join(' ', events[..3].Select(one => one.Value));
    }
}
