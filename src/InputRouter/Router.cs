using System.Text.Json;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>
/// The router: its descriptors, its two sockets, and the switchboard between them. Everything happens on the thread that calls
/// <see cref="Run"/>; only <see cref="Stop"/> may be called from another.
/// </summary>
internal sealed partial class Router : IDisposable
{
    private readonly Loop _loop = new();

    // Each report looks at these: made one after the other, they lie side by side.
    public MonotonicClock Clock { get; } = new();

    public Switchboard Switchboard { get; } = new();

    /// <summary>The one buffer that sources are read into.</summary>
    public EventBuffer Buffer { get; } = new();

    private readonly IDescriptorStore _store;
    private readonly List<Client> _clients = [];
    private readonly Aside _aside = new();
    private readonly LongPressTimer _longPress;
    private readonly Absence _absence;
    private Watchdog? _watchdog;
    private Notes? _notes;
    private bool _noteworthy;

    /// <param name="managers">Listens for the manager.</param>
    /// <param name="devices">Listens for the device helper.</param>
    public Router(SeqPacketSocket managers, SeqPacketSocket devices, IDeviceControl control, IDescriptorStore store)
    {
        Control = control;
        _store = store;
        _longPress = new(Switchboard);
        _absence = new(ReleaseSources);
        _loop.Add(_aside);
        _loop.Add(_absence);
        _loop.Add(_longPress);
        _loop.Add(new Door(managers, socket => Enter(new ManagerClient(socket, this))));
        _loop.Add(new Door(devices, socket => Enter(new HelperClient(socket, this))));
    }

    public IDeviceControl Control { get; }

    /// <summary>The one buffer that packets are received in.</summary>
    public byte[] Packet { get; } = new byte[SeqPacketSocket.LargestPacket];

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        _loop.Run(() =>
        {
            _longPress.Follow();
            if (Switchboard.HasNews)
                TellNews();
            if (!_noteworthy)
                return;
            _notes?.Write(State());
            _noteworthy = false;
        });
    }

    /// <summary>The end: releases every key in every sink. A router that is killed instead leaves them to the next.</summary>
    public void ReleaseAll() => Switchboard.ReleaseAll();

    public void Stop() => _loop.Stop();

    /// <summary>Lets the loop tell so often that it turns.</summary>
    public void Guard(TimeSpan period, Action alive)
    {
        _watchdog = new(period, alive);
        _loop.Add(_watchdog);
    }

    /// <summary>Goes on where an earlier router stopped, with what it stored.</summary>
    public void Restore(IReadOnlyCollection<(string Name, FileDescriptor Descriptor)> stored)
    {
        foreach (var (name, descriptor) in stored.OrderBy(one => StoredName.Order(one.Name)))
            Restore(name, descriptor);
        if (_notes is null)
        {
            _notes = new(MemoryFile.Create("phyllome-input-router"));
            _store.Keep(StoredName.Notes, _notes.Descriptor);
        }

        var state = _notes.Read();
        Switchboard.Adopt(state);
        _absence.Limit = Limit(state.ReleaseAfter);
        GoOn();
    }

    /// <summary>Takes over a descriptor.</summary>
    /// <returns>Why not, in which case it stays the caller's.</returns>
    public Errno Take(HandOver given, FileDescriptor descriptor) => given switch
    {
        GiveSource source => TakeSource(source.Input, descriptor, restored: false),
        GiveSink sink => TakeSink(sink, descriptor, restored: false),
        GiveSinkNode node => TakeSinkNode(node.Input, descriptor, restored: false),
        _ => Errno.EBADMSG,
    };

    /// <param name="answer">Called once, on this thread, when the request is done or refused: mostly before this returns.</param>
    public void Answer(RouterRequest request, Action<RouterMessage> answer)
    {
        var error = RouterError.None;
        _noteworthy |= request is not (QueryState or QueryCounters);
        _absence.Heard();
        switch (request)
        {
            case QueryState:
                answer(new StateReply(request.Id, State()));
                return;
            case QueryCounters query:
                answer(Counters(query));
                return;
            case SetSeat set:
                error = set.Route.HostKeys.Any(key => key >= SinkCodes.KeyCount) || set.Route.Clones.Any(clone => !CloneName.IsOne(clone.CloneOf)) ? RouterError.BadPacket : Switchboard.SetSeat(set.Seat, set.Route);
                break;
            case ForgetSeat forget:
                error = Switchboard.ForgetSeat(forget.Seat);
                break;
            case SetGuestLive live:
                Switchboard.SetLive(live.Guest, live.Live, live.Clones);
                break;
            case SetHotkeys set:
                if (set.Hotkeys is not { } keys || new[] { keys.Home, keys.Next, keys.Previous, keys.Focus }.Any(chord => chord.Any(key => key >= SinkCodes.KeyCount)))
                    error = RouterError.BadPacket;
                else
                    Switchboard.SetHotkeys(keys);
                break;
            case SetRelease set:
                if (set.AfterSeconds <= 0)
                    error = RouterError.BadPacket;
                else
                    _absence.Limit = Limit(set.AfterSeconds);
                break;
            case AskSources ask:
                if (!AskSources.AreCodes(ask.Codes))
                    error = RouterError.BadPacket;
                else
                    Switchboard.Ask(ask.Question, ask.Sources, ask.Codes);
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
        _absence.Dispose();
        _watchdog?.Dispose();
        _loop.Dispose();
        Buffer.Dispose();
    }

    private void Restore(string name, FileDescriptor descriptor)
    {
        Errno errno;
        if (name == StoredName.Notes)
            errno = TakeNotes(descriptor);
        else if (StoredName.TryReadSource(name, out var input))
            errno = TakeSource(input, descriptor, restored: true);
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

    private Errno TakeNotes(FileDescriptor descriptor)
    {
        try
        {
            _notes = new(new MemoryFile(descriptor));
            return Errno.None;
        }
        catch (LinuxException exception)
        {
            return exception.Errno;
        }
    }

    private void Enter(Client client)
    {
        _clients.Add(client);
        _loop.Add(client);
    }

    private void TellNews()
    {
        _noteworthy = true;
        foreach (var seat in Switchboard.TakeMovedSeats())
            Tell(new FocusChanged(seat.Name, seat.Focus?.Id));
        foreach (var answer in Switchboard.TakeAnswers())
            Tell(answer);
        foreach (var guest in Switchboard.TakeLeftGuests())
        {
            Log.Warning($"guest {guest.Id} gets no input{(guest.Live ? " of some devices" : "")}: its QEMU let go of {(guest.Live ? "their clones" : "its virtual devices")}");
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

    private CountersReply Counters(QueryCounters query)
    {
        var ports = _sources.Values.Where(port => port.Input > query.Above).OrderBy(port => port.Input).Take(CountersReply.Most + 1).ToArray();
        return new(
            query.Id, ports.Take(CountersReply.Most).Select(port => port.Meter.Read(port.Input)).ToValueList(), More: ports.Length > CountersReply.Most);
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
            new(counters.Read, counters.Written, counters.Dropped, counters.Overruns, _loop.AllocatedBytes, GC.CollectionCount(0)))
        {
            ReleaseAfter = (int?)_absence.Limit?.TotalSeconds,
        };
    }

    private static TimeSpan? Limit(int? seconds) => seconds is { } limit ? TimeSpan.FromSeconds(limit) : null;
}
