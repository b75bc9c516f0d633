using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>A virtual device's descriptor, and its node.</summary>
internal sealed class SinkPort(FileDescriptor descriptor, int input, Router router, Aside aside) : Watched(descriptor), ISinkOutput, IDisposable
{
    private readonly InputEvent[] _events = new InputEvent[16];
    private readonly byte[] _tail = new byte[InputEvent.Size];
    private int _torn;
    private volatile bool _asking;
    private Effects? _effects;
    private bool _failing;

    public Sink? Sink { get; set; }

    private Effects Effects => _effects ??= new(Descriptor, router.Control, aside);

    /// <summary>Null where an older helper or router left it out.</summary>
    public SinkNode? Node { get; set; }

    /// <summary>The kernel tells who has grabbed a node only by refusing a second grab. One that it grants is given back at once.</summary>
    public Holder Holder
    {
        get
        {
            if (Node is not { } node)
                return Holder.Unknown;
            if (_asking)
                return Holder.Host;
            switch (router.Control.Grab(node.Descriptor))
            {
                case Errno.EBUSY:
                    return Holder.Qemu;
                case Errno.None:
                    GiveBack(node);
                    return Holder.Host;
                default:
                    return Holder.Unknown;
            }
        }
    }

    /// <summary>There is room for what was kept, or there are the lights that QEMU has set.</summary>
    public override void OnReady(PollEvents events)
    {
        if ((events & PollEvents.Out) != PollEvents.None && Sink!.Drain())
            router.AwaitRoom(this, false);
        if ((events & ~PollEvents.Out) == PollEvents.None)
            return;
        var count = Descriptor.TryRead(MemoryMarshal.AsBytes(_events.AsSpan()), out var errno);
        if (count > 0 && Sink!.Kind == SinkKind.Keyboard)
            TakeLights(_events.AsSpan(0, count / InputEvent.Size));
        else if (count > 0 && Sink!.Kind == SinkKind.Clone)
            Effects.Take(_events.AsSpan(0, count / InputEvent.Size));
        else if (count <= 0 && errno != Errno.EAGAIN)
            router.Lose(this);
    }

    /// <summary>
    /// The device itself is asked for its lights where it can be: uinput keeps 16 events, writes over the oldest, and tells nobody
    /// (drivers/input/misc/uinput.c, uinput_dev_event).
    /// </summary>
    private void TakeLights(ReadOnlySpan<InputEvent> events)
    {
        if (Node is { } node && router.Control.ReadLights(node.Descriptor, out var lights) == Errno.None)
            router.Switchboard.Light(Sink!, lights);
        else
            router.Switchboard.Light(Sink!, Lights.After(Sink!.Guest.Lights, events));
    }

    /// <summary>Sets the lights of the virtual device itself, so that the next change is told of.</summary>
    public void Show(ushort lights)
    {
        if (Node is { } node)
            KernelLights.Set(node.Descriptor, lights);
    }

    public void Meet(IFeedback? device)
    {
        if (device is not null || _effects is not null)
            Effects.Meet(device);
    }

    public int Write(ReadOnlySpan<InputEvent> events)
    {
        if (_torn > 0 && !FinishEvent())
            return 0;
        var bytes = MemoryMarshal.AsBytes(events);
        var count = Descriptor.TryWriteNow(bytes, out var errno);
        return count == bytes.Length && !_failing ? events.Length : events.Length - WriteOn(bytes, count, errno);
    }

    public void Dispose()
    {
        Node?.Descriptor.Dispose();
        Descriptor.Dispose();
    }

    /// <summary>After a first write that did not take all, or after a failure.</summary>
    /// <returns>How many whole events are not taken.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int WriteOn(ReadOnlySpan<byte> rest, int count, Errno errno)
    {
        while (count > 0)
        {
            _failing = false;
            rest = rest[count..];
            if (rest.IsEmpty)
                return 0;
            count = Descriptor.TryWriteNow(rest, out errno);
        }

        if (errno == Errno.EAGAIN)
        {
            router.AwaitRoom(this, true);
            return Keep(rest);
        }

        Fail(rest.Length / InputEvent.Size, errno);
        return 0;
    }

    /// <summary>Apart, so that asking allocates nothing as long as a QEMU is there.</summary>
    private void GiveBack(SinkNode node)
    {
        _asking = true;
        aside.Do(() =>
        {
            router.Control.Ungrab(node.Descriptor);
            _asking = false;
        });
    }

    /// <summary>A descriptor that is no uinput may take part of an event: the rest of it goes first.</summary>
    /// <returns>How many whole events are not taken.</returns>
    private int Keep(ReadOnlySpan<byte> rest)
    {
        _torn = rest.Length % InputEvent.Size;
        rest[.._torn].CopyTo(_tail);
        return rest.Length / InputEvent.Size;
    }

    private bool FinishEvent()
    {
        while (_torn > 0)
        {
            var count = Descriptor.TryWrite(_tail.AsSpan(0, _torn), out var errno);
            if (count <= 0)
                return errno != Errno.EAGAIN;
            _tail.AsSpan(count, _torn - count).CopyTo(_tail);
            _torn -= count;
        }

        return true;
    }

    private void Fail(int lost, Errno errno)
    {
        router.Switchboard.Counters.Written -= lost;
        router.Switchboard.Counters.Dropped += lost;
        if (!_failing)
            Log.Error($"could not write to the virtual device input{input}: {errno}; its guest gets no input until it is made anew");
        _failing = true;
    }
}
