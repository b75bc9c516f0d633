using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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

    /// <summary>Leaves it as if it had been made without a time.</summary>
    public static void ForgetTime(ref InputEvent one)
    {
        // Safety: the two times are the first 16 of its bytes.
        Unsafe.As<InputEvent, Vector128<long>>(ref one) = Vector128<long>.Zero;
    }

    /// <summary>Exchanges what two say; each keeps its time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exchange(ref InputEvent one, ref InputEvent other) => (What(ref one), What(ref other)) = (What(ref other), What(ref one));

    // Safety: type, code and value are the last 8 of its 24 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong What(ref InputEvent one) => ref Unsafe.Add(ref Unsafe.As<InputEvent, ulong>(ref one), 2);
}
