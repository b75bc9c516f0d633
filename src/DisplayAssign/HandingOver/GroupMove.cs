using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign.HandingOver;

/// <summary>One write to an attribute of sysfs.</summary>
/// <param name="Path">Below /sys.</param>
/// <param name="Text">As it is written; an empty line takes an override away.</param>
public sealed record SysfsWrite(string Path, string Text)
{
    public string Sentence => Text.Trim() is { Length: > 0 } text ? $"write {text} to /sys/{Path}" : $"write an empty line to /sys/{Path}";
}

/// <summary>What changes the driver of one PCI function, in order.</summary>
public sealed record FunctionMove(string Address, ValueList<SysfsWrite> Writes);

/// <summary>
/// Which writes take a graphics card from the host, and which give it back; pure. All functions of its slot and all of their IOMMU groups move,
/// or none does. What is as it should be needs no write, so that a move that was broken off is ended by the next one.
/// </summary>
public static class GroupMove
{
    /// <summary>All that moves with a card, itself among it, in order. Bridges stay.</summary>
    public static ValueList<PciFunction> Members(Machine machine, PciFunction gpu)
    {
        var members = new HashSet<string>();
        var found = new Queue<PciFunction>([gpu, .. machine.Siblings(gpu).Where(sibling => !sibling.IsBridge)]);
        while (found.TryDequeue(out var member))
        {
            if (!members.Add(member.Address))
                continue;
            foreach (var mate in machine.GroupMates(member))
                found.Enqueue(mate);
        }
        return machine.Pci.Where(function => members.Contains(function.Address)).OrderBy(function => function.Address, StringComparer.Ordinal).ToValueList();
    }

    public static ValueList<FunctionMove> Take(Machine machine, PciFunction gpu) => Moves(Members(machine, gpu), ToGuests);

    public static ValueList<FunctionMove> GiveBack(Machine machine, PciFunction gpu) => Moves(Members(machine, gpu), ToHost);

    /// <summary>Puts back those that a move which failed has touched, from what they are now.</summary>
    public static ValueList<FunctionMove> Undo(Machine machine, IEnumerable<string> touched) =>
        Moves(touched.Select(machine.Function).OfType<PciFunction>(), ToHost);

    private static ValueList<FunctionMove> Moves(IEnumerable<PciFunction> members, Func<PciFunction, IEnumerable<SysfsWrite>> writes) =>
        members.Select(member => new FunctionMove(member.Address, writes(member).ToValueList())).Where(move => move.Writes.Count > 0).ToValueList();

    /// <summary>The override first: whatever is probed in between, it is vfio-pci alone that may have the function.</summary>
    private static IEnumerable<SysfsWrite> ToGuests(PciFunction function)
    {
        if (function.Driver == Gpu.Vfio)
            yield break;
        if (function.DriverOverride != Gpu.Vfio)
            yield return new(Override(function), Gpu.Vfio);
        if (function.Driver is { } driver)
            yield return Unbind(driver, function);
        yield return Probe(function);
    }

    /// <summary>Whoever was killed before the last write has left a function without a driver: it is offered to the host's again, which does no harm.</summary>
    private static IEnumerable<SysfsWrite> ToHost(PciFunction function)
    {
        if (function.DriverOverride == Gpu.Vfio)
            yield return new(Override(function), "\n");
        if (function.Driver == Gpu.Vfio)
            yield return Unbind(Gpu.Vfio, function);
        if (function.Driver is null or Gpu.Vfio)
            yield return Probe(function);
    }

    private static string Override(PciFunction function) => $"bus/pci/devices/{function.Address}/driver_override";

    private static SysfsWrite Unbind(string driver, PciFunction function) => new($"bus/pci/drivers/{driver}/unbind", function.Address);

    private static SysfsWrite Probe(PciFunction function) => new("bus/pci/drivers_probe", function.Address);
}
