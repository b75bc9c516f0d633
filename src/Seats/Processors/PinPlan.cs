namespace Phyllome.Seats.Processors;

/// <summary>A seat's guest that is to have processors of its own.</summary>
/// <param name="Vcpus">How many its owner gave it; this is never changed.</param>
/// <param name="Memory">In KiB.</param>
/// <param name="Node">The NUMA node of the seat's graphics card; null where there is none, or its node is not known.</param>
/// <param name="Runs">Whether it has its memory already.</param>
public sealed record GuestNeed(Guid Guest, int Vcpus, long Memory, int? Node, bool Runs = false);

/// <summary>The processor that a guest sees: one socket of so many cores.</summary>
public sealed record GuestTopology(int Cores, int Threads);

/// <summary>Where a guest's threads run.</summary>
/// <param name="Vcpus">Of each virtual processor in turn, the host's processors that it may run on.</param>
/// <param name="Service">The host's processors for QEMU's own threads and its IO threads.</param>
/// <param name="Topology">Null where it is better not told: the virtual processors lie on no cores of their own.</param>
/// <param name="Node">The NUMA node that its memory is best on; null where its cores are on several.</param>
/// <param name="HugePages">The size in KiB of the huge pages that its memory fits into, null for none.</param>
public sealed record GuestPinning(
    Guid Guest, ValueList<ValueList<int>> Vcpus, ValueList<int> Service, GuestTopology? Topology, int? Node, long? HugePages);

/// <summary>The processors of a host, split between guests and the host.</summary>
/// <param name="Host">Those that no guest's virtual processor runs on; never empty where anything is pinned.</param>
/// <param name="IsShared">Whether there are too few cores, so that the guests share those that are not the host's.</param>
public sealed record PinPlan(ValueList<GuestPinning> Guests, ValueList<int> Host, bool IsShared)
{
    /// <summary>Nothing is pinned.</summary>
    public static PinPlan None { get; } = new([], [], false);

    /// <summary>Those of this plan whose threads run elsewhere than in that one, or that it does not have.</summary>
    public ValueList<GuestPinning> ChangedFrom(PinPlan before)
    {
        var old = before.Guests.ToDictionary(guest => guest.Guest);
        return Guests.Where(guest => !old.TryGetValue(guest.Guest, out var was) || was.Vcpus != guest.Vcpus || was.Service != guest.Service).ToValueList();
    }
}
