using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>struct input_event of the 64-bit ABIs (linux/input.h): 24 bytes.</summary>
/// <param name="Seconds">With <see cref="Microseconds"/>: when, on the clock that the reader chose; zeros let uinput take its own.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct InputEvent(long Seconds, long Microseconds, ushort Type, ushort Code, int Value)
{
    public const int Size = 24;

    public InputEvent(ushort type, ushort code, int value)
        : this(0, 0, type, code, value)
    {
    }
}
