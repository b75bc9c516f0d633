using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

public sealed class ChordTests
{
    private readonly Board _board = Board.WithThreeGuests();

    [Fact]
    public void A_chord_should_mask_and_release_its_leading_key_and_its_last_should_pass_nowhere()
    {
        _board.Type("+leftmeta +tab -tab -leftmeta");
        Assert.Equal("+leftmeta | +leftctrl | -leftctrl | -leftmeta |", _board.Got('a'));
        Assert.Equal("", _board.Got('b'));
        Assert.Equal('b', _board.Focus("left"));
    }

    [Fact]
    public void A_lone_modifier_should_be_a_key_like_any_other()
    {
        _board.Type("+leftmeta -leftmeta +tab -tab");
        Assert.Equal("+leftmeta | -leftmeta | +tab | -tab |", _board.Got('a'));
    }

    [Fact]
    public void Keys_still_down_should_be_dead_in_the_new_focus_until_pressed_again()
    {
        _board.Type("+a +leftmeta +tab -tab -a -leftmeta +a +leftmeta");
        Assert.Equal("+a | +leftmeta |", _board.Got('b'));
    }

    [Fact]
    public void A_leading_key_that_stays_down_should_complete_again()
    {
        _board.Type("+leftmeta +tab -tab +tab -tab");
        Assert.Equal('c', _board.Focus("left"));
        _board.Type("+tab");
        Assert.Equal('a', _board.Focus("left"));
    }

    [Fact]
    public void The_longer_chord_should_win()
    {
        _board.Type("+leftmeta +leftshift +tab");
        Assert.Equal('c', _board.Focus("left"));
    }

    [Theory]
    [InlineData("+leftctrl +rightctrl")]
    [InlineData("+rightctrl +leftctrl")]
    [InlineData("+a +s +leftctrl +rightctrl")]
    public void The_home_chord_should_work_in_any_order_and_with_other_keys_down(string keys)
    {
        _board.Switchboard.SetFocus("left", Board.Guest('c'));
        _board.Type(keys);
        Assert.Equal('a', _board.Focus("left"));
    }

    [Fact]
    public void The_home_chord_should_work_while_its_guests_are_dead()
    {
        _board.Switchboard.SetFocus("left", Board.Guest('c'));
        foreach (var guest in "abc")
            _board.Switchboard.SetLive(Board.Guest(guest), false);
        _board.Type("+leftctrl +rightctrl");
        Assert.Equal('a', _board.Focus("left"));
    }

    [Fact]
    public void A_chord_over_two_keyboards_of_one_seat_should_be_one_chord()
    {
        _board.Type("+leftmeta", 1).Type("+tab", 2);
        Assert.Equal('b', _board.Focus("left"));
    }

    [Fact]
    public void A_chord_over_two_seats_should_be_none()
    {
        _board.AddSource(3);
        _board.Switchboard.SetSeat("right", new([3], [Board.Guest('a'), Board.Guest('b')]));
        _board.Type("+leftmeta", 1).Type("+tab", 3);
        Assert.Equal('a', _board.Focus("left"));
        Assert.Equal('a', _board.Focus("right"));
    }

    [Fact]
    public void The_row_should_pick_by_place_and_a_place_without_a_guest_should_be_a_key()
    {
        _board.Type("+leftmeta +f3 -f3");
        Assert.Equal('c', _board.Focus("left"));
        _board.Type("+f2 -f2");
        Assert.Equal('b', _board.Focus("left"));
        _board.Switchboard.SetSeat("left", new([1], [Board.Guest('b'), Board.Guest('c')]));
        _board.Got('b');
        _board.Type("+f3 -f3");
        Assert.Equal("+f3 | -f3 |", _board.Got('b'));
    }

    [Fact]
    public void With_one_guest_in_reach_next_should_be_left_to_the_guest()
    {
        _board.Switchboard.SetSeat("left", new([1], [Board.Guest('a')]));
        _board.Type("+leftmeta +tab");
        Assert.Equal("+leftmeta | +tab |", _board.Got('a'));
    }

    [Fact]
    public void A_focus_change_should_be_told_of_once()
    {
        _board.Switchboard.TakeMovedSeats();
        _board.Type("+leftmeta +tab");
        Assert.True(_board.Switchboard.HasNews);
        Assert.Equal(["left"], _board.Switchboard.TakeMovedSeats().Select(seat => seat.Name));
        Assert.False(_board.Switchboard.HasNews);
        Assert.Empty(_board.Switchboard.TakeMovedSeats());
    }
}
