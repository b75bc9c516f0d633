using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Seating;
using Phyllome.Seats.SeatManager.Steps;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

public sealed class SeatRunTests
{
    private static readonly Step One = new ReleaseSource("left", 5), Other = new ReleaseSource("left", 6);
    private static readonly ValueList<Step> Release = [One];
    private static readonly ValueList<Step> End = [new Unroute("left")];
    private static readonly StepFailure Broken = new(One, "it broke");

    [Fact]
    public void Steps_should_begin_a_new_generation()
    {
        var run = new SeatRun("left").Offer(Release);
        Assert.Equal((1L, Release), (run.Generation, run.Running));
    }

    [Fact]
    public void While_steps_run_no_others_should_begin()
    {
        var run = new SeatRun("left").Offer(Release);
        Assert.Equal(run, run.Offer(End));
    }

    [Fact]
    public void A_late_report_of_an_older_generation_should_change_nothing()
    {
        var run = new SeatRun("left").Offer(Release).Ended(1, []).Offer(End);
        Assert.Equal(run, run.Ended(1, []));
        Assert.Equal(run, run.Ended(1, [Broken]));
        Assert.True(run.Ended(2, []).IsIdle);
    }

    [Fact]
    public void A_step_that_failed_should_be_held_until_the_world_changes_or_its_time_comes()
    {
        var failed = new SeatRun("left").Offer(Release).Ended(1, [Broken]);
        Assert.Equal(([Broken], failed), (failed.Failed, failed.Offer(Release)));
        Assert.Equal(2, failed.WorldChanged().Offer(Release).Generation);
        Assert.Equal(2, failed.Retry().Offer(Release).Generation);
    }

    [Fact]
    public void While_a_step_is_held_the_seats_other_steps_should_go_on_and_the_problem_stand()
    {
        var run = new SeatRun("left").Offer(Release).Ended(1, [Broken]).Offer([One, Other]);
        Assert.Equal((2L, [Other]), (run.Generation, run.Running));
        run = run.Ended(2, []);
        Assert.Equal(([Broken], true, run), (run.Failed, run.Held, run.Offer(Release)));
    }

    [Fact]
    public void What_depends_on_a_held_step_should_be_held_with_it()
    {
        Step route = new Route("left", new([5], [])), take = new TakeSource("left", new("k", DeviceKind.Keyboard, "K", null, null, null, null, null, null, []), new(5, 5, InputAbilities.Key, "K"));
        var run = new SeatRun("left").Offer([route, take]).Ended(1, [new(route, "it broke")]);
        Assert.Equal(run, run.Offer([route, take]));
    }

    [Fact]
    public void A_seat_that_fails_again_and_again_should_wait_longer_and_in_the_end_for_time_alone()
    {
        var run = new SeatRun("left");
        var waits = new List<double>();
        for (var i = 1; i <= 8; i++)
        {
            run = run.Retry().Offer(Release).Ended(i, [Broken]);
            waits.Add(run.RetryAfter.TotalSeconds);
            Assert.Equal(i > 3, run.WorldChanged().Held);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
        Assert.False(run.Anew().Held);
    }

    [Fact]
    public void Steps_that_were_done_and_are_wanted_again_at_once_should_count_as_a_failure()
    {
        var run = new SeatRun("left").Offer(Release).Ended(1, []).Offer(Release);
        Assert.True(run.Held);
        Assert.Contains("give input5 of seat left back to the host, yet it is not in force", run.Failed[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seat_that_has_nothing_left_to_do_should_forget_its_problem()
    {
        var run = new SeatRun("left").Offer(Release).Ended(1, [Broken]).Offer([]);
        Assert.Equal(([], 0, false), (run.Failed, run.Failures, run.Held));
    }
}
