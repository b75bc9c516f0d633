using Xunit;
using System.Collections.Concurrent;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Steps;

namespace Phyllome.Seats.SeatManager.Tests.Steps;

/// <summary>Runs each step when the test says so, and as the test says.</summary>
internal sealed class GatedRunner : IStepRunner
{
    private readonly ConcurrentDictionary<Step, TaskCompletionSource> _gates = new();

    /// <summary>In the order in which they were begun.</summary>
    public BlockingCollection<Step> Begun { get; } = [];

    public Task RunAsync(Step step, CancellationToken cancellation)
    {
        // Before it is announced: who hears of the step may open its gate at once.
        var gate = Gate(step);
        Begun.Add(step, cancellation);
        return gate.Task;
    }

    public Step Next()
    {
        Assert.True(Begun.TryTake(out var step, TimeSpan.FromSeconds(20)), "no step was begun");
        return step;
    }

    public void Finish(Step step) => Remove(step).SetResult();

    public void Break(Step step, string sentence) => Remove(step).SetException(new StepException(sentence));

    private TaskCompletionSource Gate(Step step) => _gates.GetOrAdd(step, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource Remove(Step step)
    {
        var gate = Gate(step);
        _gates.TryRemove(step, out _);
        return gate;
    }
}
