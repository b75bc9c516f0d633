using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Steps;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>
/// Where a seat stands between its plans: at most one plan runs. Steps that failed are held, with all that depends on them, until there
/// is a reason to try again; the seat's other steps go on. Pure.
/// </summary>
/// <param name="Generation">Of the newest plan that was begun.</param>
/// <param name="Running">The steps that run now; empty while none do.</param>
/// <param name="Done">The steps that were done last, all of them.</param>
/// <param name="Failed">What failed, and why; it stands until a try does not.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Held">Whether what failed is not begun for now.</param>
internal sealed record SeatRun(
    string Seat, long Generation, ValueList<Step> Running, ValueList<Step> Done, ValueList<StepFailure> Failed, int Failures, bool Held)
{
    /// <summary>
    /// So many failures are tried again as soon as the world changes; after that, changes may well come of the tries themselves (a guest
    /// that dies at once), and only time counts.
    /// </summary>
    private const int EagerTries = 3;

    public SeatRun(string seat) : this(seat, 0, [], [], [], 0, false)
    {
    }

    public bool IsIdle => Running.Count == 0;

    /// <summary>What a new look at the world wants done. Whether it is begun shows in <see cref="Running"/> and <see cref="Generation"/>.</summary>
    public SeatRun Offer(ValueList<Step> steps)
    {
        if (!IsIdle)
            return this;
        if (steps.Count == 0)
            return this with { Done = [], Failed = [], Failures = 0, Held = false };
        var open = Held ? steps.Where(step => !Failed.Any(failure => step == failure.Step || step.DependsOn(failure.Step))).ToValueList() : steps;
        if (open.Count == 0)
            return this;
        return open == Done
            ? Fail([new(open[0], $"Could not finish seat {Seat}: it was done to {open[0].Sentence}, yet it is not in force; trying again.")])
            : this with { Generation = Generation + 1, Running = open };
    }

    /// <summary>The steps of that generation are at their end.</summary>
    public SeatRun Ended(long generation, ValueList<StepFailure> failed) =>
        IsIdle || generation != Generation ? this
        : failed.Count > 0 ? (this with { Running = [] }).Fail(failed)
        : this with { Running = [], Done = Running, Failed = Held ? Failed : [] };

    /// <summary>The world has changed.</summary>
    public SeatRun WorldChanged() => Held && Failures <= EagerTries ? this with { Held = false } : this;

    /// <summary>Its time has come.</summary>
    public SeatRun Retry() => this with { Held = false };

    /// <summary>A person asks for it, or what is wanted has changed.</summary>
    public SeatRun Anew() => this with { Held = false, Failures = 0, Done = [] };

    /// <summary>How long what failed is held at most.</summary>
    public TimeSpan RetryAfter => Backoff.After(Failures);

    private SeatRun Fail(ValueList<StepFailure> failed) => this with
    {
        Done = [],
        Failed = Held ? [.. Failed.Where(before => failed.All(now => now.Step != before.Step)), .. failed] : failed,
        Failures = Failures + 1,
        Held = true,
    };
}
