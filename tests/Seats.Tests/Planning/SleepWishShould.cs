using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

public sealed class SleepWishShould
{
    private static readonly SeatsConfiguration Wanted = SeatsToml.Parse("[[seat]]\nname='left'\nguests=['windows']\n[[seat]]\nname='right'\nguests=['work']\n", "f").Configuration!;

    private static readonly Guest Windows = Machine.Guest("windows", GuestState.Running) with { Seat = "left" }, Work = Machine.Guest("work", GuestState.Running) with { Seat = "right" };

    [Fact]
    public void Keep_the_host_from_falling_asleep_while_somebody_sits_at_a_seat()
    {
        Assert.Equal("seat left is in use", Wish([Windows, Work], "left").Idle);
        Assert.Equal("seats left, right are in use", Wish([Windows, Work], "right", "left").Idle);
    }

    [Fact]
    public void Let_the_host_fall_asleep_when_nobody_has_a_keyboard_or_the_guest_is_off()
    {
        Assert.Null(Wish([Windows, Work]).Idle);
        Assert.Null(Wish([Windows with { State = GuestState.Off }, Work with { State = GuestState.Paused }], "left", "right").Idle);
    }

    [Fact]
    public void Keep_it_awake_while_somebody_sees_a_guest_from_elsewhere() =>
        Assert.Equal("seat right is in use", SleepWish.Of(Wanted, [Windows, Work], RouterState.Empty, [new("left", null, "s", []), new("right", null, "s", [new(1, "user 1000", "work")])]).Idle);

    [Fact]
    public void Pause_the_guests_that_run_for_seats_and_no_other() =>
        Assert.Equal([Windows.Uuid], Wish([Windows, Work with { State = GuestState.Paused }, Machine.Guest("another", GuestState.Running)]).Pause);

    [Fact]
    public void Refuse_sleep_with_a_sentence_while_a_seats_guest_has_a_device_of_the_host() => Assert.Equal(
        "guest 'windows' of seat left has 0000:01:00.0 and 0000:01:00.1, and a device that is passed through is lost when the host sleeps: shut that guest down first",
        Wish([Windows with { Passed = ["0000:01:00.1", "0000:01:00.0"] }]).Never);

    [Fact]
    public void Refuse_it_too_while_that_guest_is_paused_and_not_where_it_is_nobodys()
    {
        Assert.NotNull(Wish([Windows with { State = GuestState.Paused, Passed = ["0000:01:00.0"] }]).Never);
        Assert.NotNull(Wish([Windows with { Seat = null, Passed = ["0000:01:00.0"] }]).Never);
        Assert.Null(Wish([Machine.Guest("another", GuestState.Running) with { Passed = ["0000:01:00.0"] }]).Never);
    }

    private static SleepWish Wish(ValueList<Guest> guests, params string[] seatsWithDevices) => SleepWish.Of(
        Wanted, guests, RouterState.Empty with { Seats = seatsWithDevices.Select(seat => new RouterSeat(seat, new([5], []), null)).ToValueList() });
}
