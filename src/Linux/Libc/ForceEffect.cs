using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>struct ff_effect of the 64-bit ABIs (linux/input.h): 48 bytes. Times are in milliseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ForceEffect
{
    /// <summary>FF_RUMBLE, FF_PERIODIC and the like.</summary>
    public ushort Type;

    /// <summary>The device's number of it; -1 asks for a new one.</summary>
    public short Id;

    public ushort Direction;
    public ushort TriggerButton;
    public ushort TriggerInterval;
    public ushort Length;
    public ushort Delay;

    /// <summary>Whether it is a periodic effect of a waveform of its own, which is at a pointer of whoever uploads it.</summary>
    public readonly bool IsCustom => Type == InputCodes.FF_PERIODIC && (ushort)Details[0] == InputCodes.FF_CUSTOM;

    /// <summary>What differs with the type. A custom waveform has a pointer in it, of the process that uploads it.</summary>
    public Detail Details;

    /// <summary>The union of ff_effect: 32 bytes, aligned as a pointer is.</summary>
    [InlineArray(4)]
    public struct Detail
    {
        private ulong _first;
    }
}
