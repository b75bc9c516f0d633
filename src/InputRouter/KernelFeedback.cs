using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>The force feedback of a physical node. What fails is a device that is going: its end is seen when it is read.</summary>
internal sealed class KernelFeedback(FileDescriptor node, IDeviceControl control) : IFeedback
{
    public Errno Upload(ref ForceEffect effect) => control.UploadEffect(node, ref effect);

    public void Erase(short effect) => control.EraseEffect(node, effect);

    public void Send(ushort code, int value)
    {
        ReadOnlySpan<InputEvent> events = [new(InputCodes.EV_FF, code, value), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)];
        node.TryWrite(MemoryMarshal.AsBytes(events), out _);
    }
}
