using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>
/// CLOCK_MONOTONIC, asked of the kernel's page of code in every program (vdso(7)) without the ways through the runtime and the C library:
/// of what is looked at once a report, each page counts.
/// </summary>
public sealed unsafe class MonotonicClock
{
    private const int CLOCK_MONOTONIC = 1;

    // Safety: int clock_gettime(clockid_t, struct timespec *), which waits for nothing.
    private readonly delegate* unmanaged[SuppressGCTransition]<int, NativeLibc.timespec*, int> _ask;

    public MonotonicClock()
    {
        if (!NativeLibrary.TryLoad("linux-vdso.so.1", out var kernels)
            || !NativeLibrary.TryGetExport(kernels, RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "__kernel_clock_gettime" : "__vdso_clock_gettime", out var ask))
        {
            ask = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "clock_gettime");
        }

        _ask = (delegate* unmanaged[SuppressGCTransition]<int, NativeLibc.timespec*, int>)ask;
    }

    /// <summary>Now, as the kernel's events have it.</summary>
    public long Microseconds
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // Safety: one timespec on this stack. Not an array, which the compiler guards with one more page of data.
            NativeLibc.timespec time;
            _ = _ask(CLOCK_MONOTONIC, &time);
            return (time.tv_sec * 1_000_000) + (long)((ulong)time.tv_nsec / 1000);
        }
    }
}
