namespace Phyllome.Seats.Routing;

/// <summary>The host among the guests that a seat may reach: it has sinks of its own, which are always live.</summary>
public static class HostReach
{
    /// <summary>What people call it.</summary>
    public const string Word = "host";

    /// <summary>Stands where a guest's UUID does; no guest has this one.</summary>
    public static Guid Id => Guid.Empty;

    /// <summary>Where a seat is brought home to: the host where it is in reach, else the first; null where nothing is.</summary>
    public static Guid? HomeOf(ValueList<Guid> reach) => reach.Contains(Id) ? Id : reach.Count > 0 ? reach[0] : null;
}
