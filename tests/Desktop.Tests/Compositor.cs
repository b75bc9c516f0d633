using System.Collections.Concurrent;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;

namespace Phyllome.Seats.Desktop.Tests;

/// <summary>
/// A desktop's side of the Wayland protocol, as much of it as the agent speaks to: outputs with names, one card of which monitors are leased. It keeps to
/// what wlroots does: a connector that is leased is withdrawn, and offered anew when it is back. All of it is done on its own thread.
/// </summary>
internal sealed class Compositor : IDisposable
{
    private const uint OutputsFrom = 10, DeviceName = 5;

    private readonly WaylandSocket _socket;
    private readonly FileDescriptor _card;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly ConcurrentQueue<Action> _todo = new();
    private readonly Thread _thread;
    private readonly Dictionary<uint, string> _kinds = new() { [1] = "wl_display" };
    private readonly SortedDictionary<uint, string> _outputs = [];
    private readonly Dictionary<string, uint> _offered = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, uint> _requested = [];
    private readonly Dictionary<uint, string> _leases = [];
    private uint _registry, _device, _nextOutput = OutputsFrom, _nextOwn = 0xff000000;
    private volatile bool _ending;

    /// <param name="socket">The compositor's end.</param>
    /// <param name="card">What it gives as the card, and as each lease.</param>
    public Compositor(FileDescriptor socket, FileDescriptor card, string[] outputs, string[] offered)
    {
        (_socket, _card) = (new(socket), card);
        foreach (var output in outputs)
            _outputs[_nextOutput++] = output;
        foreach (var connector in offered)
            _offered[connector] = 0;
        _epoll.Add(_wake.Descriptor, PollEvents.In, 0);
        _epoll.Add(_socket.Descriptor, PollEvents.In, 1);
        _thread = new(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether it leases what is asked for.</summary>
    public bool Refuses { get; set; }

    /// <summary>Whether it leaves the next such request without an answer.</summary>
    public bool IsSilentOnce { get; set; }

    /// <summary>What is leased now, after each change.</summary>
    public BlockingCollection<string> Leased { get; } = [];

    public void AddOutput(string name) => Do(() =>
    {
        _outputs[_nextOutput] = name;
        Global(_nextOutput++, "wl_output", 4);
    });

    public void RemoveOutput(string name) => Do(() =>
    {
        var output = _outputs.First(one => one.Value == name).Key;
        _outputs.Remove(output);
        _socket.Send(new WireWriter(_registry, 1).Add(output));
    });

    public void Offer(string connector) => Do(() => SayOffered(connector));

    public void Withdraw(string connector) => Do(() => SayWithdrawn(connector));

    /// <summary>As when the person takes the monitor into the desktop, or the session goes to the back.</summary>
    public void EndLease(string connector) => Do(() =>
    {
        var lease = _leases.First(one => one.Value == connector).Key;
        _leases.Remove(lease);
        _socket.Send(new WireWriter(lease, 1));
        SayOffered(connector);
        TellLeased();
    });

    /// <summary>As when its person logs out.</summary>
    public void Dispose()
    {
        if (_ending)
            return;
        _ending = true;
        _wake.Signal();
        _thread.Join();
        _socket.Dispose();
        _epoll.Dispose();
        _wake.Dispose();
        Leased.Dispose();
    }

    private void Do(Action action)
    {
        _todo.Enqueue(action);
        _wake.Signal();
    }

    private void Run()
    {
        var messages = new List<WireMessage>();
        while (!_ending)
        {
            _epoll.Wait();
            _wake.Clear();
            while (_todo.TryDequeue(out var action))
                action();
            if (!_socket.Receive(messages))
                return;
            foreach (var message in messages)
                Take(message);
            messages.Clear();
        }
    }

    private void Take(WireMessage message)
    {
        switch (_kinds[message.Target], message.Opcode)
        {
            case ("wl_display", 0):
                var callback = message.ReadUint();
                _socket.Send(new WireWriter(callback, 0).Add(1u));
                Delete(callback);
                break;
            case ("wl_display", 1):
                _kinds[_registry = message.ReadUint()] = "wl_registry";
                Global(DeviceName, "wp_drm_lease_device_v1", 1);
                Global(3, "wl_compositor", 5);
                foreach (var output in _outputs.Keys)
                    Global(output, "wl_output", 4);
                break;
            case ("wl_registry", 0):
                var (name, kind, version, id) = (message.ReadUint(), message.ReadString(), message.ReadUint(), message.ReadUint());
                _kinds[id] = kind;
                if (kind == "wl_output")
                    Describe(id, _outputs[name], version);
                else
                    Describe(id);
                break;
            case ("wl_output", 0):
                Delete(message.Target);
                break;
            case ("wp_drm_lease_device_v1", 0):
                _kinds[message.ReadUint()] = "wp_drm_lease_request_v1";
                break;
            case ("wp_drm_lease_request_v1", 0):
                _requested[message.Target] = message.ReadUint();
                break;
            case ("wp_drm_lease_request_v1", 1):
                Submit(_requested[message.Target], message.ReadUint());
                Delete(message.Target);
                break;
            case ("wp_drm_lease_v1", 0):
                Delete(message.Target);
                if (_leases.Remove(message.Target, out var back))
                {
                    SayOffered(back);
                    TellLeased();
                }

                break;
            case ("wp_drm_lease_connector_v1", 0):
                _kinds.Remove(message.Target);
                break;
            default:
                throw new InvalidOperationException($"{_kinds[message.Target]} has no request {message.Opcode}");
        }
    }

    private void Describe(uint output, string name, uint version)
    {
        if (version != 4)
            throw new InvalidOperationException($"version {version} has no names");
        _socket.Send(new WireWriter(output, 3).Add(1));
        _socket.Send(new WireWriter(output, 4).Add(name));
        _socket.Send(new WireWriter(output, 5).Add($"The monitor at {name}"));
        _socket.Send(new WireWriter(output, 2));
    }

    private void Describe(uint device)
    {
        _device = device;
        _socket.Send(new WireWriter(device, 0).Add(_card));
        foreach (var connector in _offered.Keys.ToList())
            SayOffered(connector);
        _socket.Send(new WireWriter(device, 2));
    }

    private void SayOffered(string connector)
    {
        var id = _offered[connector] = _nextOwn++;
        _kinds[id] = "wp_drm_lease_connector_v1";
        _socket.Send(new WireWriter(_device, 1).Add(id));
        _socket.Send(new WireWriter(id, 0).Add(connector));
        _socket.Send(new WireWriter(id, 1).Add("A headset"));
        _socket.Send(new WireWriter(id, 2).Add(40u));
        _socket.Send(new WireWriter(id, 3));
        _socket.Send(new WireWriter(_device, 2));
    }

    private void SayWithdrawn(string connector)
    {
        if (_offered.Remove(connector, out var id))
            _socket.Send(new WireWriter(id, 4));
        _socket.Send(new WireWriter(_device, 2));
    }

    private void Submit(uint connector, uint lease)
    {
        _kinds[lease] = "wp_drm_lease_v1";
        var name = _offered.FirstOrDefault(one => one.Value == connector).Key;
        if (IsSilentOnce)
        {
            IsSilentOnce = false;
            return;
        }

        if (Refuses || name is null)
        {
            _socket.Send(new WireWriter(lease, 1));
            return;
        }

        _leases[lease] = name;
        SayWithdrawn(name);
        _socket.Send(new WireWriter(lease, 0).Add(_card));
        TellLeased();
    }

    private void TellLeased() => Leased.Add(string.Join(' ', _leases.Values.Order(StringComparer.Ordinal)));

    private void Global(uint name, string kind, uint version) => _socket.Send(new WireWriter(_registry, 0).Add(name).Add(kind).Add(version));

    private void Delete(uint id)
    {
        _kinds.Remove(id);
        _socket.Send(new WireWriter(1, 1).Add(id));
    }
}
