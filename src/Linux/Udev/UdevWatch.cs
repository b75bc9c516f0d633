using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>
/// Tells, on a thread of its own, that devices of some subsystems have changed. It tells that, not what: who is told reads everything
/// anew (<see cref="UdevEnumeration"/>), so that a lost, late or doubled event does no harm.
/// </summary>
public sealed class UdevWatch : IDisposable
{
    private readonly UdevMonitor _monitor;
    private readonly FileDescriptor _descriptor;
    private readonly DescriptorWatch _watch;

    /// <param name="changed">Gets the subsystem; null where events were lost, which may be of any.</param>
    public UdevWatch(Action<string?> changed, Action<Exception> failed, params ReadOnlySpan<string> subsystems)
    {
        _monitor = new(subsystems);
        _descriptor = new(_monitor.Descriptor, ownsHandle: false);
        _watch = new("udev", _descriptor, () => Take(changed), failed);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _descriptor.Dispose();
        _monitor.Dispose();
    }

    private bool Take(Action<string?> changed)
    {
        while (_monitor.TryReceive(out var device))
        {
            using (device)
                changed(device?.Subsystem);
        }

        return true;
    }
}
