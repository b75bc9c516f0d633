using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Sets the lights of a device by writing to its event node.</summary>
internal static class KernelLights
{
    /// <summary>What fails here is a device that is going: its end is seen when it is read.</summary>
    public static void Set(FileDescriptor node, ushort lights)
    {
        Span<InputEvent> events = stackalloc InputEvent[Lights.EventCount];
        Lights.Write(lights, events);
        node.TryWrite(MemoryMarshal.AsBytes(events), out _);
    }
}
