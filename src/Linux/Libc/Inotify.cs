using System.Buffers.Binary;
using System.Text;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>inotify(7) on directories. Watch first, then look once for what is there already.</summary>
public sealed class Inotify : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];

    public Inotify()
    {
        var number = NativeLibc.inotify_init1(NativeLibc.IN_CLOEXEC | NativeLibc.IN_NONBLOCK);
        Descriptor = number >= 0 ? new(number) : throw LinuxException.Last("could not make an inotify descriptor");
    }

    /// <summary>For poll or epoll.</summary>
    public FileDescriptor Descriptor { get; }

    public void Watch(string directory, WatchEvents events)
    {
        if (NativeLibc.inotify_add_watch(Descriptor, directory, (uint)events) < 0)
            throw LinuxException.Last($"could not watch {directory}");
    }

    /// <summary>Names within the watched directories that changed, without waiting; an empty name where events were lost: look again.</summary>
    public IReadOnlyList<string> Read()
    {
        const int Header = 16;
        var count = Descriptor.TryRead(_buffer, out var errno);
        if (count < 0)
            return errno == Errno.EAGAIN ? [] : throw new LinuxException(errno, "could not read an inotify descriptor");
        var names = new List<string>();
        for (var rest = _buffer.AsSpan(0, count); rest.Length >= Header;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[12..]);
            var name = rest.Slice(Header, length);
            names.Add(Encoding.UTF8.GetString(name[..(name.IndexOf((byte)0) is >= 0 and var end ? end : length)]));
            rest = rest[(Header + length)..];
        }

        return names;
    }

    public void Dispose() => Descriptor.Dispose();
}

/// <summary>What of a directory is watched.</summary>
[Flags]
public enum WatchEvents
{
    None = 0,
    ClosedAfterWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Created = 0x100,
    Deleted = 0x200,
}
