using Akka.Actor;
using Microsoft.Extensions.Logging;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Steps;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>
/// Runs one seat's steps, one after the other, off its own thread, and reports to its parent. A step that fails is no reason not to do
/// those that do not depend on it. When to try again is the parent's to say.
/// </summary>
internal sealed partial class SeatActor : ReceiveActor
{
    private readonly string _seat;
    private readonly IStepRunner _runner;
    private readonly StepJournal _journal;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<Step> _done = [];
    private readonly List<StepFailure> _failed = [];
    private RunSteps? _run;
    private int _index;

    public SeatActor(string seat, IStepRunner runner, StepJournal journal, ILogger log)
    {
        (_seat, _runner, _journal, _log) = (seat, runner, journal, log);
        Receive<RunSteps>(OnRun);
        Receive<Ran>(ran => IsNow(ran.Generation, ran.Index), _ => OnRan());
        Receive<Broke>(broke => IsNow(broke.Generation, broke.Index), broke => OnBroke(broke.Why));
        Receive<Ran>(_ => { });
        Receive<Broke>(_ => { });
    }

    public static Props Props(string seat, IStepRunner runner, StepJournal journal, ILogger log) =>
        Akka.Actor.Props.Create(() => new SeatActor(seat, runner, journal, log));

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void OnRun(RunSteps run)
    {
        if (_run is not null)
        {
            LogTwice(_log, _seat, run.Generation, _run.Generation);
            return;
        }

        (_run, _index) = (run, 0);
        _done.Clear();
        _failed.Clear();
        Next();
    }

    private void Next()
    {
        while (_index < _run!.Steps.Count && _failed.Find(failure => _run.Steps[_index].DependsOn(failure.Step)) is { } cause)
            _journal.Write(_seat, _run.Generation, "left out", $"{_run.Steps[_index++].Sentence}, since it could not {cause.Step.Sentence}");
        if (_index == _run.Steps.Count)
        {
            Context.Parent.Tell(new StepsEnded(_seat, _run.Generation, _done.ToValueList(), _failed.ToValueList()));
            _run = null;
            return;
        }

        var (step, generation, index) = (_run.Steps[_index], _run.Generation, _index);
        _journal.Write(_seat, generation, "begun", step.Sentence);
        var (runner, stopped) = (_runner, _stopped.Token);
        Task.Run(() => runner.RunAsync(step, stopped), stopped)
            .PipeTo(Self, success: () => new Ran(generation, index), failure: failure => new Broke(generation, index, failure));
    }

    private void OnRan()
    {
        var step = _run!.Steps[_index++];
        _done.Add(step);
        _journal.Write(_seat, _run.Generation, "done", step.Sentence);
        LogDone(_log, _seat, step.Sentence);
        Next();
    }

    private void OnBroke(Exception failure)
    {
        var step = _run!.Steps[_index++];
        if (failure is not StepException)
            LogUnexpected(_log, failure, _seat, step.Sentence);
        var sentence = failure is StepException ? failure.Message : $"Could not {step.Sentence}: {failure.Message}";
        _journal.Write(_seat, _run.Generation, "failed", sentence);
        LogFailed(_log, _seat, sentence);
        _failed.Add(new(step, sentence) { Refused = (failure as StepException)?.Refused });
        Next();
    }

    private bool IsNow(long generation, int index) => _run?.Generation == generation && _index == index;

    [LoggerMessage(EventId = 310, Level = LogLevel.Information, Message = "Seat {Seat}: done: {Step}.")]
    private static partial void LogDone(ILogger log, string seat, string step);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "Seat {Seat}: {Sentence}")]
    private static partial void LogFailed(ILogger log, string seat, string sentence);

    [LoggerMessage(EventId = 312, Level = LogLevel.Error, Message = "Seat {Seat}: a failure that nobody foresaw, at: {Step}.")]
    private static partial void LogUnexpected(ILogger log, Exception failure, string seat, string step);

    [LoggerMessage(EventId = 313, Level = LogLevel.Error, Message = "Seat {Seat} was given plan {New} while plan {Old} still runs, ignoring.")]
    private static partial void LogTwice(ILogger log, string seat, long @new, long old);

    private sealed record Ran(long Generation, int Index);

    private sealed record Broke(long Generation, int Index, Exception Why);
}
