using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.SeatManager.Observing;

namespace Phyllome.Seats.SeatManager.Devices;

/// <summary>The devices of this machine, by udev, and what the host has mounted from them.</summary>
internal sealed class UdevDevices(string sysRoot = "/sys", string procRoot = "/proc") : ISight<DevicesObserved>
{
    public IDisposable Watch(Action changed, Action<Exception> failed)
    {
        var udev = new UdevWatch(_ => changed(), failed, "input", "usb", "hidraw", "block", "net");
        try
        {
            return new Both(udev, WatchMounts(changed, failed));
        }
        catch
        {
            udev.Dispose();
            throw;
        }
    }

    public DevicesObserved Look(DevicesObserved? before) => new(DeviceReader.Read(UdevEnumeration.Read("input", "usb", "hidraw"), HostsUse.Read(sysRoot, procRoot)));

    /// <summary>Hosts with containers mount often, and hardly ever a USB disk.</summary>
    private Both WatchMounts(Action changed, Action<Exception> failed)
    {
        var mounts = FileDescriptor.OpenToRead($"{procRoot}/1/mountinfo");
        try
        {
            var before = HostsUse.Read(sysRoot, procRoot);
            // The kernel says each change once, as an urgent one (Linux, fs/proc_namespace.c, mounts_poll).
            return new(new DescriptorWatch("mounts", mounts, () =>
            {
                var now = HostsUse.Read(sysRoot, procRoot);
                if (now.Count != before.Count || now.Any(one => before.GetValueOrDefault(one.Key) != one.Value))
                    changed();
                before = now;
                return true;
            }, failed, PollEvents.Urgent), mounts);
        }
        catch
        {
            mounts.Dispose();
            throw;
        }
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
