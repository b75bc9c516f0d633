using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>
/// The three system calls that a report costs, by syscall(2): the C library's read(2), write(2) and epoll_wait(2) turn cancellation on and off
/// around each in a program of several threads. Nor is errno copied after each (SetLastError): where one returned a negative number, call
/// <see cref="Error"/> before anything else. A collection that the thread waits for on its way back leaves errno as it was.
/// </summary>
internal static unsafe partial class HotCalls
{
    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static Errno Error => (Errno)Marshal.GetLastSystemError();

    /// <summary>
    /// The same of a descriptor that makes nobody wait (O_NONBLOCK), without telling the collector, which waits for its end: it ends at once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint ReadNow(int descriptor, void* buffer, nint count) => syscall_now(IsArm ? 63 : 0, descriptor, (nint)buffer, count, 0, 0);

    /// <summary>The same of a descriptor that makes nobody wait, as <see cref="ReadNow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint WriteNow(int descriptor, void* bytes, nint count) => syscall_now(IsArm ? 64 : 1, descriptor, (nint)bytes, count, 0, 0);

    public static nint Read(int descriptor, void* buffer, nint count) => syscall(IsArm ? 63 : 0, descriptor, (nint)buffer, count, 0, 0);

    public static nint Write(int descriptor, void* bytes, nint count) => syscall(IsArm ? 64 : 1, descriptor, (nint)bytes, count, 0, 0);

    /// <summary>Arm has epoll_pwait(2) alone, of which the fifth, a null, is the signals that are let in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EpollWait(int epoll, void* events, int count, int timeout) => (int)syscall(IsArm ? 22 : 232, epoll, (nint)events, count, timeout, 0);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [SuppressGCTransition]
    private static partial nint syscall_now(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
