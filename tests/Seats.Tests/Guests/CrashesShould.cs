using CsCheck;
using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.Tests.Guests;

public sealed class CrashesShould
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guest Off = Machine.Guest("windows");
    private static readonly Guest Running = Off with { State = GuestState.Running };
    private static readonly ValueList<Guid> Started = [Off.Uuid];

    private static Guest Crashed(int ends) => Off with { End = GuestEnd.Crashed, Ends = ends };

    [Fact]
    public void Have_a_guest_that_crashed_wait_and_then_be_started_again()
    {
        var crashes = Crashes.None.Starting(Off, Morning).After([Running], Started, Morning).After([Crashed(1)], Started, Morning.AddHours(1));
        Assert.Equal((CrashPhase.Waiting, 1, TimeSpan.FromSeconds(1)), Now(crashes));
    }

    [Theory]
    [InlineData(GuestEnd.ShutDown)]
    [InlineData(GuestEnd.Destroyed)]
    [InlineData(GuestEnd.Saved)]
    [InlineData(GuestEnd.Failed)]
    [InlineData(GuestEnd.Unknown)]
    public void Leave_a_guest_off_that_ended_in_any_other_way(GuestEnd end)
    {
        var crashes = Crashes.None.Starting(Off, Morning).After([Running], Started, Morning).After([Off with { End = end, Ends = 1 }], Started, Morning);
        Assert.Empty(crashes.All);
    }

    [Fact]
    public void Leave_a_guest_alone_that_was_never_started_for_a_seat() =>
        Assert.Empty(Crashes.None.After([Crashed(1)], [], Morning).All);

    [Fact]
    public void Know_a_crash_that_came_while_the_manager_was_away() =>
        Assert.Equal(CrashPhase.Waiting, Now(Crashes.None.After([Crashed(0)], Started, Morning)).Phase);

    [Fact]
    public void Not_take_the_crash_before_for_a_new_one_while_the_start_is_not_seen_yet()
    {
        var crashes = Crashes.None.After([Crashed(1)], Started, Morning).Starting(Crashed(1), Morning.AddSeconds(1));
        Assert.Equal(CrashPhase.Started, Now(crashes.After([Crashed(1)], Started, Morning.AddSeconds(2))).Phase);
    }

    [Fact]
    public void Know_a_crash_so_soon_after_the_start_that_nobody_saw_it_run()
    {
        var crashes = Crashes.None.After([Crashed(1)], Started, Morning).Starting(Crashed(1), Morning.AddSeconds(1));
        Assert.Equal((CrashPhase.Waiting, 2, TimeSpan.FromSeconds(2)), Now(crashes.After([Crashed(2)], Started, Morning.AddSeconds(2))));
    }

    [Fact]
    public void Wait_twice_as_long_after_each_crash_and_then_give_it_up()
    {
        var (crashes, now, pauses) = (Crashes.None.Starting(Off, Morning), Morning, new List<double>());
        for (var ends = 1; ends <= Crashes.Most; ends++)
        {
            crashes = crashes.After([Crashed(ends)], Started, now);
            pauses.Add(Now(crashes).Pause.TotalSeconds);
            crashes = crashes.Starting(Crashed(ends), now += TimeSpan.FromMinutes(1));
        }
        Assert.Equal([1, 2, 4, 8, 16], pauses);
        Assert.Equal(CrashPhase.GivenUp, Now(crashes.After([Crashed(6)], Started, now)).Phase);
    }

    [Fact]
    public void Count_anew_once_it_has_run_calmly_or_somebody_starts_it()
    {
        var twice = Crashes.None.After([Crashed(1)], Started, Morning).Starting(Crashed(1), Morning).After([Crashed(2)], Started, Morning);
        Assert.Equal(2, Now(twice).InARow);
        var calm = twice.Starting(Crashed(2), Morning).After([Running], Started, Morning).After([Crashed(3)], Started, Morning + Crashes.Calm);
        Assert.Equal(1, Now(calm).InARow);
        Assert.Equal(1, Now(twice.Without(Off.Uuid).Starting(Crashed(2), Morning).After([Crashed(3)], Started, Morning)).InARow);
    }

    [Fact]
    public void Hold_no_more_of_a_guest_that_somebody_else_started() =>
        Assert.Equal(CrashPhase.Started, Now(Crashes.None.After([Crashed(1)], Started, Morning).After([Running], Started, Morning)).Phase);

    /// <summary>Whatever befalls a guest, it is never started again while it runs, nor after its owner shut it down, nor for ever.</summary>
    [Fact]
    public void Never_wait_to_start_what_runs_or_was_shut_down() =>
        Gen.Int[0, 4].Array[1, 60].Sample(events =>
        {
            var (crashes, guest, now) = (Crashes.None, Off, Morning);
            var tries = 0;
            foreach (var happened in events)
            {
                now += TimeSpan.FromSeconds(30);
                switch (happened)
                {
                    case 0 when guest.State == GuestState.Off:
                        crashes = crashes.Starting(guest, now);
                        guest = guest with { State = GuestState.Running, End = GuestEnd.Unknown };
                        break;
                    case 1 when guest.State == GuestState.Running:
                        guest = guest with { State = GuestState.Off, End = GuestEnd.Crashed, Ends = guest.Ends + 1 };
                        break;
                    case 2 when guest.State == GuestState.Running:
                        guest = guest with { State = GuestState.Off, End = GuestEnd.ShutDown, Ends = guest.Ends + 1 };
                        break;
                    case 3 when crashes.Of(guest.Uuid) is { Phase: CrashPhase.Waiting }:
                        crashes = crashes.Starting(guest, now);
                        guest = guest with { State = GuestState.Running, End = GuestEnd.Unknown };
                        tries++;
                        break;
                }
                crashes = crashes.After([guest], Started, now);
                var phase = crashes.Of(guest.Uuid)?.Phase;
                if (phase == CrashPhase.Waiting && (guest.State, guest.End) != (GuestState.Off, GuestEnd.Crashed))
                    return false;
                if (crashes.Of(guest.Uuid) is { InARow: > Crashes.Most, Phase: CrashPhase.Waiting })
                    return false;
            }
            return tries <= events.Length;
        });

    private static (CrashPhase Phase, int InARow, TimeSpan Pause) Now(Crashes crashes) =>
        Assert.Single(crashes.All) is var crash ? (crash.Phase, crash.InARow, crash.InARow == 0 ? TimeSpan.Zero : crash.Pause) : default;
}
