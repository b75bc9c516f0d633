using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>timerfd_create(2) on CLOCK_MONOTONIC: readable when a moment has come.</summary>
public sealed class TimerFd : IDisposable
{
    public TimerFd()
    {
        var number = NativeLibc.timerfd_create(NativeInput.CLOCK_MONOTONIC, NativeLibc.TFD_CLOEXEC | NativeLibc.TFD_NONBLOCK);
        Descriptor = number >= 0 ? new(number) : throw LinuxException.Last("could not make a timer");
    }

    public FileDescriptor Descriptor { get; }

    /// <summary>Readable from a moment on; one that is over is now.</summary>
    /// <param name="microseconds">Of CLOCK_MONOTONIC; null: never.</param>
    public void Set(long? microseconds) =>
        // Zero would turn it off (timerfd_settime(2)).
        Set(NativeLibc.TFD_TIMER_ABSTIME, new() { it_value = Spec(microseconds is { } moment ? Math.Max(1, moment) : 0) });

    /// <summary>Readable each time that so much has passed; until <see cref="Clear"/> where nobody has read it.</summary>
    public void Repeat(TimeSpan period) => Set(0, new() { it_value = Spec((long)period.TotalMicroseconds), it_interval = Spec((long)period.TotalMicroseconds) });

    /// <returns>How many periods have passed since this was last asked.</returns>
    public long Clear()
    {
        var count = 0L;
        if (Descriptor.TryRead(MemoryMarshal.AsBytes(new Span<long>(ref count)), out var errno) >= 0)
            return count;
        return errno == Errno.EAGAIN ? 0 : throw new LinuxException(errno, "could not read a timer");
    }

    public void Dispose() => Descriptor.Dispose();

    private static NativeLibc.timespec Spec(long microseconds) => new() { tv_sec = microseconds / 1_000_000, tv_nsec = microseconds % 1_000_000 * 1000 };

    private unsafe void Set(int flags, NativeLibc.itimerspec when)
    {
        // Safety: the kernel reads one itimerspec, and writes none where the last argument is null.
        if (NativeLibc.timerfd_settime(Descriptor, flags, &when, null) < 0)
            throw LinuxException.Last("could not set a timer");
    }
}
