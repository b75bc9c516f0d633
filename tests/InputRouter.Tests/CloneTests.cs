using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>Contacts, axes and switches of devices that have clones, as lines in and lines out.</summary>
public sealed class CloneTests
{
    private readonly Board _board = Board.WithThreeGuests();

    public CloneTests()
    {
        foreach (var guest in "abc")
            _board.SetHolder(guest, Holder.Qemu);
        _board.AddClone('a');
        _board.AddClone('b');
        _board.AddPad();
        Forget();
    }

    [Fact]
    public void All_that_the_device_says_should_reach_the_clone_of_the_focus_alone()
    {
        _board.Touch("0:+7 0:x3 +left x9 y2");
        _board.Touch("0:x4 1:+8 1:x5");
        _board.Touch("0:- -left sw1");
        Assert.Equal("0:+7 0:x0 0:x3 +left x9 y2 | 0:x4 1:+8 1:x0 1:x5 | 0:- -left s1=1 |", _board.Felt('a'));
        Assert.Equal("", _board.Got('a'));
        Assert.Equal("", _board.Felt('b'));
    }

    [Fact]
    public void A_focus_change_should_lift_each_contact_release_each_button_and_let_go_of_sticks_before_it_switches()
    {
        _board.Touch("0:+7 2:+8 +left x9 y2");
        Forget();
        _board.Switchboard.SetFocus("left", Board.Guest('b'));
        Assert.Equal("-left 0:- 2:- x0 |", _board.Felt('a'));
        Assert.Equal("x9 y2 s0=0 s1=0 |", _board.Felt('b'));
    }

    [Fact]
    public void A_contact_that_was_there_before_the_focus_came_should_be_dead_until_it_is_lifted()
    {
        _board.Touch("0:+7 0:x1 +left");
        _board.Switchboard.SetFocus("left", Board.Guest('b'));
        Forget();
        _board.Touch("0:x2 1:+9 1:x5");
        _board.Touch("0:- -left 1:x6");
        _board.Touch("0:+10 0:x7 +left");
        Assert.Equal("1:+9 1:x0 1:x5 | 1:x6 | 0:+10 0:x2 0:x7 +left |", _board.Felt('b'));
        Assert.Equal("", _board.Felt('a'));
    }

    [Fact]
    public void An_unplug_should_lift_and_release_what_the_device_held()
    {
        _board.Touch("0:+7 3:+8 +left x5");
        Forget();
        _board.Unplug(5);
        Assert.Equal("-left 0:- 3:- x0 |", _board.Felt('a'));
    }

    [Fact]
    public void A_device_that_comes_back_should_find_its_clone_where_it_is()
    {
        _board.Unplug(5);
        Forget();
        var surface = Board.Pad();
        surface[InputCodes.ABS_X] = 4;
        _board.AddPad(surface);
        _board.Touch("0:+1");
        Assert.Equal("x4 y0 s0=0 s1=0 | 0:+1 0:x0 |", _board.Felt('a'));
    }

    [Fact]
    public void What_was_lost_should_be_made_up_for_by_where_the_device_is()
    {
        _board.Touch("0:+7 0:x3 1:+8 1:x4 +left x9 sw1");
        Forget();
        Assert.True(_board.Touch("lost 0:x99 2:+5"));
        var now = Board.Pad();
        now[0, InputCodes.ABS_MT_TRACKING_ID] = 7;
        now[0, InputCodes.ABS_MT_POSITION_X] = 6;
        now[1, InputCodes.ABS_MT_TRACKING_ID] = 11;
        now[1, InputCodes.ABS_MT_POSITION_X] = 4;
        now[InputCodes.ABS_X] = 9;
        now[InputCodes.ABS_Y] = 1;
        now.Slot = 1;
        _board.Switchboard.Resynchronize(_board.Source(5), default, now);
        Assert.Equal("0:x6 1:+11 y1 s1=0 -left |", _board.Felt('a'));
        // In which slot the device goes on was asked for too.
        _board.Switchboard.Handle(_board.Source(5), [new(InputCodes.EV_ABS, InputCodes.ABS_MT_TRACKING_ID, -1), new(InputCodes.EV_SYN, 0, 0)]);
        Assert.Equal("1:- |", _board.FeltIn('a', "1"));
    }

    [Fact]
    public void A_clone_that_its_QEMU_has_not_yet_should_get_nothing_and_then_all_as_it_is()
    {
        var late = _board.AddClone('c', held: false);
        _board.Switchboard.SetFocus("left", Board.Guest('c'));
        _board.Touch("0:+7 0:x3 +left x9 y2");
        Assert.Equal("", _board.Felt('c'));
        _board.Switchboard.SetLive(Board.Guest('c'), true, [late.Input]);
        _board.Touch("0:x4 1:+8 -left");
        Assert.Equal("x9 y2 s0=0 s1=0 | 1:+8 1:x0 |", _board.Felt('c'));
        Assert.NotEqual(0, _board.Switchboard.Counters.Dropped);
    }

    [Fact]
    public void A_guest_that_is_paused_should_be_owed_what_is_down_and_get_it_when_it_runs_again()
    {
        _board.SetCloneHolder('a', Holder.Qemu);
        var clone = _board.Switchboard.Sinks.First(sink => sink.Kind == SinkKind.Clone);
        _board.Touch("0:+7 +left x9");
        Forget();
        _board.Switchboard.SetLive(Board.Guest('a'), false);
        _board.Touch("0:x3 x5");
        Assert.Equal("", _board.Felt('a'));
        _board.Switchboard.SetLive(Board.Guest('a'), true, [clone.Input]);
        Assert.Equal("0:- x0 -left | x5 y0 s0=0 s1=0 |", _board.FeltIn('a', "0"));
    }

    [Fact]
    public void A_clone_that_its_QEMU_let_go_of_should_get_nothing_that_the_host_would_read_and_the_keyboard_go_on()
    {
        _board.Switchboard.TakeLeftGuests();
        _board.SetCloneHolder('a', Holder.Host);
        _board.Touch("0:+7 0:x3");
        _board.Type("+a");
        Assert.Equal("x0 |", _board.Felt('a'));
        Assert.Equal("+a |", _board.Got('a'));
        Assert.Equal([Board.Guest('a')], _board.Switchboard.TakeLeftGuests().Select(guest => guest.Id));
    }

    [Fact]
    public void Hotkeys_and_the_hosts_keys_on_a_device_with_clones_should_be_obeyed_first()
    {
        _board.AddGuest('h');
        var seat = _board.Switchboard.Seats.Single();
        _board.Switchboard.SetSeat("left", seat.Route with { HostKeys = [30] });
        Forget();
        _board.Touch("+a +s");
        _board.Touch("-a +leftmeta");
        _board.Touch("+tab");
        Assert.Equal("+a | -a |", _board.Got('h'));
        Assert.Equal("+s | +leftmeta | -s -leftmeta x0 |", _board.Felt('a'));
        Assert.Equal('b', _board.Focus("left"));
    }

    [Fact]
    public void A_clone_that_is_stalled_should_in_the_end_be_where_the_device_is()
    {
        _board.Touch("2:+3");
        _board.SetCloneRoom('a', 0);
        // In the slot that was chosen before.
        _board.Touch("2:x8 2:-");
        _board.Touch("0:+7 +left");
        for (var turn = 0; turn < 3000; turn++)
            _board.Touch($"0:x{turn} 1:+{turn + 10} x{turn} y{turn}");
        _board.Touch("0:- -left sw1");
        _board.SetCloneRoom('a', int.MaxValue);
        var surface = new Surface(_board.Source(5).Surface!.Axes, 4);
        foreach (var one in _board.CloneEvents('a'))
            Apply(surface, one);
        Assert.InRange(_board.CloneEvents('a').Count, 1, Backlog.Capacity);
        Assert.Equal((8, -1), (surface[2, InputCodes.ABS_MT_POSITION_X], surface[2, InputCodes.ABS_MT_TRACKING_ID]));
        Assert.Equal((2999, 2999, 2UL, 2999 + 10), (surface[InputCodes.ABS_X], surface[InputCodes.ABS_Y], surface.Touching, surface[1, InputCodes.ABS_MT_TRACKING_ID]));
        Assert.Equal(2U, surface.Switches);
        var keys = _board.CloneEvents('a').Where(one => one.Type == InputCodes.EV_KEY).Select(one => one.Value);
        Assert.Equal(0, keys.Count() % 2);
    }

    [Fact]
    public void A_clone_that_a_killed_router_left_should_keep_the_contacts_that_are_still_there()
    {
        var board = Board.WithThreeGuests();
        board.SetHolder('a', Holder.Qemu);
        var clone = board.AddClone('a', held: false);
        var left = Board.Pad();
        left[0, InputCodes.ABS_MT_TRACKING_ID] = 7;
        left[1, InputCodes.ABS_MT_TRACKING_ID] = 8;
        clone.InheritContacts(left);
        var now = Board.Pad();
        now[0, InputCodes.ABS_MT_TRACKING_ID] = 7;
        now[2, InputCodes.ABS_MT_TRACKING_ID] = 9;
        var pad = board.Switchboard.AddSource(5, default, null, now);
        board.Switchboard.ForgetSeat("left");
        board.Switchboard.Adopt(RouterState.Empty with
        {
            Sinks = [new(clone.Input, clone.Input, Board.Guest('a'), SinkKind.Clone, true) { CloneOf = "pad" }],
            Seats = [new("left", new([5], [Board.Guest('b'), Board.Guest('a')]) { Clones = [new(5, "pad")] }, Board.Guest('a'))],
        });
        Assert.Equal("x0 y0 s0=0 s1=0 | 1:- |", board.Felt('a'));
        Assert.Equal(1UL, pad.HeldContacts);
    }

    internal static void Apply(Surface surface, in InputEvent one)
    {
        if (one is { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_SLOT })
            surface.Slot = one.Value;
        else if (one.Type == InputCodes.EV_ABS && Surface.IsOfContact(one.Code))
            surface[surface.Slot, one.Code] = one.Value;
        else if (one.Type == InputCodes.EV_ABS)
            surface[one.Code] = one.Value;
        else if (one.Type == InputCodes.EV_SW)
            surface.Switches = one.Value != 0 ? surface.Switches | (1U << one.Code) : surface.Switches & ~(1U << one.Code);
    }

    private void Forget()
    {
        foreach (var guest in "ab")
        {
            _board.Got(guest);
            _board.Felt(guest);
        }
    }
}
