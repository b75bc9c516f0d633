using System.Runtime.InteropServices;
using System.Text;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>
/// A unix socket of type SOCK_SEQPACKET: each packet arrives whole, in order, with at most one descriptor beside it (SCM_RIGHTS).
/// A packet of no bytes can't be told from the end, so none is ever sent.
/// </summary>
public sealed class SeqPacketSocket : IDisposable
{
    /// <summary>Room enough for every packet of ours; well below the kernel's default send buffer (net.core.wmem_default, 212992).</summary>
    public const int LargestPacket = 128 * 1024;

    private SeqPacketSocket(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>For poll or epoll.</summary>
    public FileDescriptor Descriptor { get; }

    public static unsafe SeqPacketSocket Connect(string path)
    {
        var socket = Create();
        try
        {
            var address = Address(path, out var length);
            // Safety: the address is on this stack and as long as is said.
            return NativeLibc.connect(socket.Descriptor, &address, length) == 0
                ? socket
                : throw LinuxException.Last($"could not connect to {path}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listens on a path that does not exist yet.</summary>
    public static unsafe SeqPacketSocket Listen(string path)
    {
        var socket = Create();
        try
        {
            var address = Address(path, out var length);
            // Safety: the address is on this stack and as long as is said.
            return NativeLibc.bind(socket.Descriptor, &address, length) == 0 && NativeLibc.listen(socket.Descriptor, 64) == 0
                ? socket
                : throw LinuxException.Last($"could not listen on {path}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Two ends of one connection.</summary>
    public static unsafe (SeqPacketSocket, SeqPacketSocket) Pair()
    {
        var numbers = stackalloc int[2];
        // Safety: socketpair writes two ints, and the array has two.
        if (NativeLibc.socketpair(NativeLibc.AF_UNIX, NativeLibc.SOCK_SEQPACKET | NativeLibc.SOCK_CLOEXEC, 0, numbers) < 0)
            throw LinuxException.Last("could not make a pair of sockets");
        return (new(new(numbers[0])), new(new(numbers[1])));
    }

    /// <summary>Takes over a descriptor (inherited by socket activation) and checks that it is such a socket.</summary>
    public static SeqPacketSocket FromDescriptor(FileDescriptor descriptor)
    {
        var socket = new SeqPacketSocket(descriptor);
        if (socket.Option<int>(NativeLibc.SO_DOMAIN) != NativeLibc.AF_UNIX || socket.Option<int>(NativeLibc.SO_TYPE) != NativeLibc.SOCK_SEQPACKET)
            throw new LinuxException(Errno.EOPNOTSUPP, $"descriptor {descriptor.Number} is no unix socket of type SOCK_SEQPACKET");
        return socket;
    }

    public PeerCredentials Peer => PeerCredentials.Of(Descriptor);

    /// <summary>The next connection to a listening socket; waits for one unless the socket is in an epoll set and was said to be ready.</summary>
    public unsafe SeqPacketSocket Accept()
    {
        while (true)
        {
            // Safety: no address is asked for.
            var number = NativeLibc.accept4(Descriptor, null, null, NativeLibc.SOCK_CLOEXEC);
            if (number >= 0)
                return new(new(number));
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.Last("could not accept a connection");
        }
    }

    /// <summary>Sends one packet; waits while the other end's queue is full.</summary>
    public void Send(ReadOnlySpan<byte> packet, SafeHandle? passed = null)
    {
        if (Transmit(packet, passed, 0) is not Errno.None and var errno)
            throw new LinuxException(errno, "could not send a packet");
    }

    /// <summary>Sends one packet without waiting.</summary>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.EAGAIN"/> where the other end's queue is full; else why not.</returns>
    public Errno TrySend(ReadOnlySpan<byte> packet, SafeHandle? passed = null) => Transmit(packet, passed, NativeLibc.MSG_DONTWAIT);

    /// <summary>Waits for one packet.</summary>
    /// <param name="passed">The descriptor that came with it; the caller disposes of it.</param>
    /// <returns>Its length; 0 where the other end has closed.</returns>
    /// <exception cref="LinuxException">EMSGSIZE where the packet is longer than the buffer or brought several descriptors: it is lost.</exception>
    public int Receive(Span<byte> buffer, out FileDescriptor? passed) =>
        TakePacket(buffer, 0, out passed) ?? throw new LinuxException(Errno.EAGAIN, "could not receive a packet");

    /// <summary>As <see cref="Receive(Span{byte}, out FileDescriptor?)"/>, for at most this long; ETIMEDOUT after it.</summary>
    public int Receive(Span<byte> buffer, TimeSpan timeout, out FileDescriptor? passed)
    {
        if (Poll.Wait(Descriptor, PollEvents.In, timeout) == PollEvents.None)
            throw new LinuxException(Errno.ETIMEDOUT, $"no packet came within {timeout.TotalSeconds:0.###} s");
        return Receive(buffer, out passed);
    }

    /// <summary>Takes a packet that is there already.</summary>
    /// <returns>Its length; 0 where the other end has closed; null where there is none now.</returns>
    public int? TryReceive(Span<byte> buffer, out FileDescriptor? passed) => TakePacket(buffer, NativeLibc.MSG_DONTWAIT, out passed);

    /// <summary>Sends nothing more: the other end reads what was sent, and then that it has ended. What that one sends is still received.</summary>
    public void EndSending() => _ = NativeLibc.shutdown(Descriptor, NativeLibc.SHUT_WR);

    /// <summary>Ends the connection for both ends, whoever has further copies of either; nothing happens where it has ended.</summary>
    public void ShutDown() => _ = NativeLibc.shutdown(Descriptor, NativeLibc.SHUT_RDWR);

    public void Dispose() => Descriptor.Dispose();

    private static SeqPacketSocket Create()
    {
        var number = NativeLibc.socket(NativeLibc.AF_UNIX, NativeLibc.SOCK_SEQPACKET | NativeLibc.SOCK_CLOEXEC, 0);
        return number >= 0 ? new(new(number)) : throw LinuxException.Last("could not make a socket");
    }

    internal static unsafe NativeLibc.sockaddr_un Address(string path, out uint length)
    {
        var address = new NativeLibc.sockaddr_un { sun_family = NativeLibc.AF_UNIX };
        // Safety: the span covers exactly the structure's array; a longer path throws before it is written, one byte is left for the NUL.
        var room = new Span<byte>(address.sun_path, NativeLibc.sockaddr_un.PathSize - 1);
        if (!Encoding.UTF8.TryGetBytes(path, room, out var count))
            throw new LinuxException(Errno.ENAMETOOLONG, $"could not use the socket path {path}");
        length = (uint)(NativeLibc.sockaddr_un.PathOffset + count + 1);
        return address;
    }

    private unsafe T Option<T>(int name) where T : unmanaged
    {
        T value;
        var length = (uint)sizeof(T);
        // Safety: the kernel writes at most the length that it is given.
        return NativeLibc.getsockopt(Descriptor, NativeLibc.SOL_SOCKET, name, &value, &length) == 0
            ? value
            : throw LinuxException.Last($"could not ask what socket descriptor {Descriptor.Number} is");
    }

    private unsafe Errno Transmit(ReadOnlySpan<byte> packet, SafeHandle? passed, int flags)
    {
        ArgumentOutOfRangeException.ThrowIfZero(packet.Length);
        var held = false;
        try
        {
            passed?.DangerousAddRef(ref held);
            var control = new NativeLibc.cmsghdr_fd
            {
                cmsg_len = NativeLibc.cmsghdr_fd.CMSG_LEN,
                cmsg_level = NativeLibc.SOL_SOCKET,
                cmsg_type = NativeLibc.SCM_RIGHTS,
                fd = held ? (int)passed!.DangerousGetHandle() : -1,
            };
            // Safety: the span is pinned for the call, everything else is on this stack; the kernel only reads.
            fixed (byte* pointer = packet)
            {
                var part = new NativeLibc.iovec { iov_base = pointer, iov_len = (nuint)packet.Length };
                var message = new NativeLibc.msghdr { msg_iov = &part, msg_iovlen = 1 };
                if (held)
                {
                    message.msg_control = &control;
                    message.msg_controllen = (nuint)sizeof(NativeLibc.cmsghdr_fd);
                }

                while (true)
                {
                    if (NativeLibc.sendmsg(Descriptor, &message, flags | NativeLibc.MSG_NOSIGNAL) >= 0)
                        return Errno.None;
                    var errno = (Errno)Marshal.GetLastPInvokeError();
                    if (errno != Errno.EINTR)
                        return errno;
                }
            }
        }
        finally
        {
            if (held)
                passed!.DangerousRelease();
        }
    }

    private unsafe int? TakePacket(Span<byte> buffer, int flags, out FileDescriptor? passed)
    {
        passed = null;
        NativeLibc.cmsghdr_fd control = default;
        NativeLibc.msghdr message;
        int? count;
        // Safety: the span is pinned for the call, everything else is on this stack, and the kernel writes within the lengths given.
        fixed (byte* pointer = buffer)
        {
            var part = new NativeLibc.iovec { iov_base = pointer, iov_len = (nuint)buffer.Length };
            // CMSG_LEN and not CMSG_SPACE: the padding of the latter would let a second descriptor in, and leak it.
            message = new() { msg_iov = &part, msg_iovlen = 1, msg_control = &control, msg_controllen = NativeLibc.cmsghdr_fd.CMSG_LEN };
            count = ReceivedMessage.Take(Descriptor, &message, flags, "could not receive a packet");
        }

        if (message.msg_controllen >= NativeLibc.cmsghdr_fd.CMSG_LEN && control.cmsg_level == NativeLibc.SOL_SOCKET && control.cmsg_type == NativeLibc.SCM_RIGHTS)
            passed = new(control.fd);
        if ((message.msg_flags & (NativeLibc.MSG_TRUNC | NativeLibc.MSG_CTRUNC)) == 0)
            return count;
        passed?.Dispose();
        passed = null;
        throw new LinuxException(Errno.EMSGSIZE, "a packet was longer than the largest of ours, or brought several descriptors");
    }
}
