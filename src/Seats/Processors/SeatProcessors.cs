namespace Phyllome.Seats.Processors;

/// <summary>Which processors the guests of seats get beside those that other guests have by their owners' own pins.</summary>
public static class SeatProcessors
{
    /// <summary>
    /// Where there are too few cores, nobody is pinned: guests that share cores are spread better by the host's scheduler, which sees who
    /// runs.
    /// </summary>
    /// <param name="guests">In the order in which they choose.</param>
    /// <param name="owned">The host's processors that owners' pins name: the cores of these are no seat's.</param>
    public static PinPlan Plan(HostTopology host, ValueList<GuestNeed> guests, IEnumerable<int> owned)
    {
        ArgumentNullException.ThrowIfNull(host);
        var taken = owned.ToHashSet();
        var plan = PinPlanner.Plan(host with { Cores = host.Cores.Where(core => !core.Cpus.Any(taken.Contains)).ToValueList() }, guests);
        return plan.IsShared ? PinPlan.None : plan;
    }
}
