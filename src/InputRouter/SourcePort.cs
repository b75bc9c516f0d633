using System.Runtime.CompilerServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>A physical node's descriptor: reads it, grabs it when no key is down, and gives its events to the switchboard.</summary>
/// <param name="hostLights">The lights that are on while it is the host's; null where it has none.</param>
internal sealed class SourcePort(FileDescriptor descriptor, int input, ushort? hostLights, Router router) : Watched(descriptor), ILights
{
    /// <summary>More than any device's ring in the kernel holds; of one that sends on and on, the rest is read when it is its turn.</summary>
    private const int MostUnread = 8192;

    /// <summary>Why it can't be read.</summary>
    private Errno _failure;

    /// <summary>A read that does not fill its buffer has taken all: the kernel then need not look at the device once more before the thread sleeps.</summary>
    public override PollEvents Awaited => PollEvents.In | PollEvents.Edge;

    public int Input => input;

    /// <summary>Null where the device has no lights.</summary>
    public ILights? Lights => hostLights is null ? null : this;

    public Source? Source { get; set; }

    /// <summary>Where what is asked of the device after a loss goes; null for one without axes and switches.</summary>
    public Surface? Asked { get; set; }

    public Meter Meter { get; } = new();

    /// <summary>What came while no router read it, and is not handled yet; null: nothing.</summary>
    public Unread? Unread { get; private set; }

    /// <summary>Until then its events are the host's, and go nowhere.</summary>
    public bool Grabbed { get; set; }

    /// <summary>Passes on what there is to be read, allocating nothing.</summary>
    /// <returns>Whether nothing more is to be done; otherwise <see cref="OnReady"/> is to be called.</returns>
    public bool Pass()
    {
        var buffer = router.Buffer;
        var length = Descriptor.TryReadNow(buffer.Bytes, out var errno);
        var (count, part) = Math.DivRem((uint)length, InputEvent.Size);
        if (length <= 0 || part != 0)
            return Explain(length, errno);
        if (count == EventBuffer.Capacity)
            router.ReadAgain(this);
        if (Source is not null && Handle(buffer.Events[..(int)count]))
            return Ask();
        return Grabbed && !router.Switchboard.HasConsequences;
    }

    public override void OnReady(PollEvents events)
    {
        if (_failure != Errno.None)
            router.Lose(this, _failure);
        else if (!Grabbed)
            router.TryGrab(this);
    }

    /// <summary>Of one that an earlier router left: takes what came since.</summary>
    public Errno Inherit()
    {
        List<InputEvent> events = [];
        var errno = Errno.None;
        while (events.Count < MostUnread && Descriptor.TryRead(router.Buffer.Bytes, out errno) is > 0 and var count)
        {
            if (count % InputEvent.Size != 0)
                return Errno.EPROTO;
            events.AddRange(router.Buffer.Events[..(count / InputEvent.Size)]);
        }

        if (events.Count < MostUnread && errno != Errno.EAGAIN)
            return errno == Errno.None ? Errno.ENODEV : errno;
        // Asking throws away what came in between: after what was read, the difference is made good.
        var keys = default(KeySet);
        if (router.Control.ReadKeys(Descriptor, ref keys) is not Errno.None and var unreadable)
            return unreadable;
        if (Asked is { } surface && router.Control.ReadSurface(Descriptor, surface) is not Errno.None and var unknown)
            return unknown;
        Unread = new([.. events], keys, Asked);
        return Errno.None;
    }

    /// <summary>Handles the next frame of what came while no router read it.</summary>
    public void GoOn()
    {
        if (Unread is not { } unread)
            return;
        if (!unread.IsEmpty)
            Handle(unread.TakeFrame());
        if (!unread.IsEmpty)
            return;
        router.Switchboard.Resynchronize(Source!, unread.DownAfter, unread.SurfaceAfter);
        Unread = null;
    }

    public void Show(ushort lights) => KernelLights.Set(Descriptor, lights);

    /// <summary>The lights as they were before it was taken.</summary>
    public void ShowHosts()
    {
        if (hostLights is { } lights)
            Show(lights);
    }

    /// <summary>Of a read that gave no whole events.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Explain(int length, Errno errno)
    {
        if (errno != Errno.EAGAIN)
            _failure = length < 0 ? errno : length == 0 ? Errno.ENODEV : Errno.EPROTO;
        return _failure == Errno.None && Grabbed;
    }

    /// <summary>Only after the whole batch: asking throws away the key events that still wait in the kernel, so anything read before is older.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Ask()
    {
        var keys = default(KeySet);
        _failure = router.Control.ReadKeys(Descriptor, ref keys);
        if (_failure == Errno.None && Asked is { } surface)
            _failure = router.Control.ReadSurface(Descriptor, surface);
        if (_failure == Errno.None)
            router.Switchboard.Resynchronize(Source!, keys, Asked);
        return false;
    }

    /// <returns>Whether events were lost.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Handle(Span<InputEvent> batch)
    {
        var switchboard = router.Switchboard;
        var dropped = switchboard.Counters.Dropped;
        var stale = switchboard.Handle(Source!, batch);
        Meter.Count(batch, router.Clock.Microseconds, switchboard.Counters.Dropped - dropped);
        return stale;
    }
}
