using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Seating;
using Phyllome.Seats.SeatManager.Steps;
using Phyllome.Seats.SeatManager.Tests.Steps;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

public sealed class SeatActorSpecs : TestKit
{
    private static readonly Step First = new ReleaseSource("left", 1), Second = new ReleaseSource("left", 2), Third = new ReleaseSource("left", 3);

    private readonly Scratch _scratch = new();
    private readonly GatedRunner _runner = new();
    private readonly TestProbe _parent;
    private readonly IActorRef _seat;
    private readonly StepJournal _journal;

    public SeatActorSpecs()
    {
        _journal = new(_scratch.Path, TimeProvider.System, NullLogger.Instance);
        _parent = CreateTestProbe("parent");
        _seat = _parent.ChildActorOf(SeatActor.Props("left", _runner, _journal, NullLogger.Instance));
    }

    [Fact]
    public async Task Steps_should_run_one_after_the_other_and_be_reported_once()
    {
        _seat.Tell(new RunSteps(1, [First, Second]));
        Assert.Equal(First, _runner.Next());
        Assert.Empty(_runner.Begun);
        _runner.Finish(First);
        Assert.Equal(Second, _runner.Next());
        _runner.Finish(Second);
        Assert.Equal(new StepsDone("left", 1), await ReportAsync<StepsDone>());
    }

    [Fact]
    public async Task A_failure_of_the_middle_step_should_stop_the_rest_and_be_reported_with_its_sentence()
    {
        _seat.Tell(new RunSteps(4, [First, Second, Third]));
        _runner.Finish(_runner.Next());
        _runner.Break(_runner.Next(), "Could not do the second.");
        Assert.Equal(new StepFailed("left", 4, Second, "Could not do the second."), await ReportAsync<StepFailed>());
        Assert.Empty(_runner.Begun);

        _seat.Tell(new RunSteps(5, [Third]));
        Assert.Equal(Third, _runner.Next());
        _runner.Finish(Third);
        Assert.Equal(new StepsDone("left", 5), await ReportAsync<StepsDone>());
    }

    [Fact]
    public async Task The_journal_should_have_a_line_for_each_step_begun_done_and_failed()
    {
        _seat.Tell(new RunSteps(1, [First, Second, Third]));
        _runner.Finish(_runner.Next());
        _runner.Break(_runner.Next(), "Could not do the second.");
        await ReportAsync<StepFailed>();
        Assert.Equal(
            [
                "left 1 begun: give input1 of seat left back to the host",
                "left 1 done: give input1 of seat left back to the host",
                "left 1 begun: give input2 of seat left back to the host",
                "left 1 failed: Could not do the second.",
            ],
            File.ReadLines(_journal.File).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    [Fact]
    public async Task A_second_plan_while_one_runs_should_be_ignored()
    {
        _seat.Tell(new RunSteps(1, [First]));
        _runner.Next();
        _seat.Tell(new RunSteps(2, [Second]));
        _runner.Finish(First);
        Assert.Equal(new StepsDone("left", 1), await ReportAsync<StepsDone>());
        Assert.Empty(_runner.Begun);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scratch.Dispose();
    }

    private ValueTask<T> ReportAsync<T>() => _parent.ExpectMsgAsync<T>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
}
