using Phyllome.Seats.DisplayAssign;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Processors;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>The displays and graphics cards of this machine, and how much there is for guests, by sysfs, and whether a desktop draws on the host's screens, by logind.</summary>
/// <param name="look">Has those cards look at their connectors whose monitors are lent.</param>
internal sealed class MachineDisplays(string sysRoot, Action look) : ISight<DisplaysObserved>
{
    public IDisposable Watch(Action changed, Action<Exception> failed)
    {
        var devices = new UdevWatch(_ => changed(), failed, "drm", "pci", "mdev", "cpu", "memory");
        try
        {
            return new Both(devices, LoginSessions.Watch(changed, failed));
        }
        catch
        {
            devices.Dispose();
            throw;
        }
    }

    public DisplaysObserved Look(DisplaysObserved? before)
    {
        look();
        return new(DisplayInventory.Read(sysRoot), GpuInventory.Read(sysRoot))
        {
            Room = Room(HostTopologyReader.Read(sysRoot)),
            // One that startx began is of type tty: whoever opens the card finds it.
            HasDesktop = LoginSessions.TypesAt("seat0").Any(type => type is not ("tty" or "unspecified")),
        };
    }

    private sealed record Both(IDisposable Devices, IDisposable? Sessions) : IDisposable
    {
        public void Dispose()
        {
            Sessions?.Dispose();
            Devices.Dispose();
        }
    }

    private static HostRoom Room(HostTopology host) => new(host.Cores.Sum(core => core.Cpus.Count), host.Nodes.Sum(node => node.Memory));
}
