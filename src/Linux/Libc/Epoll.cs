using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>A descriptor that is ready.</summary>
/// <param name="Tag">What <see cref="Epoll.Add"/> was given.</param>
public readonly record struct Ready(PollEvents Events, ulong Tag);

/// <summary>epoll(7), level-triggered but for what is added with <see cref="PollEvents.Edge"/>. Waiting allocates nothing. One thread waits.</summary>
/// <param name="batch">How many descriptors one <see cref="Wait"/> tells of at most.</param>
public sealed class Epoll(int batch = 64) : IDisposable
{
    // struct epoll_event is packed on x86-64 alone (linux/eventpoll.h, EPOLL_PACKED).
    private static int DataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static int EventSize => DataOffset + 8;

    private readonly FileDescriptor _descriptor = Create();
    private readonly byte[] _events = new byte[batch * EventSize];

    public void Add(FileDescriptor descriptor, PollEvents events, ulong tag) => Control(NativeLibc.EPOLL_CTL_ADD, descriptor, events, tag);

    public void Modify(FileDescriptor descriptor, PollEvents events, ulong tag) => Control(NativeLibc.EPOLL_CTL_MOD, descriptor, events, tag);

    /// <summary>Call it before closing the descriptor: one that is duplicated elsewhere stays in the set otherwise.</summary>
    public void Remove(FileDescriptor descriptor) => Control(NativeLibc.EPOLL_CTL_DEL, descriptor, PollEvents.None, 0);

    /// <summary>One that the last <see cref="Wait"/> told of.</summary>
    public Ready this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var one = _events.AsSpan(index * EventSize, EventSize);
            return new((PollEvents)Unsafe.ReadUnaligned<uint>(ref one[0]), Unsafe.ReadUnaligned<ulong>(ref one[DataOffset]));
        }
    }

    /// <param name="timeout">Milliseconds; -1 for ever.</param>
    /// <returns>How many are ready, from the first on; 0 when the time is over or a signal came.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe int Wait(int timeout = -1)
    {
        ObjectDisposedException.ThrowIf(_descriptor.IsClosed, this);
        // Safety: pinned for the call; the kernel fills at most as many events as the buffer has room for.
        fixed (byte* events = _events)
        {
            var count = HotCalls.EpollWait(_descriptor.Number, events, batch, timeout);
            return count >= 0 ? count : Fail(HotCalls.Error);
        }
    }

    public void Dispose() => _descriptor.Dispose();

    private static FileDescriptor Create()
    {
        var number = NativeLibc.epoll_create1(NativeLibc.EPOLL_CLOEXEC);
        return number >= 0 ? new(number) : throw LinuxException.Last("could not make an epoll descriptor");
    }

    private static int Fail(Errno errno) => errno == Errno.EINTR ? 0 : throw new LinuxException(errno, "could not wait for events");

    private unsafe void Control(int operation, FileDescriptor descriptor, PollEvents events, ulong tag)
    {
        Span<byte> one = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(one, (int)events);
        BinaryPrimitives.WriteUInt64LittleEndian(one[DataOffset..], tag);
        // Safety: 16 bytes hold the event of either ABI, and the kernel only reads them.
        fixed (byte* pointer = one)
        {
            if (NativeLibc.epoll_ctl(_descriptor, operation, descriptor.Number, pointer) < 0)
                throw LinuxException.Last($"could not change what epoll knows of descriptor {descriptor.Number}");
        }
    }
}
