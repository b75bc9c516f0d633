using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>How the kernel schedules the thread that calls, and which of the process's memory it may take.</summary>
public static class Scheduling
{
    /// <summary>
    /// Makes the calling thread SCHED_FIFO; threads that it starts afterwards are not. EPERM beyond RLIMIT_RTPRIO without CAP_SYS_NICE, or where
    /// the thread's control group has no real time.
    /// </summary>
    public static unsafe Errno UseFifo(int priority)
    {
        // Safety: a sched_param is one int (sched.h), and the kernel reads it.
        return Result(NativeLibc.sched_setscheduler(0, NativeLibc.SCHED_FIFO | NativeLibc.SCHED_RESET_ON_FORK, &priority));
    }

    /// <summary>Sets the nice value of the calling thread alone: on Linux it is a thread's own (setpriority(2)). EACCES below what RLIMIT_NICE allows.</summary>
    public static Errno UseNice(int nice) => Result(NativeLibc.setpriority(NativeLibc.PRIO_PROCESS, 0, nice));

    /// <summary>
    /// Keeps every page in memory from its first use on, what is mapped later too. Not before its first use: the heap that a runtime only
    /// reserves takes nothing. ENOMEM beyond RLIMIT_MEMLOCK.
    /// </summary>
    public static Errno LockMemory() => Result(NativeLibc.mlockall(NativeLibc.MCL_CURRENT | NativeLibc.MCL_FUTURE | NativeLibc.MCL_ONFAULT));

    public static Errno UnlockMemory() => Result(NativeLibc.munlockall());

    private static Errno Result(int result) => result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
}
