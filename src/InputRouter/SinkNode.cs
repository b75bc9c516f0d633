using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>
/// A sink's own event node. While a QEMU has grabbed it nothing is to be read here; what is shows that the host could read it too.
/// </summary>
internal sealed class SinkNode(FileDescriptor descriptor, Sink sink, Router router) : Watched(descriptor)
{
    private readonly InputEvent[] _events = new InputEvent[64];

    public Sink Sink => sink;

    public override void OnReady(PollEvents events)
    {
        var count = Descriptor.TryRead(MemoryMarshal.AsBytes(_events.AsSpan()), out var errno);
        if (count > 0)
            router.Switchboard.Doubt(sink);
        else if (errno != Errno.EAGAIN)
            router.Lose(this);
    }
}
