using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Seating;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

public sealed class SeatRunTests
{
    private static readonly ValueList<Step> Release = [new ReleaseSource("left", 5)];
    private static readonly ValueList<Step> End = [new Unroute("left")];

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
        var run = new SeatRun("left").Offer(Release).Finished(1).Offer(End);
        Assert.Equal(run, run.Finished(1));
        Assert.Equal(run, run.Failed(1, "late"));
        Assert.True(run.Finished(2).IsIdle);
    }

    [Fact]
    public void A_seat_that_failed_should_be_held_until_the_world_changes_or_its_time_comes()
    {
        var failed = new SeatRun("left").Offer(Release).Failed(1, "it broke");
        Assert.Equal(("it broke", failed), (failed.Problem, failed.Offer(Release)));
        Assert.Equal(2, failed.WorldChanged().Offer(Release).Generation);
        Assert.Equal(2, failed.Retry().Offer(Release).Generation);
    }

    [Fact]
    public void A_seat_that_fails_again_and_again_should_wait_longer_and_in_the_end_for_time_alone()
    {
        var run = new SeatRun("left");
        var waits = new List<double>();
        for (var i = 1; i <= 8; i++)
        {
            run = run.Retry().Offer(Release).Failed(i, "it broke");
            waits.Add(run.RetryAfter.TotalSeconds);
            Assert.Equal(i > 3, run.WorldChanged().Held);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
        Assert.False(run.Anew().Held);
    }

    [Fact]
    public void Steps_that_were_done_and_are_wanted_again_at_once_should_count_as_a_failure()
    {
        var run = new SeatRun("left").Offer(Release).Finished(1).Offer(Release);
        Assert.True(run.Held);
        Assert.Contains("give input5 of seat left back to the host, yet it is not in force", run.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_seat_that_has_nothing_left_to_do_should_forget_its_problem()
    {
        var run = new SeatRun("left").Offer(Release).Failed(1, "it broke").Offer([]);
        Assert.Equal((null, 0, false), (run.Problem, run.Failures, run.Held));
    }
}
