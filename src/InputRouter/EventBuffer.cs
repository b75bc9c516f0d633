using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Room for the events of one read, of which evdev keeps at least as many for each device (drivers/input/evdev.c, EVDEV_MIN_BUFFER_SIZE). It does not move, and its size is known when the program is compiled.</summary>
internal sealed unsafe class EventBuffer : IDisposable
{
    /// <summary>In events.</summary>
    public const int Capacity = 64;

    // Safety: not null (it throws), and freed once; nobody reads events after the end of the router.
    private readonly InputEvent* _first = (InputEvent*)NativeMemory.AllocZeroed(Capacity, InputEvent.Size);

    // Safety: as many as there is room for.
    public Span<InputEvent> Events => new(_first, Capacity);

    public Span<byte> Bytes => new(_first, Capacity * InputEvent.Size);

    public void Dispose() => NativeMemory.Free(_first);
}
