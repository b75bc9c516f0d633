using Phyllome.Seats.DisplayAssign;
using Phyllome.Seats.Linux.Udev;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>The displays and graphics cards of this machine, by sysfs.</summary>
internal sealed class MachineDisplays(string sysRoot) : ISight<DisplaysObserved>
{
    public IDisposable Watch(Action changed, Action<Exception> failed) => new UdevWatch(_ => changed(), failed, "drm", "pci", "mdev");

    public DisplaysObserved Look(DisplaysObserved? before) => new(DisplayInventory.Read(sysRoot), GpuInventory.Read(sysRoot));
}
