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
    public unsafe void Set(long? microseconds)
    {
        // Zero would turn it off (timerfd_settime(2)).
        var at = microseconds is { } moment ? Math.Max(1, moment) : 0;
        var when = new NativeLibc.itimerspec { it_value = new() { tv_sec = at / 1_000_000, tv_nsec = at % 1_000_000 * 1000 } };
        // Safety: the kernel reads one itimerspec, and writes none where the last argument is null.
        if (NativeLibc.timerfd_settime(Descriptor, NativeLibc.TFD_TIMER_ABSTIME, &when, null) < 0)
            throw LinuxException.Last("could not set a timer");
    }

    public void Dispose() => Descriptor.Dispose();
}
