using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>
/// Device events after udev has run its rules (netlink group "udev", never "kernel": only then are properties, nodes and
/// permissions ready). Used by one thread.
/// </summary>
public sealed class UdevMonitor : IDisposable
{
    /// <summary>A storm of a big hub or a dock must fit, since lost events are lost for good. Above rmem_max it needs CAP_NET_ADMIN, so it is tried, not demanded.</summary>
    private const int ReceiveBuffer = 8 * 1024 * 1024;

    private readonly UdevHandle _udev;
    private readonly UdevMonitorHandle _monitor;

    public UdevMonitor(params ReadOnlySpan<string> subsystems)
    {
        _udev = NativeUdev.udev_new();
        if (_udev.IsInvalid)
            throw LinuxException.Last("could not open libudev");
        _monitor = NativeUdev.udev_monitor_new_from_netlink(_udev, "udev");
        if (_monitor.IsInvalid)
            throw LinuxException.Last("could not listen to udev");
        foreach (var subsystem in subsystems)
            UdevError.ThrowIfNegative(
                NativeUdev.udev_monitor_filter_add_match_subsystem_devtype(_monitor, subsystem, null), $"could not listen to udev for {subsystem}");
        _ = NativeUdev.udev_monitor_set_receive_buffer_size(_monitor, ReceiveBuffer);
        UdevError.ThrowIfNegative(NativeUdev.udev_monitor_enable_receiving(_monitor), "could not listen to udev");
        Descriptor = NativeUdev.udev_monitor_get_fd(_monitor);
    }

    /// <summary>Readable when an event waits. Belongs to the monitor; it does not block.</summary>
    public int Descriptor { get; }

    /// <summary>
    /// Takes the next event off the socket; false when none waits. <paramref name="device"/> is null for an event that is known to be
    /// lost (the buffer was full): then everything must be read anew.
    /// </summary>
    public bool TryReceive(out UdevDevice? device)
    {
        device = null;
        while (true)
        {
            var handle = NativeUdev.udev_monitor_receive_device(_monitor);
            if (!handle.IsInvalid)
            {
                device = new UdevDevice(handle);
                return true;
            }
            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    continue;
                // 0: the packet was not from udevd or not for our filter, and libudev has skipped it.
                case Errno.EAGAIN or Errno.None:
                    return false;
                case Errno.ENOBUFS:
                    return true;
                case var errno:
                    throw new LinuxException(errno, "could not receive from udev");
            }
        }
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _udev.Dispose();
    }
}
