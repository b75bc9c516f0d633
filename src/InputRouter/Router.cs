using System.Text.Json;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>
/// The router: its descriptors, its two sockets, and the switchboard between them. Everything happens on the thread that calls
/// <see cref="Run"/>; only <see cref="Stop"/> may be called from another.
/// </summary>
internal sealed class Router : IDisposable
{
    private readonly Loop _loop = new();
    private readonly IDescriptorStore _store;
    private readonly Dictionary<int, SourcePort> _sources = [];
    private readonly Dictionary<int, SinkPort> _sinks = [];
    private readonly List<Client> _clients = [];
    private readonly Aside _aside = new();
    private readonly LongPressTimer _longPress;
    private MemoryFile? _notes;
    private bool _noteworthy;

    /// <param name="managers">Listens for the manager.</param>
    /// <param name="devices">Listens for the device helper.</param>
    public Router(SeqPacketSocket managers, SeqPacketSocket devices, IDeviceControl control, IDescriptorStore store)
    {
        Control = control;
        _store = store;
        _longPress = new(Switchboard);
        _loop.Add(_aside);
        _loop.Add(_longPress);
        _loop.Add(new Door(managers, socket => Enter(new ManagerClient(socket, this))));
        _loop.Add(new Door(devices, socket => Enter(new HelperClient(socket, this))));
    }

    public Switchboard Switchboard { get; } = new();

    public IDeviceControl Control { get; }

    /// <summary>The one buffer that packets are received in.</summary>
    public byte[] Packet { get; } = new byte[SeqPacketSocket.LargestPacket];

    public long AllocatedBytes { get; set; }

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        _loop.Run(() =>
        {
            _longPress.Follow();
            if (Switchboard.HasNews)
                TellNews();
            if (_noteworthy)
                Note();
        });
    }

    /// <summary>The end: releases every key in every sink. A router that is killed instead leaves them to the next.</summary>
    public void ReleaseAll() => Switchboard.ReleaseAll();

    public void Stop() => _loop.Stop();

    /// <summary>Goes on where an earlier router stopped, with what it stored.</summary>
    public void Restore(IReadOnlyCollection<(string Name, FileDescriptor Descriptor)> stored)
    {
        foreach (var (name, descriptor) in stored.OrderBy(one => StoredName.Order(one.Name)))
            Restore(name, descriptor);
        if (_notes is null)
        {
            _notes = MemoryFile.Create("phyllome-input-router");
            _store.Keep(StoredName.Notes, _notes.Descriptor);
        }

        Switchboard.Adopt(Notes());
    }

    /// <summary>Takes over a descriptor.</summary>
    /// <returns>Why not, in which case it stays the caller's.</returns>
    public Errno Take(HandOver given, FileDescriptor descriptor) => given switch
    {
        GiveSource source => TakeSource(source.Input, descriptor),
        GiveSink sink => TakeSink(sink, descriptor, restored: false),
        GiveSinkNode node => TakeSinkNode(node.Input, descriptor, restored: false),
        _ => Errno.EBADMSG,
    };

    /// <param name="answer">Called once, on this thread, when the request is done or refused: mostly before this returns.</param>
    public void Answer(RouterRequest request, Action<RouterMessage> answer)
    {
        var error = RouterError.None;
        _noteworthy |= request is not QueryState;
        switch (request)
        {
            case QueryState:
                answer(new StateReply(request.Id, State()));
                return;
            case SetSeat set:
                error = Switchboard.SetSeat(set.Seat, set.Route);
                break;
            case ForgetSeat forget:
                error = Switchboard.ForgetSeat(forget.Seat);
                break;
            case SetGuestLive live:
                Switchboard.SetLive(live.Guest, live.Live);
                break;
            case SetHotkeys set:
                if (set.Hotkeys is not { } keys || new[] { keys.Home, keys.Next, keys.Previous, keys.Focus }.Any(chord => chord.Any(key => key >= SinkCodes.KeyCount)))
                    error = RouterError.BadPacket;
                else
                    Switchboard.SetHotkeys(keys);
                break;
            case SetFocus set:
                error = Switchboard.SetFocus(set.Seat, set.Guest);
                break;
            case CloseSource close:
                if (_sources.TryGetValue(close.Input, out var source))
                {
                    GiveBack(source, () => answer(new RouterReply(close.Id, RouterError.None)));
                    return;
                }

                error = RouterError.NoSuchInput;
                break;
            case CloseSink close:
                if (Switchboard.Sinks.FirstOrDefault(sink => sink.Input == close.Input) is { } found)
                {
                    RemoveSink(found, () => answer(new RouterReply(close.Id, RouterError.None)));
                    return;
                }

                error = RouterError.NoSuchInput;
                break;
            default:
                error = RouterError.BadPacket;
                break;
        }

        answer(new RouterReply(request.Id, error));
    }

    /// <summary>Grabs a source if no key is down on it. Otherwise it stays the host's until the last key is up.</summary>
    public void TryGrab(SourcePort port)
    {
        var errno = GrabWhenQuiet(port);
        if (errno != Errno.None)
            Lose(port, errno);
        else if (port.Grabbed)
            Tell(new SourceCame(new(port.Input, Grabbed: true)));
    }

    /// <summary>A source that can't be read any more: unplugged, or taken by somebody else.</summary>
    public void Lose(SourcePort port, Errno reason)
    {
        Log.Info($"source input{port.Input} is gone: {reason}");
        Forget(port);
        _aside.Do(port.Descriptor.Dispose);
        Tell(new SourceGone(port.Input));
    }

    /// <summary>A sink's node that can't be read any more.</summary>
    public void Lose(SinkNode node)
    {
        _sinks[node.Sink.Input].Node = null;
        _loop.Remove(node);
        _store.Forget(StoredName.OfSinkNode(node.Sink.Input));
        _aside.Do(node.Descriptor.Dispose);
    }

    public void AwaitRoom(SinkPort port, bool wanted) => _loop.AwaitRoom(port, wanted);

    /// <summary>A sink that nothing can be read from any more.</summary>
    public void Lose(SinkPort port) => _loop.Remove(port);

    public void Close(Client client)
    {
        if (!_clients.Remove(client))
            return;
        _loop.Remove(client);
        client.Descriptor.Dispose();
    }

    /// <summary>Closes all, without telling the store: what it keeps is for the next router.</summary>
    public void Dispose()
    {
        _aside.Dispose();
        foreach (var client in _clients)
            client.Descriptor.Dispose();
        foreach (var source in _sources.Values)
            source.Descriptor.Dispose();
        foreach (var sink in _sinks.Values)
            sink.Dispose();
        _notes?.Descriptor.Dispose();
        _longPress.Dispose();
        _loop.Dispose();
    }

    private void Restore(string name, FileDescriptor descriptor)
    {
        Errno errno;
        if (name == StoredName.Notes)
            (_notes, errno) = (new(descriptor), Errno.None);
        else if (StoredName.TryReadSource(name, out var input))
            errno = RestoreSource(input, descriptor);
        else if (StoredName.TryReadSink(name, out var sink))
            errno = TakeSink(sink, descriptor, restored: true);
        else if (StoredName.TryReadSinkNode(name, out input))
            errno = TakeSinkNode(input, descriptor, restored: true);
        else
            errno = Errno.EINVAL;
        if (errno == Errno.None)
            return;
        Log.Warning($"could not take back the stored descriptor {name}: {errno}; it is given up");
        _store.Forget(name);
        descriptor.Dispose();
    }

    /// <summary>The routes, the hotkeys and the live guests that an earlier router noted.</summary>
    private RouterState Notes()
    {
        try
        {
            if (_notes!.Read() is { Length: > 0 } document && JsonSerializer.Deserialize(document, RoutingJson.Default.RouterState) is { } noted)
                return noted;
        }
        catch (JsonException exception)
        {
            Log.Warning($"could not understand what an earlier router noted: {exception.Message}; the manager has to set all routes again");
        }

        return RouterState.Empty;
    }

    private void Note()
    {
        _notes?.Write(JsonSerializer.SerializeToUtf8Bytes(State(), RoutingJson.Default.RouterState));
        _noteworthy = false;
    }

    private void Enter(Client client)
    {
        _clients.Add(client);
        _loop.Add(client);
    }

    private Errno TakeSource(int input, FileDescriptor descriptor)
    {
        if (_sources.ContainsKey(input))
            return Errno.EEXIST;
        if (Control.PrepareSource(descriptor) is not Errno.None and var unfit)
            return unfit;
        var port = new SourcePort(descriptor, input, LightsOf(descriptor), this);
        var errno = GrabWhenQuiet(port);
        if (errno != Errno.None)
            return errno;
        Enter(port);
        return Errno.None;
    }

    private Errno RestoreSource(int input, FileDescriptor descriptor)
    {
        if (_sources.ContainsKey(input))
            return Errno.EEXIST;
        if (Control.PrepareSource(descriptor) is not Errno.None and var unfit)
            return unfit;
        var port = new SourcePort(descriptor, input, LightsOf(descriptor), this) { Grabbed = true };
        var keys = default(KeySet);
        if (Control.ReadKeys(descriptor, ref keys) is not Errno.None and var errno)
            return errno;
        port.Source = Switchboard.AddSource(input, AbilitiesOf(port.Descriptor), port.Lights);
        port.Source.Down = keys;
        Enter(port);
        return Errno.None;
    }

    private void Enter(SourcePort port)
    {
        _sources.Add(port.Input, port);
        _loop.Add(port);
        Log.Info($"source input{port.Input} is here{(port.Grabbed ? "" : ", still the host's until its keys are up")}");
        Tell(new SourceCame(new(port.Input, port.Grabbed)));
    }

    private KeySet AbilitiesOf(FileDescriptor node)
    {
        var keys = default(KeySet);
        if (Control.ReadKeyAbilities(node, ref keys) is not Errno.None and var errno)
            Log.Warning($"could not ask a device which keys it has ({errno}); a key held for long may not lead its seat home");
        return keys;
    }

    /// <returns>The lights that are on; null for a device without any.</returns>
    private ushort? LightsOf(FileDescriptor node) =>
        Control.ReadLightAbilities(node, out var has) == Errno.None && has != 0 && Control.ReadLights(node, out var on) == Errno.None ? on : null;

    /// <summary>
    /// A key that is down when a device is grabbed is never released for its other readers. So: look, grab, look again; where a key went down
    /// in between, the grab is undone before the host could miss its key-up.
    /// </summary>
    private Errno GrabWhenQuiet(SourcePort port)
    {
        var keys = default(KeySet);
        if (Control.ReadKeys(port.Descriptor, ref keys) is not Errno.None and var unreadable)
            return unreadable;
        if (keys.Next(0) >= 0)
            return Errno.None;
        if (Control.Grab(port.Descriptor) is not Errno.None and var taken)
            return taken;
        if (Control.ReadKeys(port.Descriptor, ref keys) is not Errno.None and var gone)
            return gone;
        if (keys.Next(0) >= 0)
            return Control.Ungrab(port.Descriptor);
        port.Grabbed = true;
        port.Source = Switchboard.AddSource(port.Input, AbilitiesOf(port.Descriptor), port.Lights);
        _store.Keep(StoredName.OfSource(port.Input), port.Descriptor);
        return Errno.None;
    }

    private void GiveBack(SourcePort port, Action then)
    {
        Forget(port);
        _aside.Do(
            () =>
            {
                // The store has had a copy of the descriptor, so that closing ours may not end the grab.
                if (port.Grabbed && Control.Ungrab(port.Descriptor) is not (Errno.None or Errno.ENODEV) and var errno)
                    Log.Error($"could not let go of source input{port.Input}: {errno}");
                if (port.Grabbed)
                    port.ShowHosts();
                port.Descriptor.Dispose();
            },
            () =>
            {
                Tell(new SourceGone(port.Input));
                then();
            });
    }

    private void Forget(SourcePort port)
    {
        if (port.Source is { } source)
            Switchboard.RemoveSource(source);
        _sources.Remove(port.Input);
        _loop.Remove(port);
        _store.Forget(StoredName.OfSource(port.Input));
    }

    private Errno TakeSink(GiveSink given, FileDescriptor descriptor, bool restored)
    {
        if (_sinks.ContainsKey(given.Input) || Switchboard.HasSink(given.Guest, given.Kind))
            return Errno.EEXIST;
        if (Control.CheckSink(descriptor) is not Errno.None and var unfit)
            return unfit;
        var port = new SinkPort(descriptor, given.Input, this, _aside);
        var sink = Switchboard.AddSink(given.Input, given.Event, given.Guest, given.Kind, port);
        _sinks.Add(given.Input, port);
        port.Sink = sink;
        _loop.Add(port);
        if (restored)
            sink.Inherit();
        else
            _store.Keep(StoredName.OfSink(given.Input, given.Event, given.Guest, given.Kind), descriptor);
        Log.Info($"sink input{given.Input} is here");
        Tell(new SinkCame(Describe(sink)));
        return Errno.None;
    }

    private Errno TakeSinkNode(int input, FileDescriptor descriptor, bool restored)
    {
        if (!_sinks.TryGetValue(input, out var port))
            return Errno.ENODEV;
        if (port.Node is not null)
            return Errno.EEXIST;
        if (Control.PrepareSource(descriptor) is not Errno.None and var unfit)
            return unfit;
        var sink = port.Sink!;
        if (restored)
        {
            var down = default(KeySet);
            if (Control.ReadKeys(descriptor, ref down) is not Errno.None and var unreadable)
                return unreadable;
            sink.Inherit(down);
            if (sink.Kind == SinkKind.Keyboard && Control.ReadLights(descriptor, out var lights) == Errno.None)
                sink.Guest.Lights = lights;
        }
        else
        {
            _store.Keep(StoredName.OfSinkNode(input), descriptor);
        }

        port.Node = new(descriptor, sink, this);
        _loop.Add(port.Node);
        return Errno.None;
    }

    private void RemoveSink(Sink sink, Action then)
    {
        Switchboard.RemoveSink(sink);
        var port = _sinks[sink.Input];
        if (port.Node is { } node)
            Lose(node);
        _sinks.Remove(sink.Input);
        _loop.Remove(port);
        _store.Forget(StoredName.OfSink(sink.Input, sink.Event, sink.Guest.Id, sink.Kind));
        _aside.Do(
            () =>
            {
                // The store has had a copy of the descriptor, so that closing ours may not end the device.
                if (Control.Destroy(port.Descriptor) is not Errno.None and var errno)
                    Log.Error($"could not remove the virtual device input{sink.Input}: {errno}");
                port.Dispose();
            },
            () =>
            {
                Log.Info($"sink input{sink.Input} is removed");
                Tell(new SinkGone(sink.Input));
                then();
            });
    }

    private void TellNews()
    {
        _noteworthy = true;
        foreach (var seat in Switchboard.TakeMovedSeats())
            Tell(new FocusChanged(seat.Name, seat.Focus?.Id));
        foreach (var guest in Switchboard.TakeLeftGuests())
        {
            Log.Warning($"guest {guest.Id} gets no input: its QEMU let go of its virtual devices");
            foreach (var sink in Switchboard.Sinks.Where(sink => sink.Guest == guest))
                Tell(new SinkCame(Describe(sink)));
        }
    }

    private void Tell(RouterMessage message)
    {
        var packet = JsonSerializer.SerializeToUtf8Bytes(message, RoutingJson.Default.RouterMessage);
        foreach (var client in _clients.OfType<ManagerClient>().ToArray())
            client.Send(packet);
    }

    private RouterState State()
    {
        var counters = Switchboard.Counters;
        return new(
            _sources.Values.Select(port => new RouterSource(port.Input, port.Grabbed)).ToValueList(),
            Switchboard.Sinks.Select(Describe).ToValueList(),
            Switchboard.Seats.Select(seat => new RouterSeat(seat.Name, seat.Route, seat.Focus?.Id)).ToValueList(),
            Switchboard.Hotkeys,
            // Every collection of an older generation is also counted as one of the youngest.
            new(counters.Read, counters.Written, counters.Dropped, counters.Overruns, AllocatedBytes, GC.CollectionCount(0)));
    }

    private static RouterSink Describe(Sink sink) => new(sink.Input, sink.Event, sink.Guest.Id, sink.Kind, sink.Guest.Live);
}
