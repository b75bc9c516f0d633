using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>The host in a seat's reach, after its guests a and b.</summary>
public sealed class HostTests
{
    private readonly Board _board = Board.WithThreeGuests();

    public HostTests()
    {
        _board.AddGuest('h');
        _board.Switchboard.SetSeat("left", new([1, 2], [Board.Guest('a'), Board.Guest('b'), Board.Guest('h')]));
    }

    [Fact]
    public void A_seat_that_reaches_the_host_should_begin_there()
    {
        var board = new Board();
        foreach (var guest in "ah")
            board.AddGuest(guest);
        board.AddSource(1);
        board.Switchboard.SetSeat("left", new([1], [Board.Guest('a'), Board.Guest('h')]));
        board.Type("+a -a");
        Assert.Equal("+a | -a |", board.Got('h'));
        Assert.Equal("", board.Got('a'));
    }

    [Fact]
    public void A_seat_that_comes_to_reach_the_host_should_stay_where_it_is() => Assert.Equal('a', _board.Focus("left"));

    [Fact]
    public void The_home_chord_should_lead_to_the_host_and_mask_what_led_it()
    {
        _board.Type("+leftmeta +tab -tab -leftmeta");
        _board.Got('a');
        _board.Type("+rightctrl +leftctrl -leftctrl -rightctrl +a -a");
        Assert.Equal("+rightctrl | +leftctrl | -leftctrl | -rightctrl |", _board.Got('b'));
        Assert.Equal("+a | -a |", _board.Got('h'));
    }

    [Fact]
    public void Places_in_reach_should_be_as_they_are_without_the_host()
    {
        _board.Type("+leftmeta +f2 -f2 -leftmeta");
        Assert.Equal('b', _board.Focus("left"));
        _board.Type("+leftmeta +tab -tab -leftmeta");
        Assert.Equal('h', _board.Focus("left"));
        _board.Type("+leftmeta +f1 -f1 -leftmeta");
        Assert.Equal('a', _board.Focus("left"));
    }

    [Fact]
    public void What_is_held_on_the_host_should_go_up_before_the_switch_and_stay_dead()
    {
        _board.Switchboard.SetFocus("left", HostReach.Id);
        _board.Type("+leftshift +a");
        _board.Switchboard.SetFocus("left", Board.Guest('a'));
        Assert.Equal("+leftshift | +a | -a -leftshift |", _board.Got('h'));
        _board.Type("-a -leftshift");
        Assert.Equal("", _board.Got('a'));
    }

    [Fact]
    public void The_host_should_get_the_keys_that_no_guest_may_produce()
    {
        _board.Type("+scrolllock -scrolllock");
        Assert.Equal("", _board.Got('a'));
        _board.Switchboard.SetFocus("left", HostReach.Id);
        _board.Type("+scrolllock -scrolllock");
        Assert.Equal("+scrolllock | -scrolllock |", _board.Got('h'));
        Assert.Equal(0, _board.Switchboard.Counters.Dropped);
    }

    [Fact]
    public void The_hosts_lights_should_show_while_it_is_the_focus()
    {
        _board.SetLights('h', "+num");
        Assert.Equal("", _board.Lit(1));
        _board.Switchboard.SetFocus("left", HostReach.Id);
        Assert.Equal("num", _board.Lit(1));
        _board.Switchboard.SetFocus("left", Board.Guest('a'));
        Assert.Equal("", _board.Lit(1));
    }

    [Fact]
    public void A_host_that_leaves_the_reach_should_get_its_key_ups_and_no_more()
    {
        _board.Switchboard.SetFocus("left", HostReach.Id);
        _board.Type("+a");
        _board.Switchboard.SetSeat("left", new([1, 2], [Board.Guest('b'), Board.Guest('a')]));
        Assert.Equal("+a | -a |", _board.Got('h'));
        Assert.Equal('b', _board.Focus("left"));
        Assert.Equal(RouterError.OutOfReach, _board.Switchboard.SetFocus("left", HostReach.Id));
    }

    [Fact]
    public void A_key_that_is_left_to_the_host_should_go_there_and_all_others_to_the_focus()
    {
        LeaveToHost(31);
        _board.Type("+a +s -s -a");
        Assert.Equal("+a | -a |", _board.Got('a'));
        Assert.Equal("+s | -s |", _board.Got('h'));
    }

    [Fact]
    public void A_key_that_is_left_to_the_host_should_stay_down_while_the_focus_moves_and_go_up_with_its_device()
    {
        LeaveToHost(31);
        _board.Type("+s +a");
        _board.Switchboard.SetFocus("left", Board.Guest('b'));
        Assert.Equal("+s |", _board.Got('h'));
        Assert.Equal("+a | -a |", _board.Got('a'));
        _board.Unplug(1);
        Assert.Equal("-s |", _board.Got('h'));
        Assert.Equal("", _board.Got('b'));
    }

    [Fact]
    public void A_key_should_go_up_where_it_went_down_before_it_is_left_to_the_host_or_to_guests_again()
    {
        _board.Type("+s");
        LeaveToHost(31);
        Assert.Equal("+s | -s |", _board.Got('a'));
        _board.Type("-s +s");
        LeaveToHost();
        Assert.Equal("+s | -s |", _board.Got('h'));
        _board.Type("-s");
        Assert.Equal("", _board.Got('a'));
    }

    [Fact]
    public void A_guest_that_pauses_should_take_no_key_from_the_host()
    {
        LeaveToHost(31);
        _board.Type("+s +a");
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        Assert.Equal("+s |", _board.Got('h'));
        _board.Type("-s");
        Assert.Equal("-s |", _board.Got('h'));
    }

    private void LeaveToHost(params ushort[] keys) => _board.Switchboard.SetSeat(
        "left", new([1, 2], [Board.Guest('a'), Board.Guest('b')]) { HostKeys = [.. keys] });

    [Fact]
    public void A_long_press_should_lead_to_the_host_where_the_home_chord_cannot()
    {
        _board.Unplug(1);
        _board.Unplug(2);
        _board.AddSource(2, "esc a");
        _board.Now = 5;
        _board.Type("+esc", 2);
        _board.Switchboard.PassLongPress((5 * 1_000_000) + LongPress.Duration);
        Assert.Equal('h', _board.Focus("left"));
        Assert.Equal("+esc | -esc |", _board.Got('a'));
    }

    [Fact]
    public void The_hosts_node_should_never_be_asked_for_its_holder()
    {
        using var router = new RouterFixture();
        using var keyboard = router.GiveSink(2, HostReach.Id, SinkKind.Keyboard);
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        using (write)
            Assert.Equal(Errno.EINVAL, router.HandOver(new GiveSinkNode(2), write));
    }
}
