using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>An open file descriptor, closed once.</summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>For the marshaller.</summary>
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    public FileDescriptor(int number, bool ownsHandle = true)
        : base(ownsHandle) => SetHandle(number);

    /// <summary>The number, for a kernel structure that holds it. It means nothing after <see cref="SafeHandle.Dispose()"/>.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a file that exists, close-on-exec and never as a controlling terminal.</summary>
    public static FileDescriptor OpenReadWrite(string path, bool nonBlocking)
    {
        var number = NativeLibc.open(
            path, NativeLibc.O_RDWR | NativeLibc.O_CLOEXEC | NativeLibc.O_NOCTTY | (nonBlocking ? NativeLibc.O_NONBLOCK : 0));
        return number >= 0 ? new(number) : throw LinuxException.Last($"could not open {path}");
    }

    /// <summary>Opens a file that exists for writing alone, as attributes of sysfs want that cannot be read. It waits where the file makes one wait.</summary>
    public static FileDescriptor OpenWriteOnly(string path)
    {
        var number = NativeLibc.open(path, NativeLibc.O_WRONLY | NativeLibc.O_CLOEXEC | NativeLibc.O_NOCTTY);
        return number >= 0 ? new(number) : throw LinuxException.Last($"could not open {path}");
    }

    /// <summary>Opens a file that exists, close-on-exec, for reading alone.</summary>
    public static FileDescriptor OpenToRead(string path)
    {
        // O_RDONLY is 0.
        var number = NativeLibc.open(path, NativeLibc.O_CLOEXEC | NativeLibc.O_NOCTTY);
        return number >= 0 ? new(number) : throw LinuxException.Last($"could not open {path}");
    }

    /// <summary>A pipe: what is written to the second is read from the first.</summary>
    public static unsafe (FileDescriptor Read, FileDescriptor Write) Pipe(bool nonBlocking)
    {
        var numbers = stackalloc int[2];
        // Safety: pipe2 writes two ints, and the array has two.
        if (NativeLibc.pipe2(numbers, NativeLibc.O_CLOEXEC | (nonBlocking ? NativeLibc.O_NONBLOCK : 0)) < 0)
            throw LinuxException.Last("could not make a pipe");
        return (new(numbers[0]), new(numbers[1]));
    }

    /// <summary>Two ends of a stream of bytes in both directions (unix sockets of type SOCK_STREAM).</summary>
    public static unsafe (FileDescriptor, FileDescriptor) StreamPair(bool nonBlocking)
    {
        var numbers = stackalloc int[2];
        var type = NativeLibc.SOCK_STREAM | NativeLibc.SOCK_CLOEXEC | (nonBlocking ? NativeLibc.SOCK_NONBLOCK : 0);
        // Safety: socketpair writes two ints, and the array has two.
        if (NativeLibc.socketpair(NativeLibc.AF_UNIX, type, 0, numbers) < 0)
            throw LinuxException.Last("could not make a pair of sockets");
        return (new(numbers[0]), new(numbers[1]));
    }

    /// <summary>Another descriptor of the same open file, close-on-exec.</summary>
    public FileDescriptor Duplicate()
    {
        var number = NativeLibc.fcntl(this, NativeLibc.F_DUPFD_CLOEXEC, 0);
        return number >= 0 ? new(number) : throw LinuxException.Last($"could not duplicate descriptor {Number}");
    }

    /// <summary>Keeps a descriptor that was inherited (socket activation) from being inherited on.</summary>
    public void CloseOnExec()
    {
        if (NativeLibc.fcntl(this, NativeLibc.F_SETFD, NativeLibc.FD_CLOEXEC) < 0)
            throw LinuxException.Last($"could not set close-on-exec on descriptor {Number}");
    }

    /// <summary>From now on reading waits for nothing, for whoever else has this open file too.</summary>
    public void NeverWait()
    {
        if (NativeLibc.fcntl(this, NativeLibc.F_SETFL, NativeLibc.O_NONBLOCK) < 0)
            throw LinuxException.Last($"could not set descriptor {Number} to wait for nothing");
    }

    /// <summary>
    /// One read(2), for a hot path: no exception, no allocation. Not safe against a <see cref="SafeHandle.Dispose()"/> on another thread.
    /// </summary>
    /// <returns>Bytes read, 0 at the end, -1 with <paramref name="errno"/>.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public unsafe int TryRead(Span<byte> buffer, out Errno errno)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        // Safety: the span is pinned for the call, and the kernel writes no more than its length.
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                var count = HotCalls.Read((int)handle, pointer, buffer.Length);
                errno = count < 0 ? HotCalls.Error : Errno.None;
                if (errno != Errno.EINTR)
                    return (int)count;
            }
        }
    }

    /// <summary>One write(2), under the terms of <see cref="TryRead"/>.</summary>
    /// <returns>Bytes written, -1 with <paramref name="errno"/>.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public unsafe int TryWrite(ReadOnlySpan<byte> bytes, out Errno errno)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        // Safety: the span is pinned for the call, and the kernel reads no more than its length.
        fixed (byte* pointer = bytes)
        {
            while (true)
            {
                var count = HotCalls.Write((int)handle, pointer, bytes.Length);
                errno = count < 0 ? HotCalls.Error : Errno.None;
                if (errno != Errno.EINTR)
                    return (int)count;
            }
        }
    }

    /// <summary>
    /// <see cref="TryRead"/> of a descriptor that makes nobody wait (O_NONBLOCK), a little cheaper: a collection waits for its end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe int TryReadNow(Span<byte> buffer, out Errno errno)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        // Safety: the span is pinned for the call, and the kernel writes no more than its length.
        fixed (byte* pointer = &MemoryMarshal.GetReference(buffer))
        {
            var count = HotCalls.ReadNow((int)handle, pointer, buffer.Length);
            errno = Errno.None;
            return count >= 0 ? (int)count : Explain(out errno) ? TryRead(buffer, out errno) : -1;
        }
    }

    /// <summary><see cref="TryWrite"/> to a descriptor that makes nobody wait, as <see cref="TryReadNow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe int TryWriteNow(ReadOnlySpan<byte> bytes, out Errno errno)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        // Safety: the span is pinned for the call, and the kernel reads no more than its length.
        fixed (byte* pointer = &MemoryMarshal.GetReference(bytes))
        {
            var count = HotCalls.WriteNow((int)handle, pointer, bytes.Length);
            errno = Errno.None;
            return count >= 0 ? (int)count : Explain(out errno) ? TryWrite(bytes, out errno) : -1;
        }
    }

    /// <returns>Whether the call that failed is to be made again.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Explain(out Errno errno)
    {
        errno = HotCalls.Error;
        return errno == Errno.EINTR;
    }

    /// <summary>Which device node this is: null where it is no character device.</summary>
    public (uint Major, uint Minor)? CharacterDevice()
    {
        const ushort Kind = 0xf000, Character = 0x2000;
        var status = Status();
        return (status.stx_mode & Kind) == Character ? (status.stx_rdev_major, status.stx_rdev_minor) : null;
    }

    /// <summary>The number of its inode: two dma-bufs with one number are one, as long as one of them is open.</summary>
    public ulong Inode() => Status().stx_ino;

    private unsafe NativeLibc.statx_buffer Status()
    {
        NativeLibc.statx_buffer status;
        // Safety: statx fills one struct statx, for which the buffer has the full 256 bytes.
        if (NativeLibc.statx(this, "", NativeLibc.AT_EMPTY_PATH, NativeLibc.STATX_BASIC_STATS, &status) < 0)
            throw LinuxException.Last($"could not ask what descriptor {Number} is");
        return status;
    }

    protected override bool ReleaseHandle() => NativeLibc.close(handle) == 0;
}
