using System.Collections.Concurrent;
using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Tests.Routing;

/// <summary>A router on a real socket that holds a state as the router does, but no device. Its state outlives every manager.</summary>
internal sealed class FakeRouter : IDisposable
{
    private readonly SeqPacketSocket _listening;
    private readonly DescriptorWatch _accepting;
    private readonly Lock _gate = new();
    private SeqPacketSocket? _manager;
    private DescriptorWatch? _reading;

    public FakeRouter(string path)
    {
        _listening = SeqPacketSocket.Listen(path);
        _accepting = new("fake router", _listening.Descriptor, Accept, failure => Failures.Enqueue(failure));
    }

    public ConcurrentQueue<Exception> Failures { get; } = new();

    /// <summary>All that was asked, but the queries of the state.</summary>
    public ConcurrentQueue<RouterRequest> Requests { get; } = new();

    /// <summary>Whether requests are left unanswered.</summary>
    public bool Deaf { get; set; }

    /// <summary>Told after each change of the state.</summary>
    public event Action? Changed;

    public RouterState State { get; set; } = RouterState.Empty;

    public void Hold(RouterSource source) => Broadcast(state => state with { Sources = [.. state.Sources, source] }, new SourceCame(source));

    public void Hold(RouterSink sink) => Broadcast(state => state with { Sinks = [.. state.Sinks, sink] }, new SinkCame(sink));

    public void Lose(int source) =>
        Broadcast(state => state with { Sources = state.Sources.Where(held => held.Input != source).ToValueList() }, new SourceGone(source));

    public void Focus(string seat, Guid? focus) =>
        Broadcast(
            state => state with { Seats = state.Seats.Select(held => held.Name == seat ? held with { Focus = focus } : held).ToValueList() },
            new FocusChanged(seat, focus));

    /// <summary>Ends the connection, as a router that dies does.</summary>
    public void HangUp()
    {
        _reading?.Dispose();
        lock (_gate)
        {
            _manager?.Dispose();
            _manager = null;
        }
    }

    public void Dispose()
    {
        _accepting.Dispose();
        HangUp();
        _listening.Dispose();
    }

    private bool Accept()
    {
        HangUp();
        var manager = _listening.Accept();
        lock (_gate)
            _manager = manager;
        var packet = new byte[SeqPacketSocket.LargestPacket];
        _reading = new("fake router", manager.Descriptor, () => Read(manager, packet), failure => Failures.Enqueue(failure));
        return true;
    }

    private bool Read(SeqPacketSocket manager, byte[] packet)
    {
        if (manager.TryReceive(packet, out _) is not { } length)
            return true;
        if (length == 0)
            return false;
        var request = JsonSerializer.Deserialize(packet.AsSpan(0, length), RoutingJson.Default.RouterRequest)!;
        if (request is not (QueryState or QueryCounters))
            Requests.Enqueue(request);
        if (Deaf)
            return true;
        lock (_gate)
        {
            if (request is QueryState)
            {
                Send(new StateReply(request.Id, State));
                return true;
            }

            if (request is QueryCounters query)
            {
                // One a packet, as a router with many sources tells of some.
                var left = State.Sources.Select(source => source.Input).Where(input => input > query.Above).Order().ToArray();
                Send(new CountersReply(request.Id, left.Take(1).Select(input => new SourceCounters(input, input * 10, input, 0, 0, [0, input])).ToValueList(), left.Length > 1));
                return true;
            }

            var (state, error) = Apply(State, request);
            State = state;
            Send(new RouterReply(request.Id, error));
        }

        Changed?.Invoke();
        return true;
    }

    private static (RouterState, RouterError) Apply(RouterState state, RouterRequest request) => request switch
    {
        SetSeat set => (state with
        {
            Seats =
            [
                .. state.Seats.Where(seat => seat.Name != set.Seat),
                new RouterSeat(set.Seat, set.Route, set.Route.Reach.Count > 0 ? set.Route.Reach[0] : null),
            ],
        }, RouterError.None),
        ForgetSeat forget => (state with { Seats = state.Seats.Where(seat => seat.Name != forget.Seat).ToValueList() }, RouterError.None),
        SetGuestLive live => (state with
        {
            Sinks = state.Sinks.Select(sink => sink.Guest == live.Guest ? sink with { Live = live.Live } : sink).ToValueList(),
        }, RouterError.None),
        CloseSource close => state.Sources.Any(source => source.Input == close.Input)
            ? (state with { Sources = state.Sources.Where(source => source.Input != close.Input).ToValueList() }, RouterError.None)
            : (state, RouterError.NoSuchInput),
        CloseSink close => (state with { Sinks = state.Sinks.Where(sink => sink.Input != close.Input).ToValueList() }, RouterError.None),
        SetRelease release => (state with { ReleaseAfter = release.AfterSeconds }, RouterError.None),
        SetHotkeys hotkeys => (state with { Hotkeys = hotkeys.Hotkeys }, RouterError.None),
        SetFocus focus => state.Seats.FirstOrDefault(seat => seat.Name == focus.Seat) is not { } found ? (state, RouterError.NoSuchSeat)
            : !found.Route.Reach.Contains(focus.Guest) ? (state, RouterError.OutOfReach)
            : (state with { Seats = state.Seats.Select(seat => seat == found ? seat with { Focus = focus.Guest } : seat).ToValueList() }, RouterError.None),
        _ => (state, RouterError.BadPacket),
    };

    private void Broadcast(Func<RouterState, RouterState> change, RouterMessage message)
    {
        lock (_gate)
        {
            State = change(State);
            Send(message);
        }

        Changed?.Invoke();
    }

    /// <summary>The real one closes the connection of a manager that is swamped; here it is a failure of the test.</summary>
    private void Send(RouterMessage message)
    {
        if (_manager?.TrySend(JsonSerializer.SerializeToUtf8Bytes(message, RoutingJson.Default.RouterMessage)) == Errno.EAGAIN)
            Failures.Enqueue(new InvalidOperationException("the manager does not take what it is sent"));
    }
}
