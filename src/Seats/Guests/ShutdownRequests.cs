namespace Phyllome.Seats.Guests;

/// <summary>
/// The guests that were asked to shut down and still run. Each has <see cref="Patience"/> to do it; what is late is said, and not forced.
/// Pure, but for the time, which the caller counts.
/// </summary>
/// <param name="Asked">Time is counted for these.</param>
/// <param name="Late">Their time is over.</param>
public sealed record ShutdownRequests(ValueList<Guid> Asked, ValueList<Guid> Late)
{
    /// <summary>Systems that install their updates take longer, and are told of then.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    public static ShutdownRequests None { get; } = new([], []);

    /// <summary>A guest was asked, be it once more.</summary>
    public ShutdownRequests With(Guid guest) => new(
        Asked.Contains(guest) ? Asked : [.. Asked, guest], Late.Where(other => other != guest).ToValueList());

    public ShutdownRequests TimeIsOver(Guid guest) => !Asked.Contains(guest) ? this
        : new(Asked.Where(other => other != guest).ToValueList(), [.. Late, guest]);

    /// <summary>Those that are off are done.</summary>
    public ShutdownRequests After(ValueList<Guest> guests)
    {
        var on = guests.Where(guest => guest.State is not (GuestState.Off or GuestState.Crashed)).Select(guest => guest.Uuid).ToHashSet();
        return Asked.All(on.Contains) && Late.All(on.Contains) ? this : new(Asked.Where(on.Contains).ToValueList(), Late.Where(on.Contains).ToValueList());
    }
}
