namespace Phyllome.Seats.Processors;

/// <summary>What kind of core it is on a processor that has two.</summary>
public enum CoreKind
{
    Performance,
    Efficient,
}

/// <summary>A physical core.</summary>
/// <param name="Cpus">Numbers of its threads, as Linux has them.</param>
/// <param name="Cache">The number of its last-level cache: of the first processor that shares it. On Ryzen a cache is a CCX.</param>
/// <param name="CacheBytes">The size of that cache.</param>
/// <param name="Node">Its NUMA node.</param>
public sealed record Core(ValueList<int> Cpus, CoreKind Kind, int Cache, long CacheBytes, int Node, int Package)
{
    /// <summary>The number of its first thread, which no other core has.</summary>
    public int Id => Cpus.Min();
}

/// <summary>Huge pages of one size that are free.</summary>
/// <param name="Size">In KiB.</param>
public sealed record HugePages(long Size, long Free);

/// <summary>A NUMA node.</summary>
/// <param name="Memory">In KiB; 0 where it has none of its own.</param>
public sealed record NumaNode(int Number, long Memory, ValueList<HugePages> HugePages);

/// <summary>The processors of a host that are online. The order of the lists means nothing.</summary>
public sealed record HostTopology(ValueList<Core> Cores, ValueList<NumaNode> Nodes)
{
    public static HostTopology Unknown { get; } = new([], []);
}
