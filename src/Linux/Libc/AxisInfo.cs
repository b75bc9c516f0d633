using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>struct input_absinfo (linux/input.h): where an absolute axis is, and what its numbers mean. All in the axis's own units.</summary>
/// <param name="Fuzz">Changes of less than that are noise, which the kernel filters out.</param>
/// <param name="Flat">At most so far from the middle a stick counts as let go.</param>
/// <param name="Resolution">Units a millimetre; units a radian for turning axes; 0: not known.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct AxisInfo(int Value, int Minimum, int Maximum, int Fuzz, int Flat, int Resolution);
