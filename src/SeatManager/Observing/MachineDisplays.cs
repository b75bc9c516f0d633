using Phyllome.Seats.DisplayAssign;
using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Processors;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>The displays and graphics cards of this machine, and how much there is for guests, by sysfs.</summary>
internal sealed class MachineDisplays(string sysRoot) : ISight<DisplaysObserved>
{
    public IDisposable Watch(Action changed, Action<Exception> failed) => new UdevWatch(_ => changed(), failed, "drm", "pci", "mdev", "cpu", "memory");

    public DisplaysObserved Look(DisplaysObserved? before) => new(DisplayInventory.Read(sysRoot), GpuInventory.Read(sysRoot)) { Room = Room(HostTopologyReader.Read(sysRoot)) };

    private static HostRoom Room(HostTopology host) => new(host.Cores.Sum(core => core.Cpus.Count), host.Nodes.Sum(node => node.Memory));
}
