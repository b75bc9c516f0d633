using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>Home without the keys of the home chord.</summary>
public sealed class LongPressTests
{
    private readonly Board _board = Board.WithThreeGuests();

    /// <summary>Seat 'left' has but source 5, and its focus is b.</summary>
    private void GiveLeft(string keys)
    {
        _board.AddSource(5, keys);
        _board.Switchboard.SetSeat("left", new([5], [Board.Guest('a'), Board.Guest('b')]));
        _board.Switchboard.SetFocus("left", Board.Guest('b'));
        _board.Now = 100;
    }

    [Fact]
    public void Escape_held_alone_for_two_seconds_should_lead_home_and_then_be_up()
    {
        GiveLeft("esc leftctrl a");
        _board.Type("+esc =esc", 5);
        Assert.Equal(102_000_000, _board.Switchboard.LongPressAt);
        _board.Switchboard.PassLongPress(101_999_999);
        Assert.Equal('b', _board.Focus("left"));
        _board.Switchboard.PassLongPress(102_000_000);
        Assert.Equal('a', _board.Focus("left"));
        Assert.Equal("+esc | -esc |", _board.Got('b'));
        Assert.Null(_board.Switchboard.LongPressAt);
        _board.Type("-esc +esc", 5);
        Assert.Equal("+esc |", _board.Got('a'));
    }

    [Theory]
    [InlineData("+esc -esc")]
    [InlineData("+esc +a")]
    [InlineData("+a +esc")]
    [InlineData("+esc +a -a")]
    public void A_short_press_and_one_among_others_should_lead_nowhere(string keys)
    {
        GiveLeft("esc leftctrl a");
        _board.Type(keys, 5);
        Assert.Null(_board.Switchboard.LongPressAt);
        _board.Switchboard.PassLongPress(long.MaxValue);
        Assert.Equal('b', _board.Focus("left"));
    }

    [Fact]
    public void A_seat_that_has_the_keys_of_the_home_chord_on_whatever_keyboards_should_have_no_long_press()
    {
        GiveLeft("esc leftctrl");
        _board.AddSource(6, "rightctrl");
        _board.Switchboard.SetSeat("left", new([5, 6], [Board.Guest('a'), Board.Guest('b')]));
        _board.Type("+esc", 5);
        Assert.Null(_board.Switchboard.LongPressAt);

        _board.Unplug(6);
        _board.Type("-esc +esc", 5);
        Assert.NotNull(_board.Switchboard.LongPressAt);
    }

    [Fact]
    public void A_keypad_without_Escape_should_have_its_Enter()
    {
        GiveLeft("kpenter");
        _board.Type("+kpenter", 5);
        _board.Switchboard.PassLongPress(102_000_000);
        Assert.Equal('a', _board.Focus("left"));
    }

    [Fact]
    public void Of_two_seats_the_one_that_is_due_should_go_home()
    {
        GiveLeft("esc");
        _board.AddSource(7, "esc");
        _board.Switchboard.SetSeat("right", new([7], [Board.Guest('a'), Board.Guest('b')]));
        _board.Switchboard.SetFocus("right", Board.Guest('b'));
        _board.Type("+esc", 7);
        _board.Now = 101;
        _board.Type("+esc", 5);
        Assert.Equal(102_000_000, _board.Switchboard.LongPressAt);
        _board.Switchboard.PassLongPress(102_000_000);
        Assert.Equal(('b', 'a'), (_board.Focus("left"), _board.Focus("right")));
        Assert.Equal(103_000_000, _board.Switchboard.LongPressAt);
        _board.Switchboard.ForgetSeat("left");
        Assert.Null(_board.Switchboard.LongPressAt);
    }

    [Fact]
    public void The_loop_should_wake_when_a_key_has_been_held_for_long()
    {
        using var router = new RouterFixture();
        var keys = default(KeySet);
        keys.Add(1);
        router.Devices.Abilities = keys;
        using var device = router.GiveSource(1);
        router.Order(id => new SetHotkeys(id, Board.Hotkeys));
        router.Order(id => new SetSeat(id, "left", new([1], [Board.Guest('a'), Board.Guest('b')])));
        router.Order(id => new SetFocus(id, "left", Board.Guest('b')));
        // An event of long ago: the two seconds are over.
        RouterFixture.Write(device, new(1, 0, InputCodes.EV_KEY, 1, 1), new(1, 0, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        FocusChanged? changed;
        do
            changed = router.Next() as FocusChanged;
        while (changed?.Focus != Board.Guest('a') || router.State().Seats[0].Focus != Board.Guest('a'));
    }
}
