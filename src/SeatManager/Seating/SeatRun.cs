using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>
/// Where a seat stands between its plans: at most one plan runs, and one that failed is held until there is a reason to try again.
/// Pure.
/// </summary>
/// <param name="Generation">Of the newest plan that was begun.</param>
/// <param name="Running">The steps that run now; empty while none do.</param>
/// <param name="Done">The steps that were done last.</param>
/// <param name="Problem">Why the last try failed; it stands until a try does not.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Held">Whether nothing is begun for now.</param>
internal sealed record SeatRun(
    string Seat, long Generation, ValueList<Step> Running, ValueList<Step> Done, string? Problem, int Failures, bool Held)
{
    /// <summary>
    /// So many failures are tried again as soon as the world changes; after that, changes may well come of the tries themselves (a guest
    /// that dies at once), and only time counts.
    /// </summary>
    private const int EagerTries = 3;

    public SeatRun(string seat) : this(seat, 0, [], [], null, 0, false)
    {
    }

    public bool IsIdle => Running.Count == 0;

    /// <summary>What a new look at the world wants done. Whether it is begun shows in <see cref="Running"/> and <see cref="Generation"/>.</summary>
    public SeatRun Offer(ValueList<Step> steps)
    {
        if (!IsIdle)
            return this;
        if (steps.Count == 0)
            return this with { Done = [], Problem = null, Failures = 0, Held = false };
        if (Held)
            return this;
        return steps == Done
            ? Fail($"Could not finish seat {Seat}: it was done to {steps[0].Sentence}, yet it is not in force; trying again.")
            : this with { Generation = Generation + 1, Running = steps };
    }

    public SeatRun Finished(long generation) => IsLate(generation) ? this : this with { Running = [], Done = Running, Problem = null };

    public SeatRun Failed(long generation, string sentence) => IsLate(generation) ? this : (this with { Running = [] }).Fail(sentence);

    /// <summary>The world has changed.</summary>
    public SeatRun WorldChanged() => Held && Failures <= EagerTries ? this with { Held = false } : this;

    /// <summary>Its time has come.</summary>
    public SeatRun Retry() => this with { Held = false };

    /// <summary>A person asks for it, or what is wanted has changed.</summary>
    public SeatRun Anew() => this with { Held = false, Failures = 0, Done = [] };

    /// <summary>How long a seat that failed is held at most.</summary>
    public TimeSpan RetryAfter => Backoff.After(Failures);

    private SeatRun Fail(string sentence) => this with { Done = [], Problem = sentence, Failures = Failures + 1, Held = true };

    private bool IsLate(long generation) => IsIdle || generation != Generation;
}
