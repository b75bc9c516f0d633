using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>poll(2)'s events, equal to those of epoll.</summary>
[Flags]
public enum PollEvents
{
    None = 0,
    In = 0x1,
    Urgent = 0x2,
    Out = 0x4,
    /// <summary>Always reported.</summary>
    Error = 0x8,
    /// <summary>Always reported: the other side is gone.</summary>
    HangUp = 0x10,
    /// <summary>EPOLLET, for <see cref="Epoll"/> alone: told of once when it comes, not for as long as it is there.</summary>
    Edge = unchecked((int)0x80000000),
}

/// <summary>Waits for one descriptor.</summary>
public static class Poll
{
    /// <summary>Waits until one of the events (or an error, or a hang-up) is there.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>What is there; none where the time is over.</returns>
    public static unsafe PollEvents Wait(SafeHandle descriptor, PollEvents events, TimeSpan timeout)
    {
        var since = Stopwatch.GetTimestamp();
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var poll = new NativeLibc.pollfd { fd = (int)descriptor.DangerousGetHandle(), events = (short)events };
            while (true)
            {
                var left = timeout - Stopwatch.GetElapsedTime(since);
                if (left < TimeSpan.Zero)
                    left = TimeSpan.Zero;
                var time = new NativeLibc.timespec { tv_sec = left.Ticks / TimeSpan.TicksPerSecond, tv_nsec = left.Ticks % TimeSpan.TicksPerSecond * 100 };
                // Safety: one pollfd and one timespec, both on this stack; a null time waits for ever.
                var count = NativeLibc.ppoll(&poll, 1, timeout == Timeout.InfiniteTimeSpan ? null : &time, null);
                if (count >= 0)
                    return (PollEvents)poll.revents;
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                    throw LinuxException.Last($"could not wait for descriptor {poll.fd}");
            }
        }
        finally
        {
            if (held)
                descriptor.DangerousRelease();
        }
    }
}
