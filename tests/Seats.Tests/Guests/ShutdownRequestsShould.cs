using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.Tests.Guests;

public sealed class ShutdownRequestsShould
{
    private static readonly Guest Running = Machine.Guest("windows", GuestState.Running);

    [Fact]
    public void Call_a_guest_late_that_still_runs_when_its_time_is_over() =>
        Assert.Equal(new([], [Running.Uuid]), ShutdownRequests.None.With(Running.Uuid).After([Running]).TimeIsOver(Running.Uuid));

    [Fact]
    public void Forget_a_guest_once_it_is_off()
    {
        var asked = ShutdownRequests.None.With(Running.Uuid);
        var off = Running with { State = GuestState.Off };
        Assert.Equal(ShutdownRequests.None, asked.After([off]));
        Assert.Equal(ShutdownRequests.None, asked.After([off]).TimeIsOver(Running.Uuid));
        Assert.Equal(ShutdownRequests.None, asked.TimeIsOver(Running.Uuid).After([off]));
    }

    [Fact]
    public void Give_a_guest_its_time_anew_that_is_asked_once_more()
    {
        var again = ShutdownRequests.None.With(Running.Uuid).TimeIsOver(Running.Uuid).With(Running.Uuid);
        Assert.Equal(new([Running.Uuid], []), again);
    }
}
