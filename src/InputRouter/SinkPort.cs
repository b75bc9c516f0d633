using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>A virtual device's descriptor, and its node.</summary>
internal sealed class SinkPort(FileDescriptor descriptor, int input, IDeviceControl control, Aside aside, Counters counters) : ISinkOutput, IDisposable
{
    private volatile bool _asking;
    private bool _failing;

    public FileDescriptor Descriptor => descriptor;

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
            switch (control.Grab(node.Descriptor))
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

    public void Write(ReadOnlySpan<InputEvent> events)
    {
        for (var rest = MemoryMarshal.AsBytes(events); rest.Length > 0;)
        {
            var count = descriptor.TryWrite(rest, out var errno);
            if (count > 0)
            {
                rest = rest[count..];
                _failing = false;
                continue;
            }

            var lost = rest.Length / InputEvent.Size;
            counters.Written -= lost;
            counters.Dropped += lost;
            if (!_failing)
                Log.Error($"could not write to the virtual device input{input}: {errno}; its guest gets no input until it is made anew");
            _failing = true;
            return;
        }
    }

    public void Dispose()
    {
        Node?.Descriptor.Dispose();
        descriptor.Dispose();
    }

    /// <summary>Apart, so that asking allocates nothing as long as a QEMU is there.</summary>
    private void GiveBack(SinkNode node)
    {
        _asking = true;
        aside.Do(() =>
        {
            control.Ungrab(node.Descriptor);
            _asking = false;
        });
    }
}
