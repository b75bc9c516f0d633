namespace Phyllome.Seats.Processors;

/// <summary>
/// Splits a host's cores between the seats' guests and the host itself. The guests choose in their order, so that one which comes last
/// moves no virtual processor of those before it; each takes whole cores, and no two share one while there are enough.
/// </summary>
/// <remarks>
/// The host keeps one core that is worth the least to a guest: an efficient one, else one on the smallest cache. A guest takes, of the places
/// where it fits: one kind of core, performance first; near the seat's graphics card, where its memory fits; one cache, then one node;
/// a cache where no other guest is; the larger cache (so the first gets the V-Cache); the place that it fills best.
/// Where the guests do not all fit, they share all cores but the host's, and the host's scheduler does its work.
/// </remarks>
public static class PinPlanner
{
    public static PinPlan Plan(HostTopology host, ValueList<GuestNeed> guests)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (host.Cores.Count < 2 || guests.Count == 0)
            return PinPlan.None;
        Core[] cores = [.. host.Cores.Select(core => core with { Cpus = core.Cpus.Order().ToValueList() }).OrderBy(core => core.Id)];
        var kept = cores.OrderBy(core => core.Kind == CoreKind.Efficient ? 0 : 1).ThenBy(core => core.CacheBytes).ThenBy(core => core.Id).First();
        var free = cores.Where(core => core != kept).ToList();
        var taken = new List<(GuestNeed Guest, Core[] Cores)>();
        foreach (var guest in guests)
        {
            if (Place(host, guest, free, [.. taken.SelectMany(other => other.Cores)]) is not { } place)
                return Shared(cores, kept, guests);
            taken.Add((guest, place));
            free.RemoveAll(core => place.Contains(core));
        }
        Core[] left = [.. free.Append(kept)];
        var pages = new FreePages(host);
        return new(
            taken.Select(one => Pin(one.Guest, one.Cores, left, pages)).ToValueList(), Cpus(left), IsShared: false);
    }

    private static PinPlan Shared(Core[] cores, Core kept, ValueList<GuestNeed> guests)
    {
        var pool = Cpus(cores.Where(core => core != kept));
        return new(
            guests.Select(guest => new GuestPinning(guest.Guest, Enumerable.Repeat(pool, guest.Vcpus).ToValueList(), kept.Cpus, null, null, null)).ToValueList(),
            kept.Cpus, IsShared: true);
    }

    /// <summary>The cores that a guest gets of those that are free, in the order of their numbers; null where they do not suffice.</summary>
    private static Core[]? Place(HostTopology host, GuestNeed guest, List<Core> free, HashSet<Core> taken)
    {
        var others = taken.Select(core => core.Cache).ToHashSet();
        return Places(free)
            .Select(place => (place.Span, place.Cores, Taken: Take(guest.Vcpus, place.Cores)))
            .Where(place => place.Taken is not null)
            .OrderBy(place => place.Taken!.Select(core => core.Kind).Distinct().Count())
            .ThenBy(place => place.Taken!.Max(core => core.Kind))
            .ThenBy(place => place.Taken!.Max(core => Distance(host, core.Node, guest)))
            .ThenBy(place => place.Span)
            .ThenBy(place => place.Taken!.Any(core => others.Contains(core.Cache)))
            .ThenByDescending(place => place.Taken!.Min(core => core.CacheBytes))
            .ThenBy(place => place.Cores.Length)
            .ThenBy(place => place.Taken![0].Id)
            .Select(place => place.Taken)
            .FirstOrDefault();
    }

    /// <summary>Where to look for cores, from the narrowest: one cache, one node, everywhere, and with both kinds of core.</summary>
    private static IEnumerable<(int Span, Core[] Cores)> Places(List<Core> free)
    {
        foreach (var same in free.GroupBy(core => (core.Kind, core.Cache)))
            yield return (0, [.. same]);
        foreach (var same in free.GroupBy(core => (core.Kind, core.Node)))
            yield return (1, [.. ByCache(same)]);
        foreach (var same in free.GroupBy(core => core.Kind))
            yield return (2, [.. ByCache(same)]);
        yield return (3, [.. free.OrderBy(core => core.Kind).ThenBy(core => core.Id)]);
    }

    /// <summary>The fullest caches first, so that a guest is on as few as can be.</summary>
    private static IEnumerable<Core> ByCache(IEnumerable<Core> cores) =>
        cores.GroupBy(core => core.Cache).OrderByDescending(same => same.Count()).ThenBy(same => same.Key).SelectMany(same => same.OrderBy(core => core.Id));

    /// <summary>So many of the first cores that each virtual processor has a thread; null where they are too few.</summary>
    private static Core[]? Take(int vcpus, Core[] cores)
    {
        var count = 0;
        for (var threads = 0; threads < vcpus; threads += cores[count++].Cpus.Count)
        {
            if (count == cores.Length)
                return null;
        }
        return [.. cores.Take(count).OrderBy(core => core.Kind).ThenBy(core => core.Id)];
    }

    /// <summary>0 for the card's own node or where there is no card, 1 for another, more where the guest's memory does not fit.</summary>
    private static int Distance(HostTopology host, int node, GuestNeed guest)
    {
        var memory = host.Nodes.FirstOrDefault(one => one.Number == node)?.Memory ?? 0;
        return (guest.Node is { } wanted && wanted != node ? 1 : 0) + (host.Nodes.Count > 1 && memory < guest.Memory ? 2 : 0);
    }

    private static GuestPinning Pin(GuestNeed guest, Core[] cores, Core[] left, FreePages pages)
    {
        int[] nodes = [.. cores.Select(core => core.Node).Distinct()];
        var node = nodes.Length == 1 ? nodes[0] : (int?)null;
        var near = left.Where(core => core.Node == node).ToArray();
        int[] threads = [.. cores.Select(core => core.Cpus.Count).Distinct()];
        // One virtual processor a thread, neighbours on one core: what the guest is told is then what is so.
        var even = threads.Length == 1 && guest.Vcpus == cores.Length * threads[0];
        return new(
            guest.Guest, cores.SelectMany(core => core.Cpus).Take(guest.Vcpus).Select(cpu => (ValueList<int>)[cpu]).ToValueList(),
            Cpus(near.Length > 0 ? near : left), even ? new(cores.Length, threads[0]) : null, node, guest.Runs ? null : pages.Take(node, guest.Memory));
    }

    private static ValueList<int> Cpus(IEnumerable<Core> cores) => cores.SelectMany(core => core.Cpus).Order().ToValueList();

    /// <summary>The huge pages that are free, less those that guests before had.</summary>
    private sealed class FreePages(HostTopology host)
    {
        private readonly Dictionary<(int Node, long Size), long> _free =
            host.Nodes.SelectMany(node => node.HugePages.Select(pages => (node.Number, pages))).ToDictionary(one => (one.Number, one.pages.Size), one => one.pages.Free);

        /// <summary>The largest size that a guest's memory fits into, on its node or (null) the only one.</summary>
        internal long? Take(int? node, long memory)
        {
            var number = node ?? (host.Nodes.Count == 1 ? host.Nodes[0].Number : -1);
            foreach (var size in _free.Keys.Where(key => key.Node == number && key.Size > 0).Select(key => key.Size).OrderDescending().ToList())
            {
                if (memory <= 0 || memory % size != 0 || memory / size > _free[(number, size)])
                    continue;
                _free[(number, size)] -= memory / size;
                return size;
            }
            return null;
        }
    }
}
