using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Steps;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>To a seat: run these steps in order.</summary>
/// <param name="Generation">Comes back in the report, so that a late one is known as such.</param>
internal sealed record RunSteps(long Generation, ValueList<Step> Steps);

/// <summary>The steps are at their end: each was done or failed, or depends on one that failed and was not begun.</summary>
internal sealed record StepsEnded(string Seat, long Generation, ValueList<Step> Done, ValueList<StepFailure> Failed);

/// <summary>What somebody asks of the seats, answered by an <see cref="Answer"/>. The derived types are the closed list.</summary>
internal abstract record SeatsRequest;

/// <summary>Start the seat's own guest.</summary>
internal sealed record StartSeat(string Seat) : SeatsRequest;

/// <summary>Ask the seat's own guest to shut down.</summary>
internal sealed record StopSeat(string Seat) : SeatsRequest;

/// <summary>Move the seat's input.</summary>
/// <param name="Target">A guest's name, <c>home</c>, <c>next</c> or <c>previous</c>.</param>
internal sealed record FocusSeat(string Seat, string Target) : SeatsRequest;

/// <summary>Change what is remembered.</summary>
internal sealed record ChangeMemory(MemoryVerb Verb) : SeatsRequest;

/// <summary>Have the free screens ask who is in front of them, or no longer.</summary>
internal sealed record IdentifyScreens(bool Begin) : SeatsRequest;

/// <summary>Somebody waits at a seat's door. Answered by nothing: they are let in or turned away.</summary>
internal sealed record ViewerWaits(string Seat, int Viewer);

/// <summary>Send all viewers of a seat away.</summary>
internal sealed record SendViewersAway(string Seat) : SeatsRequest;

/// <summary>Say what passed of each device. Answered by an <see cref="InputTraffic"/>, or by an <see cref="Answer"/> where it is refused.</summary>
internal sealed record CountTraffic : SeatsRequest;

/// <summary>Say what a request would do, and do nothing. The request is one of those above.</summary>
internal sealed record Preview(SeatsRequest Request) : SeatsRequest;

/// <param name="Refusal">Null where it was done.</param>
internal sealed record Answer(Refusal? Refusal, string? Sentence)
{
    /// <summary>Of a <see cref="Preview"/>: the sentences of what would be done, in order.</summary>
    public ValueList<string> Steps { get; init; } = [];

    public static Answer Done { get; } = new(null, null);

    public static Answer Refused(Refusal refusal, string sentence) => new(refusal, sentence);
}
