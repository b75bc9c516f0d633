using Akka.Actor;
using Microsoft.Extensions.Logging;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Observing;

namespace Phyllome.Seats.SeatManager.Routing;

/// <summary>
/// Speaks with the router. It asks for the whole state when it connects and after each request that changes something, so what it tells
/// is the router's own word and never a guess; what the router says of itself in between is followed.
/// A request is answered only after that state was told to all who listen: who hears the answer can plan with it. Of the whole state one answer
/// is under way at most, and whoever asks meanwhile shares the next: with many seats it is long, and the router closes on whom it swamps.
/// </summary>
internal sealed partial class RouterActor : ReceiveActor, IWithTimers
{
    public const string Name = "the input router";

    private readonly string _path;
    private readonly TimeSpan _deadline;
    private readonly ILogger _log;
    private readonly HashSet<IActorRef> _listeners = [];
    private readonly Dictionary<long, Pending> _pending = [];
    private readonly List<IActorRef> _next = [];

    private RouterConnection? _connection;
    private RouterState? _state;
    private Trouble? _trouble;
    private long _generation;
    private long _lastId;
    private int _failures;

    public RouterActor(string path, TimeSpan deadline, ILogger log)
    {
        (_path, _deadline, _log) = (path, deadline, log);
        Receive<Listen>(_ => OnListen());
        Receive<Terminated>(gone => _listeners.Remove(gone.ActorRef));
        Receive<AskRouter>(ask => OnAsk(ask.Request));
        Receive<Said>(said => said.Generation == _generation, said => OnSaid(said.Message));
        Receive<Lost>(lost => lost.Generation == _generation, lost => Lose(lost.Why));
        Receive<Said>(_ => { });
        Receive<Lost>(_ => { });
        Receive<Overdue>(overdue => OnOverdue(overdue.Id));
        Receive<Connect>(_ => OnConnect());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string path, TimeSpan deadline, ILogger log) => Akka.Actor.Props.Create(() => new RouterActor(path, deadline, log));

    protected override void PreStart() => OnConnect();

    protected override void PostStop() => _connection?.Dispose();

    private void OnListen()
    {
        if (!_listeners.Add(Sender))
            return;
        Context.Watch(Sender);
        if (_state is not null)
            Sender.Tell(new RouterObserved(_state));
        else if (_trouble is not null)
            Sender.Tell(new RouterObserved(null));
        if (_trouble is not null)
            Sender.Tell(_trouble);
    }

    private void OnConnect()
    {
        var (self, generation) = (Self, ++_generation);
        try
        {
            _connection = new(_path, message => self.Tell(new Said(generation, message)), why => self.Tell(new Lost(generation, why)));
        }
        catch (LinuxException failure)
        {
            Lose(failure.Message);
            return;
        }

        AskForState(ActorRefs.Nobody);
    }

    private void OnAsk(RouterRequest request)
    {
        if (_connection is null || _state is null)
            Sender.Tell(RouterAnswer.Refused("the input router is not connected"));
        else if (request is QueryState)
            AskForState(Sender);
        else
            Send(request, [Sender]);
    }

    /// <summary>Of what is now or later: an answer that is under way may be older than the wish for it.</summary>
    private void AskForState(IActorRef asker)
    {
        if (_pending.Values.Any(pending => pending.Request is QueryState))
            _next.Add(asker);
        else
            Send(new QueryState(0), [asker]);
    }

    private void Send(RouterRequest request, IReadOnlyList<IActorRef> askers)
    {
        var id = ++_lastId;
        try
        {
            _connection!.Send(request with { Id = id });
        }
        catch (LinuxException failure)
        {
            foreach (var asker in askers)
                asker.Tell(RouterAnswer.Refused(failure.Message));
            Lose(failure.Message);
            return;
        }

        _pending[id] = new(request, askers);
        Timers.StartSingleTimer(id, new Overdue(id), _deadline);
    }

    private void OnSaid(RouterMessage message)
    {
        switch (message)
        {
            case RouterReply { Error: not RouterError.None } refused when Take(refused.Id) is { } pending:
                pending.Answer(RouterAnswer.Refused(Words(refused.Error), refused.Error));
                break;
            case RouterReply done when _pending.TryGetValue(done.Id, out var pending) && pending.Request is not (QueryState or QueryCounters):
                Take(done.Id);
                foreach (var asker in pending.Askers)
                    AskForState(asker);
                break;
            case StateReply reply:
                Tell(reply.State);
                Take(reply.Id)?.Answer(RouterAnswer.Done(reply.State));
                if (_next.Count > 0)
                {
                    IActorRef[] askers = [.. _next];
                    _next.Clear();
                    Send(new QueryState(0), askers);
                }
                break;
            case CountersReply reply:
                Take(reply.Id)?.Answer(reply);
                break;
            case SourceAnswered or CodeTyped:
                foreach (var listener in _listeners)
                    listener.Tell(message);
                break;
            case not RouterReply when _state is not null:
                Tell(_state.After(message));
                break;
        }
    }

    private Pending? Take(long id)
    {
        Timers.Cancel(id);
        return _pending.Remove(id, out var pending) ? pending : null;
    }

    private void OnOverdue(long id)
    {
        if (_pending.ContainsKey(id))
            Lose($"it did not answer within {_deadline.TotalSeconds:0.#} s");
    }

    private void Lose(string why)
    {
        _generation++;
        _connection?.Dispose();
        _connection = null;
        _state = null;
        var lost = RouterAnswer.Refused($"the input router was lost: {why}");
        foreach (var id in _pending.Keys.ToList())
            Take(id)!.Answer(lost);
        foreach (var asker in _next)
            asker.Tell(lost);
        _next.Clear();

        _trouble = new(Name, $"Could not reach the input router at {_path}: {why}. Seats that are up go on; nothing changes until it is back. See: systemctl status phyllome-input-router.");
        foreach (var listener in _listeners)
        {
            listener.Tell(new RouterObserved(null));
            listener.Tell(_trouble);
        }

        Timers.StartSingleTimer(nameof(Connect), Connect.Instance, Backoff.After(++_failures));
    }

    private void Tell(RouterState state)
    {
        var first = _state is null;
        var changed = state != _state;
        var over = _trouble is not null;
        _state = state;
        if (first)
        {
            LogConnected(_log, state.Sources.Count, state.Sinks.Count, state.Seats.Count);
            (_failures, _trouble) = (0, null);
        }

        foreach (var listener in _listeners)
        {
            if (changed)
                listener.Tell(new RouterObserved(state));
            if (over)
                listener.Tell(new Trouble(Name, null));
        }
    }

    private static string Words(RouterError error) => error switch
    {
        RouterError.NoSuchSeat => "the input router knows no such seat",
        RouterError.NoSuchInput => "the input router does not hold that device",
        RouterError.OutOfReach => "that is not in the seat's reach",
        RouterError.SourceInTwoSeats => "another seat has that device",
        _ => $"the input router refused it ({error})",
    };

    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "Connected to the input router; it holds {Sources} sources, {Sinks} sinks, {Seats} seats.")]
    private static partial void LogConnected(ILogger log, int sources, int sinks, int seats);

    private sealed record Pending(RouterRequest Request, IReadOnlyList<IActorRef> Askers)
    {
        public void Answer(object answer)
        {
            foreach (var asker in Askers)
                asker.Tell(answer);
        }
    }

    private sealed record Said(long Generation, RouterMessage Message);

    private sealed record Lost(long Generation, string Why);

    private sealed record Overdue(long Id);

    private sealed record Connect
    {
        public static Connect Instance { get; } = new();
    }
}
