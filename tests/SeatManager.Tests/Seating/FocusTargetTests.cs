using Phyllome.Seats.Guests;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Seating;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

public sealed class FocusTargetTests
{
    private static readonly Guest Windows = Named("windows"), Work = Named("work"), Other = Named("other");
    private static readonly ValueList<Guest> Guests = [Windows, Work, Other];

    [Fact]
    public void Home_should_be_the_first_in_reach() => Assert.Equal(Windows.Uuid, Find("home", Work));

    [Fact]
    public void Next_and_previous_should_go_around()
    {
        Assert.Equal(Work.Uuid, Find("next", Windows));
        Assert.Equal(Windows.Uuid, Find("next", Work));
        Assert.Equal(Work.Uuid, Find("previous", Windows));
        Assert.Equal(Windows.Uuid, Find("previous", Work));
    }

    [Fact]
    public void A_guest_should_be_found_by_name() => Assert.Equal(Work.Uuid, Find("work", Windows));

    [Fact]
    public void A_guest_outside_the_reach_should_be_refused_by_policy() => Assert.Equal(Refusal.AgainstPolicy, Refused("other"));

    [Fact]
    public void A_guest_that_is_nowhere_should_be_said_to_be_missing() => Assert.Equal(Refusal.NotThere, Refused("nothing"));

    [Fact]
    public void Home_should_be_the_host_where_it_is_in_reach()
    {
        var seat = new RouterSeat("left", new([5], [Windows.Uuid, HostReach.Id]), Windows.Uuid);
        Assert.Equal(HostReach.Id, FocusTarget.Find(seat, "home", Guests).Guest);
        Assert.Equal(HostReach.Id, FocusTarget.Find(seat, "host", Guests).Guest);
        Assert.Equal(HostReach.Id, FocusTarget.Find(seat, "next", Guests).Guest);
    }

    [Fact]
    public void A_host_outside_the_reach_should_be_refused_by_policy_with_what_to_write()
    {
        var refusal = FocusTarget.Find(Seat(Windows), "host", Guests).Refusal!;
        Assert.Equal(Refusal.AgainstPolicy, refusal.Refusal);
        Assert.Contains("seat = \"left\" in [host]", refusal.Sentence, StringComparison.Ordinal);
    }

    private static Guid? Find(string target, Guest focus) => FocusTarget.Find(Seat(focus), target, Guests).Guest;

    private static Refusal? Refused(string target) => FocusTarget.Find(Seat(Windows), target, Guests).Refusal?.Refusal;

    private static RouterSeat Seat(Guest focus) => new("left", new([5], [Windows.Uuid, Work.Uuid]), focus.Uuid);

    private static Guest Named(string name) => new(Guid.NewGuid(), name, GuestState.Running, true, null, []);
}
