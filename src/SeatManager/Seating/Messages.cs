using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>To a seat: run these steps in order.</summary>
/// <param name="Generation">Comes back in the report, so that a late one is known as such.</param>
internal sealed record RunSteps(long Generation, ValueList<Step> Steps);

/// <summary>All steps are done.</summary>
internal sealed record StepsDone(string Seat, long Generation);

/// <summary>A step failed, and those after it were not begun.</summary>
internal sealed record StepFailed(string Seat, long Generation, Step Step, string Sentence);

/// <summary>Start the seat's own guest. Answered by an <see cref="Answer"/>, as are the two below.</summary>
internal sealed record StartSeat(string Seat);

/// <summary>Ask the seat's own guest to shut down.</summary>
internal sealed record StopSeat(string Seat);

/// <summary>Move the seat's input.</summary>
/// <param name="Target">A guest's name, <c>home</c>, <c>next</c> or <c>previous</c>.</param>
internal sealed record FocusSeat(string Seat, string Target);

/// <param name="Refusal">Null where it was done.</param>
internal sealed record Answer(Refusal? Refusal, string? Sentence)
{
    public static Answer Done { get; } = new(null, null);

    public static Answer Refused(Refusal refusal, string sentence) => new(refusal, sentence);
}
