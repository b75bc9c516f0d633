using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>eventfd(2): wakes a thread that waits in poll or epoll. <see cref="Signal"/> may be called from any thread.</summary>
public sealed class EventFd : IDisposable
{
    public EventFd()
    {
        var number = NativeLibc.eventfd(0, NativeLibc.EFD_CLOEXEC | NativeLibc.EFD_NONBLOCK);
        Descriptor = number >= 0 ? new(number) : throw LinuxException.Last("could not make an eventfd");
    }

    /// <summary>Readable from the first <see cref="Signal"/> until <see cref="Clear"/>.</summary>
    public FileDescriptor Descriptor { get; }

    public void Signal()
    {
        var one = 1UL;
        // EAGAIN: the counter is at its end, so it is readable already.
        if (Descriptor.TryWrite(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in one)), out var errno) < 0 && errno != Errno.EAGAIN)
            throw new LinuxException(errno, "could not signal an eventfd");
    }

    /// <returns>Whether it was signalled.</returns>
    public bool Clear()
    {
        var count = 0UL;
        if (Descriptor.TryRead(MemoryMarshal.AsBytes(new Span<ulong>(ref count)), out var errno) >= 0)
            return true;
        return errno == Errno.EAGAIN ? false : throw new LinuxException(errno, "could not clear an eventfd");
    }

    public void Dispose() => Descriptor.Dispose();
}
