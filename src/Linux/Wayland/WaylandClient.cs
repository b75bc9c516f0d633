using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Wayland;

/// <summary>What a compositor offers.</summary>
/// <param name="Name">Its number in the registry.</param>
public readonly record struct WaylandGlobal(uint Name, string Interface, uint Version);

/// <summary>A client of a Wayland compositor: the ids of objects, the registry, and who is told of an object's events. Not safe for several threads at once.</summary>
public sealed class WaylandClient : IDisposable
{
    private const uint Display = 1;

    /// <summary>From here on objects are made by the compositor, which says nothing when their ids are free again.</summary>
    private const uint FirstOfCompositor = 0xff000000;

    private readonly WaylandSocket _socket;
    private readonly Dictionary<uint, Action<WireMessage>> _told = [];
    private readonly Stack<uint> _free = new();
    private readonly List<WireMessage> _messages = [];
    private readonly uint _registry;
    private uint _last = Display;

    /// <param name="came">Told of each global, those that are there from the start among them.</param>
    /// <param name="gone">Told of the number of one that is gone.</param>
    public WaylandClient(WaylandSocket socket, Action<WaylandGlobal> came, Action<uint> gone)
    {
        _socket = socket;
        _told[Display] = OnDisplay;
        _registry = Add(message =>
        {
            if (message.Opcode == 0)
                came(new(message.ReadUint(), message.ReadString(), message.ReadUint()));
            else
                gone(message.ReadUint());
        });
        // get_registry
        Send(new WireWriter(Display, 1).Add(_registry));
    }

    /// <summary>For poll or epoll.</summary>
    public FileDescriptor Descriptor => _socket.Descriptor;

    /// <summary>The id of an object that the next request makes.</summary>
    /// <param name="told">Told of its events until the compositor says that it is no more, so also of those that were on their way when it was destroyed.</param>
    public uint Add(Action<WireMessage> told)
    {
        var id = _free.TryPop(out var free) ? free : ++_last;
        _told[id] = told;
        return id;
    }

    /// <summary>An object that the compositor has made.</summary>
    public void Know(uint id, Action<WireMessage> told) => _told[id] = told;

    /// <summary>Tells nobody any more of an object that the compositor has made, once it is destroyed.</summary>
    public void Forget(uint id)
    {
        if (id >= FirstOfCompositor)
            _told.Remove(id);
    }

    public uint Bind(WaylandGlobal global, uint version, Action<WireMessage> told)
    {
        var id = Add(told);
        Send(new WireWriter(_registry, 0).Add(global.Name).Add(global.Interface).Add(version).Add(id));
        return id;
    }

    /// <summary>Tells when all that was asked before was answered.</summary>
    public void Sync(Action done) => Send(new WireWriter(Display, 0).Add(Add(_ => done())));

    /// <exception cref="LinuxException">As of <see cref="WaylandSocket.Send"/>.</exception>
    public void Send(WireWriter request) => _socket.Send(request);

    /// <summary>Tells of what is there now.</summary>
    /// <returns>False where the compositor has closed the connection.</returns>
    /// <exception cref="LinuxException">EPROTO where the compositor says that something was wrong, or is no compositor.</exception>
    public bool Dispatch()
    {
        var open = _socket.Receive(_messages);
        try
        {
            foreach (var message in _messages)
            {
                // Of an object that is destroyed and was the compositor's, events may still be on their way.
                if (_told.TryGetValue(message.Target, out var told))
                    told(message);
            }
        }
        finally
        {
            _messages.Clear();
        }

        return open;
    }

    public void Dispose() => _socket.Dispose();

    private void OnDisplay(WireMessage message)
    {
        if (message.Opcode == 0)
        {
            var (target, code, words) = (message.ReadUint(), message.ReadUint(), message.ReadString());
            throw new LinuxException(Errno.EPROTO, $"the compositor refused what was asked of Wayland object {target} with error {code}, '{words}'");
        }

        // delete_id
        var id = message.ReadUint();
        if (_told.Remove(id))
            _free.Push(id);
    }
}
