using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Steps;

/// <param name="Sentence">What could not be done, to what, why, and what to do.</param>
internal sealed record StepFailure(Step Step, string Sentence)
{
    /// <summary>As <see cref="StepException.Refused"/>.</summary>
    public RefusedGpu? Refused { get; init; }
}
