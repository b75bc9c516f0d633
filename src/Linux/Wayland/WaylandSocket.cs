using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Wayland;

/// <summary>One end of a Wayland connection: messages as they stand on the wire, with their descriptors. It never waits. Not safe for several threads at once.</summary>
public sealed unsafe class WaylandSocket(FileDescriptor socket) : IDisposable
{
    /// <summary>So many descriptors libwayland sends at once at most, and so long is its longest message (connection.c).</summary>
    private const int MostDescriptors = 28, LongestMessage = 4096;

    private readonly byte[] _buffer = new byte[LongestMessage * 4];
    private readonly Queue<FileDescriptor> _descriptors = new();
    private int _filled;

    /// <summary>For poll or epoll.</summary>
    public FileDescriptor Descriptor => socket;

    /// <summary>A connection that nothing was said on yet, for whoever is handed it.</summary>
    public static FileDescriptor ConnectTo(string path)
    {
        var number = NativeLibc.socket(NativeLibc.AF_UNIX, NativeLibc.SOCK_STREAM | NativeLibc.SOCK_CLOEXEC, 0);
        var socket = number >= 0 ? new FileDescriptor(number) : throw LinuxException.Last("could not make a socket");
        try
        {
            var address = SeqPacketSocket.Address(path, out var length);
            // Safety: the address is on this stack and as long as is said.
            return NativeLibc.connect(socket, &address, length) == 0 ? socket : throw LinuxException.Last($"could not connect to the desktop at {path}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="LinuxException">The other end is gone, or has not read for so long that there is no room (EAGAIN): then the connection is of no more use.</exception>
    public void Send(WireWriter message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var bytes = message.ToBytes();
        const int control = 16 + (MostDescriptors * sizeof(int));
        var space = stackalloc byte[control];
        var count = message.Descriptors.Count;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostDescriptors);
        // Safety: the text is pinned for the call, all else is on this stack; each descriptor is the caller's for as long as this lasts.
        fixed (byte* text = bytes)
        {
            var part = new NativeLibc.iovec { iov_base = text, iov_len = (nuint)bytes.Length };
            var header = new NativeLibc.msghdr { msg_iov = &part, msg_iovlen = 1 };
            if (count > 0)
            {
                var rights = (NativeLibc.cmsghdr_fd*)space;
                (rights->cmsg_len, rights->cmsg_level, rights->cmsg_type) = ((nuint)(16 + (count * sizeof(int))), NativeLibc.SOL_SOCKET, NativeLibc.SCM_RIGHTS);
                for (var at = 0; at < count; at++)
                    (&rights->fd)[at] = message.Descriptors[at].Number;
                header.msg_control = space;
                header.msg_controllen = rights->cmsg_len;
            }

            while (true)
            {
                var sent = NativeLibc.sendmsg(socket, &header, NativeLibc.MSG_NOSIGNAL | NativeLibc.MSG_DONTWAIT);
                if (sent == bytes.Length)
                    return;
                var errno = sent >= 0 ? Errno.EAGAIN : (Errno)Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    throw new LinuxException(errno, "could not send to the other end of a Wayland connection");
            }
        }
    }

    /// <summary>Adds the messages that are there now.</summary>
    /// <returns>False where the other end has closed.</returns>
    /// <exception cref="LinuxException">EPROTO where what came is no message.</exception>
    public bool Receive(ICollection<WireMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        while (true)
        {
            var count = Take();
            if (count is null)
                return true;
            if (count == 0)
                return false;
            _filled += count.Value;
            Split(messages);
        }
    }

    public void Dispose()
    {
        foreach (var descriptor in _descriptors)
            descriptor.Dispose();
        _descriptors.Clear();
        socket.Dispose();
    }

    private void Split(ICollection<WireMessage> messages)
    {
        var at = 0;
        while (_filled - at >= WireMessage.Header)
        {
            var rest = _buffer.AsSpan(at, _filled - at);
            var word = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            var length = (int)(word >> 16);
            if (length < WireMessage.Header || length > LongestMessage || length % sizeof(uint) != 0)
                throw new LinuxException(Errno.EPROTO, $"could not read a Wayland message that says it has {length} bytes");
            if (length > rest.Length)
                break;
            messages.Add(new(BinaryPrimitives.ReadUInt32LittleEndian(rest), (ushort)word, rest[WireMessage.Header..length].ToArray(), _descriptors));
            at += length;
        }

        _buffer.AsSpan(at, _filled - at).CopyTo(_buffer);
        _filled -= at;
    }

    /// <returns>How many bytes came; 0 at the end; null where there are none now.</returns>
    private int? Take()
    {
        const int control = 16 + (MostDescriptors * sizeof(int));
        var space = stackalloc byte[control];
        // Safety: the buffer is pinned for the call, all else is on this stack, and the kernel writes within the lengths given.
        fixed (byte* into = _buffer)
        {
            var part = new NativeLibc.iovec { iov_base = into + _filled, iov_len = (nuint)(_buffer.Length - _filled) };
            var header = new NativeLibc.msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = space, msg_controllen = control };
            var count = ReceivedMessage.Take(socket, &header, NativeLibc.MSG_DONTWAIT, "could not receive from the other end of a Wayland connection");
            var rights = (NativeLibc.cmsghdr_fd*)space;
            if (header.msg_controllen >= NativeLibc.cmsghdr_fd.CMSG_LEN && rights->cmsg_level == NativeLibc.SOL_SOCKET && rights->cmsg_type == NativeLibc.SCM_RIGHTS)
            {
                for (var at = 0; at < ((int)rights->cmsg_len - 16) / sizeof(int); at++)
                    _descriptors.Enqueue(new((&rights->fd)[at]));
            }

            return (header.msg_flags & NativeLibc.MSG_CTRUNC) == 0 ? count
                : throw new LinuxException(Errno.EPROTO, $"could not take more than {MostDescriptors} descriptors at once from a Wayland connection");
        }
    }
}
