using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
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
        Assert.Equal(new StepsEnded("left", 1, [First, Second], []), await ReportAsync());
    }

    [Fact]
    public async Task A_step_that_fails_should_be_reported_with_its_sentence_and_the_others_be_done()
    {
        _seat.Tell(new RunSteps(4, [First, Second, Third]));
        _runner.Finish(_runner.Next());
        _runner.Break(_runner.Next(), "Could not do the second.");
        _runner.Finish(_runner.Next());
        Assert.Equal(new StepsEnded("left", 4, [First, Third], [new(Second, "Could not do the second.")]), await ReportAsync());

        _seat.Tell(new RunSteps(5, [Third]));
        Assert.Equal(Third, _runner.Next());
        _runner.Finish(Third);
        Assert.Equal(new StepsEnded("left", 5, [Third], []), await ReportAsync());
    }

    [Fact]
    public async Task What_depends_on_a_step_that_failed_should_be_left_out()
    {
        var guest = Guid.NewGuid();
        Step make = new CreateSink("left", guest, "work", SinkKind.Pointer), start = new StartGuest("left", guest, "work", null);
        _seat.Tell(new RunSteps(1, [make, First, start]));
        _runner.Break(_runner.Next(), "Could not make it.");
        _runner.Finish(_runner.Next());
        Assert.Equal(new StepsEnded("left", 1, [First], [new(make, "Could not make it.")]), await ReportAsync());
        Assert.Contains("left 1 left out: start guest 'work' for seat left, since it could not make the pointer of guest 'work'", File.ReadAllText(_journal.File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_should_have_a_line_for_each_step_begun_done_and_failed()
    {
        _seat.Tell(new RunSteps(1, [First, Second, Third]));
        _runner.Finish(_runner.Next());
        _runner.Break(_runner.Next(), "Could not do the second.");
        _runner.Finish(_runner.Next());
        await ReportAsync();
        Assert.Equal(
            [
                "left 1 begun: give input1 of seat left back to the host",
                "left 1 done: give input1 of seat left back to the host",
                "left 1 begun: give input2 of seat left back to the host",
                "left 1 failed: Could not do the second.",
                "left 1 begun: give input3 of seat left back to the host",
                "left 1 done: give input3 of seat left back to the host",
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
        Assert.Equal(new StepsEnded("left", 1, [First], []), await ReportAsync());
        Assert.Empty(_runner.Begun);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scratch.Dispose();
    }

    private ValueTask<StepsEnded> ReportAsync() => _parent.ExpectMsgAsync<StepsEnded>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
}
