using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Tests.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Remote;

public sealed class RemoteViewShould
{
    private static readonly SeatWish Left = SeatsToml.Parse("[[seat]]\nname='left'\nguests=['alpha','beta']\ndisplays=['remote']\n", "f").Configuration!.Seats[0];

    private static readonly Guest Alpha = Machine.Guest("alpha", GuestState.Running) with { Vnc = 1 }, Beta = Machine.Guest("beta", GuestState.Running) with { Vnc = 0 };

    [Fact]
    public void Be_of_the_guest_that_has_the_focus_and_of_the_seats_own_before_it_is_known()
    {
        Assert.Equal((Beta, null), RemoteView.Of(Left, Beta.Uuid, [Alpha, Beta]));
        Assert.Equal((Alpha, null), RemoteView.Of(Left, null, [Alpha, Beta]));
    }

    [Fact]
    public void Say_what_starts_a_guest_that_is_off()
    {
        Assert.Equal("alpha is off: seatctl seat start left", RemoteView.Of(Left, Alpha.Uuid, [Alpha with { State = GuestState.Off }, Beta]).WhyNot);
        Assert.Equal("beta is off: 'seatctl focus left home' takes the seat to its own guest", RemoteView.Of(Left, Beta.Uuid, [Alpha, Beta with { State = GuestState.Crashed }]).WhyNot);
    }

    [Fact]
    public void Say_why_a_guest_that_runs_is_not_seen() => Assert.Equal(
        "guest 'alpha' runs without a remote display, which it gets when it is started anew: shut it down, then 'seatctl seat start left'",
        RemoteView.Of(Left, null, [Alpha with { Vnc = null }]).WhyNot);

    [Fact]
    public void Say_why_there_is_no_guest_to_see()
    {
        Assert.Equal("libvirt cannot be asked for the guests: see 'seatctl status'", RemoteView.Of(Left, null, null).WhyNot);
        Assert.Equal("there is no guest 'alpha': see 'seatctl status'", RemoteView.Of(Left, null, [Beta]).WhyNot);
        Assert.Equal("seat left is at the host, which is not seen from elsewhere: 'seatctl focus left next' takes it to a guest", RemoteView.Of(Left, HostReach.Id, [Alpha, Beta]).WhyNot);
    }
}
