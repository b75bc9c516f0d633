namespace Phyllome.Seats.Guests;

/// <summary>Where a guest stands after a crash.</summary>
public enum CrashPhase
{
    /// <summary>It is off, and is started again when its pause is over.</summary>
    Waiting,
    /// <summary>It was started, and has not crashed since.</summary>
    Started,
    /// <summary>It crashed too often, and stays off until somebody starts it.</summary>
    GivenUp,
}

/// <summary>A guest's crashes.</summary>
/// <param name="InARow">So many without having run calmly in between.</param>
/// <param name="Ends">Its <see cref="Guests.Guest.Ends"/> that were dealt with.</param>
/// <param name="Since">When it came into this phase.</param>
public sealed record Crash(Guid Guest, int InARow, int Ends, CrashPhase Phase, DateTimeOffset Since)
{
    /// <summary>1, 2, 4, 8, 16 s: how long a guest stays off after so many crashes in a row.</summary>
    public TimeSpan Pause => TimeSpan.FromSeconds(1 << (InARow - 1));
}

/// <summary>
/// The guests that crashed at their seats. One is started again after a pause that doubles with each crash in a row, and left off after
/// <see cref="Most"/> of them; one that its owner shut down, or whose plug was pulled, has not crashed and stays off. Pure: the time is
/// told, and when a pause is over the caller says.
/// </summary>
public sealed record Crashes(ValueList<Crash> All)
{
    /// <summary>After so many in a row it does not help to start it once more.</summary>
    public const int Most = 5;

    /// <summary>A guest that ran for so long has started well: a crash after it is the first.</summary>
    public static TimeSpan Calm { get; } = TimeSpan.FromMinutes(10);

    public static Crashes None { get; } = new([]);

    public Crash? Of(Guid guest) => All.FirstOrDefault(crash => crash.Guest == guest);

    /// <summary>After a look at the guests.</summary>
    /// <param name="started">Those that were started for their seats: no other's end is ours to mend.</param>
    public Crashes After(ValueList<Guest> guests, ValueList<Guid> started, DateTimeOffset now)
    {
        var after = new List<Crash>();
        foreach (var guest in guests)
        {
            if (After(Of(guest.Uuid), guest, started.Contains(guest.Uuid), now) is { } crash)
                after.Add(crash);
        }
        var all = after.OrderBy(crash => crash.Guest).ToValueList();
        return all == All ? this : new(all);
    }

    /// <summary>A guest is about to be started: of what it was before, no more is heard.</summary>
    public Crashes Starting(Guest guest, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(guest);
        return With(new(guest.Uuid, Of(guest.Uuid)?.InARow ?? 0, guest.Ends, CrashPhase.Started, now));
    }

    /// <summary>Somebody asks for it, so that it counts anew.</summary>
    public Crashes Without(Guid guest) => Of(guest) is null ? this : new(All.Where(crash => crash.Guest != guest).ToValueList());

    private static Crash? After(Crash? before, Guest guest, bool started, DateTimeOffset now)
    {
        if (guest.State != GuestState.Off)
            return before is null or { Phase: CrashPhase.Started } ? before : before with { Phase = CrashPhase.Started, Since = now };
        if (guest.End is not GuestEnd.Crashed)
            // What is off by its owner's hand has no history; one that is just being started has yet to begin.
            return before is { Phase: CrashPhase.Started } && guest.Ends == before.Ends ? before : null;
        if (!started || (before is not null && (before.Phase != CrashPhase.Started || guest.Ends == before.Ends)))
            return before;
        var inARow = before is null || now - before.Since >= Calm ? 1 : before.InARow + 1;
        return new(guest.Uuid, inARow, guest.Ends, inARow > Most ? CrashPhase.GivenUp : CrashPhase.Waiting, now);
    }

    private Crashes With(Crash crash) => new([.. All.Where(other => other.Guest != crash.Guest).Append(crash).OrderBy(other => other.Guest)]);
}
