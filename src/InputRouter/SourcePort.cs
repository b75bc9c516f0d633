using System.Diagnostics;
using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>A physical node's descriptor: reads it, grabs it when no key is down, and gives its events to the switchboard.</summary>
/// <param name="hostLights">The lights that are on while it is the host's; null where it has none.</param>
internal sealed class SourcePort(FileDescriptor descriptor, int input, ushort? hostLights, Router router) : Watched(descriptor), ILights
{
    /// <summary>The runtime's clock is CLOCK_MONOTONIC in nanoseconds, as the kernel's events are in microseconds.</summary>
    private static readonly long TicksPerMicrosecond = Stopwatch.Frequency / 1_000_000;

    private readonly InputEvent[] _events = new InputEvent[64];

    public int Input => input;

    /// <summary>Null where the device has no lights.</summary>
    public ILights? Lights => hostLights is null ? null : this;

    public Source? Source { get; set; }

    public Meter Meter { get; } = new();

    /// <summary>Until then its events are the host's, and go nowhere.</summary>
    public bool Grabbed { get; set; }

    public override void OnReady(PollEvents events)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var errno = Pump();
        router.AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (errno is not (Errno.None or Errno.EAGAIN))
            router.Lose(this, errno);
        else if (!Grabbed)
            router.TryGrab(this);
    }

    public void Show(ushort lights) => KernelLights.Set(Descriptor, lights);

    /// <summary>The lights as they were before it was taken.</summary>
    public void ShowHosts()
    {
        if (hostLights is { } lights)
            Show(lights);
    }

    private Errno Pump()
    {
        var count = Descriptor.TryRead(MemoryMarshal.AsBytes(_events.AsSpan()), out var errno);
        if (count < 0)
            return errno;
        if (count == 0)
            return Errno.ENODEV;
        if (count % InputEvent.Size != 0)
            return Errno.EPROTO;
        if (Source is null)
            return errno;
        var switchboard = router.Switchboard;
        ReadOnlySpan<InputEvent> batch = _events.AsSpan(0, count / InputEvent.Size);
        var dropped = switchboard.Counters.Dropped;
        var stale = switchboard.Handle(Source, batch);
        Meter.Count(batch, Stopwatch.GetTimestamp() / TicksPerMicrosecond, switchboard.Counters.Dropped - dropped);
        if (stale)
        {
            // Only after the whole batch: asking throws away the key events that still wait in the kernel, so anything read before is older.
            var keys = default(KeySet);
            errno = router.Control.ReadKeys(Descriptor, ref keys);
            if (errno == Errno.None)
                switchboard.Resynchronize(Source, keys);
        }

        return errno;
    }
}
