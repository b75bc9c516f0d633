using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

public sealed class RoutingTests
{
    private readonly Board _board = Board.WithThreeGuests();

    [Fact]
    public void Keys_buttons_and_motion_should_reach_the_focus_alone_and_each_frame_should_end()
    {
        _board.Type("+a -a +left x5 -left");
        Assert.Equal("+a | -a | +left | x5 | -left |", _board.Got('a'));
        Assert.Equal("", _board.Got('b'));
    }

    [Fact]
    public void Autorepeat_and_scan_codes_should_stay_behind()
    {
        _board.Type("+a =a =a -a");
        _board.Switchboard.Handle(_board.Source(1), [new(InputCodes.EV_MSC, 4, 30), new(InputCodes.EV_SYN, 0, 0)]);
        Assert.Equal("+a | -a |", _board.Got('a'));
    }

    [Fact]
    public void A_key_that_would_toggle_QEMUs_grab_should_never_be_written()
    {
        _board.Type("+scrolllock -scrolllock");
        Assert.Equal("", _board.Got('a'));
        Assert.DoesNotContain((ushort)70, SinkCodes.KeyboardKeys);
    }

    [Fact]
    public void A_focus_change_should_release_before_it_switches_and_leave_what_is_held_dead()
    {
        _board.Type("+leftshift +a +left");
        _board.Got('a');
        Assert.Equal(RouterError.None, _board.Switchboard.SetFocus("left", Board.Guest('b')));
        Assert.Equal("-a -leftshift | -left |", Ordered(_board.Got('a')));

        _board.Type("-a +a -leftshift -left");
        Assert.Equal("+a |", _board.Got('b'));
        Assert.Equal("", _board.Got('a'));
    }

    [Fact]
    public void An_unplug_should_release_what_the_device_held()
    {
        _board.Type("+a +left").Type("+s", 2);
        _board.Got('a');
        _board.Unplug(1);
        Assert.Equal("-a | -left |", Ordered(_board.Got('a')));
        _board.Type("-s", 2);
        Assert.Equal("-s |", _board.Got('a'));
    }

    [Fact]
    public void A_key_held_on_two_devices_should_go_up_with_the_last()
    {
        _board.Type("+a", 1).Type("+a", 2).Type("-a", 1);
        Assert.Equal("+a |", _board.Got('a'));
        _board.Type("-a", 2);
        Assert.Equal("-a |", _board.Got('a'));
    }

    [Fact]
    public void Two_seats_on_one_guest_should_count_per_key()
    {
        _board.AddSource(3);
        _board.Switchboard.SetSeat("right", new([3], [Board.Guest('a')]));
        _board.Type("+a", 1).Type("+a", 3);
        _board.Switchboard.SetFocus("left", Board.Guest('b'));
        Assert.Equal("+a |", _board.Got('a'));
        _board.Type("-a", 3);
        Assert.Equal("-a |", _board.Got('a'));
    }

    [Fact]
    public void A_guest_that_stops_should_be_released_and_then_get_nothing()
    {
        _board.Type("+a");
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        Assert.Equal("+a | -a |", _board.Got('a'));
        _board.Type("+s -s x1 -a");
        Assert.Equal("", _board.Got('a'));
        Assert.Equal(2, _board.Switchboard.Counters.Dropped);
    }

    [Fact]
    public void A_source_that_no_seat_has_should_go_nowhere()
    {
        _board.AddSource(9);
        _board.Type("+a -a", 9);
        Assert.Equal("", _board.Got('a'));
    }

    [Fact]
    public void A_route_set_before_its_source_comes_should_take_effect_when_it_comes()
    {
        _board.Switchboard.SetSeat("left", new([1, 2, 7], [Board.Guest('a')]));
        _board.AddSource(7);
        _board.Type("+a", 7);
        Assert.Equal("+a |", _board.Got('a'));
    }

    [Fact]
    public void A_source_that_leaves_its_seat_should_be_released()
    {
        _board.Type("+a");
        _board.Switchboard.SetSeat("left", new([2], [Board.Guest('a')]));
        Assert.Equal("+a | -a |", _board.Got('a'));
        _board.Type("-a +a");
        Assert.Equal("", _board.Got('a'));
    }

    [Fact]
    public void A_focus_that_leaves_the_reach_should_go_home()
    {
        _board.Switchboard.SetFocus("left", Board.Guest('b'));
        _board.Type("+a");
        _board.Switchboard.SetSeat("left", new([1, 2], [Board.Guest('c'), Board.Guest('a')]));
        Assert.Equal("+a | -a |", _board.Got('b'));
        Assert.Equal('c', _board.Focus("left"));
    }

    [Fact]
    public void What_can_not_be_should_be_refused()
    {
        Assert.Equal(RouterError.NoSuchSeat, _board.Switchboard.SetFocus("nobody", Board.Guest('a')));
        Assert.Equal(RouterError.NoSuchSeat, _board.Switchboard.ForgetSeat("nobody"));
        Assert.Equal(RouterError.OutOfReach, _board.Switchboard.SetFocus("left", Guid.Empty));
        Assert.Equal(RouterError.SourceInTwoSeats, _board.Switchboard.SetSeat("right", new([2], [])));
        Assert.Equal('a', _board.Focus("left"));
    }

    [Fact]
    public void Lost_events_should_be_made_up_for_by_the_state_of_the_keys()
    {
        _board.Type("+a +s");
        _board.Got('a');
        var source = _board.Source(1);
        InputEvent end = new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

        Assert.False(_board.Switchboard.Handle(source, [new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0), new(InputCodes.EV_KEY, 59, 1)]));
        Assert.True(_board.Switchboard.Handle(source, [end]));
        var keys = default(KeySet);
        keys.Add(31);
        keys.Add(42);
        _board.Switchboard.Resynchronize(source, keys);

        Assert.Equal("-a +leftshift |", _board.Got('a'));
        Assert.Equal(1, _board.Switchboard.Counters.Overruns);
    }

    [Fact]
    public void A_sink_that_a_dead_router_left_should_see_every_key_go_up()
    {
        foreach (var sink in _board.Switchboard.Sinks)
        {
            sink.Inherit();
            sink.Settle();
            sink.Flush();
        }

        var ups = _board.Events('a').Where(one => one.Type == InputCodes.EV_KEY).ToList();
        Assert.All(ups, one => Assert.Equal(0, one.Value));
        Assert.Equal(SinkCodes.KeyboardKeys.Count + SinkCodes.PointerButtons.Count, ups.Count);
    }

    [Fact]
    public void A_guest_whose_QEMU_died_should_get_no_key_that_the_host_would_read()
    {
        _board.SetHolder('a', Holder.Qemu);
        _board.Type("+a +left");
        _board.Switchboard.TakeLeftGuests();
        _board.SetHolder('a', Holder.Host);
        _board.Type("+s");
        Assert.Equal("+a | +left | -a | -left |", _board.Got('a'));
        Assert.True(_board.Switchboard.HasNews);
        Assert.Equal([Board.Guest('a')], _board.Switchboard.TakeLeftGuests().Select(guest => guest.Id));
        _board.Type("-a -left -s x5 +a -a");
        Assert.Equal("", _board.Got('a'));
        Assert.Equal(3, _board.Switchboard.Counters.Dropped);
    }

    [Fact]
    public void A_guest_whose_node_can_be_read_by_the_host_should_be_left_and_one_that_QEMU_holds_not()
    {
        var keyboard = _board.Switchboard.Sinks[0];
        _board.SetHolder('a', Holder.Qemu);
        _board.Type("+a");
        _board.Switchboard.Doubt(keyboard);
        Assert.True(keyboard.Guest.Live);
        _board.SetHolder('a', Holder.Host);
        _board.Switchboard.Doubt(keyboard);
        Assert.False(keyboard.Guest.Live);
        Assert.Equal("+a | -a |", _board.Got('a'));
    }

    [Fact]
    public void The_key_ups_of_a_paused_guest_should_wait_until_it_runs_again()
    {
        _board.SetHolder('a', Holder.Qemu);
        _board.Type("+a +left");
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        _board.Type("-a +s");
        Assert.Equal("+a | +left |", _board.Got('a'));
        _board.Switchboard.SetLive(Board.Guest('a'), true);
        Assert.Equal("-a | -left |", _board.Got('a'));
        _board.Type("-left -s +a");
        Assert.Equal("+a |", _board.Got('a'));
    }

    [Fact]
    public void A_guest_that_ends_while_it_is_paused_should_leave_no_key_down()
    {
        _board.SetHolder('a', Holder.Qemu);
        _board.Type("+a");
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        _board.SetHolder('a', Holder.Host);
        _board.Switchboard.Doubt(_board.Switchboard.Sinks[0]);
        Assert.Equal("+a | -a |", _board.Got('a'));
    }

    /// <summary>Within one sink's frame, the order of releases means nothing.</summary>
    private static string Ordered(string line) =>
        string.Join(" ", line.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(frame => string.Join(' ', frame.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order()) + " |"));
}
