using Akka.Actor;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>
/// Keeps those who <see cref="Listen"/> told of one part of the machine. It reads off the actor's thread, never twice at a time, and at
/// most once a <see cref="Pause"/>, so that a storm of changes costs a handful of reads. What it cannot read it tells as
/// <see cref="Trouble"/> and tries again after 1, 2, 4, ... 60 s; with nothing wrong it has no timer.
/// </summary>
internal sealed class ObserverActor<T> : ReceiveActor, IWithTimers
    where T : class, IEquatable<T>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly ISight<T> _sight;
    private readonly HashSet<IActorRef> _listeners = [];

    private T? _newest;
    private Trouble? _trouble;
    private IDisposable? _watch;
    private bool _looking, _changedMeanwhile;
    private int _failures;

    /// <summary>Of the watch. What an older watch still says is dropped.</summary>
    private long _generation;

    public ObserverActor(string name, ISight<T> sight)
    {
        (_name, _sight) = (name, sight);
        Receive<Listen>(_ => OnListen());
        Receive<Terminated>(gone => _listeners.Remove(gone.ActorRef));
        Receive<Changed>(changed => OnChanged(changed.Generation));
        Receive<Due>(_ => Look());
        Receive<Seen>(OnSeen);
        Receive<NotSeen>(OnNotSeen);
        Receive<WatchEnded>(OnWatchEnded);
        Receive<Reopen>(_ => Open());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string name, ISight<T> sight) => Akka.Actor.Props.Create(() => new ObserverActor<T>(name, sight));

    protected override void PreStart() => Open();

    protected override void PostStop() => _watch?.Dispose();

    private void Open()
    {
        _watch?.Dispose();
        _watch = null;
        var (self, generation) = (Self, ++_generation);
        try
        {
            _watch = _sight.Watch(() => self.Tell(new Changed(generation)), failure => self.Tell(new WatchEnded(generation, failure)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            TryAgain($"Could not watch {_name}: {failure.Message}; trying again.", Reopen.Instance);
        }

        OnChanged(generation);
    }

    private void OnListen()
    {
        if (!_listeners.Add(Sender))
            return;
        Context.Watch(Sender);
        if (_newest is not null)
            Sender.Tell(_newest);
        if (_trouble is not null)
            Sender.Tell(_trouble);
    }

    private void OnChanged(long generation)
    {
        if (generation != _generation)
            return;
        if (_looking)
            _changedMeanwhile = true;
        else if (!Timers.IsTimerActive(nameof(Due)))
            Timers.StartSingleTimer(nameof(Due), Due.Instance, _newest is null ? TimeSpan.Zero : Pause);
    }

    private void Look()
    {
        if (_looking)
            return;
        (_looking, _changedMeanwhile) = (true, false);
        var (sight, before, generation) = (_sight, _newest, _generation);
        Task.Run(() => sight.Look(before)).PipeTo(Self, success: seen => new Seen(seen), failure: failure => new NotSeen(generation, failure));
    }

    private void OnSeen(Seen seen)
    {
        _looking = false;
        if (!Timers.IsTimerActive(nameof(Reopen)))
        {
            _failures = 0;
            Tell(new Trouble(_name, null));
        }

        if (!seen.What.Equals(_newest))
        {
            _newest = seen.What;
            foreach (var listener in _listeners)
                listener.Tell(seen.What);
        }

        if (_changedMeanwhile)
            OnChanged(_generation);
    }

    private void OnNotSeen(NotSeen failure)
    {
        _looking = false;
        TryAgain($"Could not read {_name}: {failure.Why.Message}; trying again.", new Changed(failure.Generation));
    }

    private void OnWatchEnded(WatchEnded ended)
    {
        if (ended.Generation == _generation)
            TryAgain($"Could not go on watching {_name}: {ended.Why.Message}; starting anew.", Reopen.Instance);
    }

    private void TryAgain(string sentence, object message)
    {
        Tell(new Trouble(_name, sentence));
        Timers.StartSingleTimer(message is Reopen ? nameof(Reopen) : nameof(Changed), message, Backoff.After(++_failures));
    }

    private void Tell(Trouble trouble)
    {
        if (trouble == _trouble || (_trouble is null && trouble.Sentence is null))
            return;
        _trouble = trouble;
        foreach (var listener in _listeners)
            listener.Tell(trouble);
    }

    private sealed record Changed(long Generation);

    private sealed record WatchEnded(long Generation, Exception Why);

    private sealed record Seen(T What);

    private sealed record NotSeen(long Generation, Exception Why);

    private sealed record Due
    {
        public static Due Instance { get; } = new();
    }

    private sealed record Reopen
    {
        public static Reopen Instance { get; } = new();
    }
}
