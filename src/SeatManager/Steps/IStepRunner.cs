using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Steps;

/// <summary>Carries out one step on the machine.</summary>
internal interface IStepRunner
{
    /// <summary>
    /// Ends when the step is in force and everybody who watches the router was told so; or with a <see cref="StepException"/>.
    /// It has a deadline of its own.
    /// </summary>
    Task RunAsync(Step step, CancellationToken cancellation);
}

/// <summary>A step that was not done; the message is the sentence for people.</summary>
public sealed class StepException(string sentence, Exception? cause = null) : Exception(sentence, cause)
{
    /// <summary>The card that must not be taken from the host, so that the seat is to go on without; null where it failed for another reason.</summary>
    internal RefusedGpu? Refused { get; init; }
}
