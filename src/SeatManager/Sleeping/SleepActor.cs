using Akka.Actor;
using Microsoft.Extensions.Logging;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Sleeping;

/// <summary>
/// Keeps logind told of what the seats ask of the host's sleep: the newest <see cref="SleepWish"/>. While something is asked it holds
/// logind's locks; before the host sleeps it pauses the guests and then gives its delay lock up, after it the guests go on. It has no
/// connection while nothing is asked.
/// </summary>
internal sealed partial class SleepActor : ReceiveActor, IWithTimers
{
    public const string Name = "sleep";

    private readonly string? _busAddress;
    private readonly IGuestPauses _guests;
    private readonly PausedFile _file;
    private readonly ILogger _log;
    private readonly HashSet<IActorRef> _listeners = [];
    private readonly Dictionary<(string What, string Mode), (string Why, FileDescriptor Lock)> _locks = [];

    private SleepWish _wish = SleepWish.Nothing;
    private Logind? _logind;
    private ValueList<Guid> _paused = [];
    private Trouble _trouble = new(Name, null);
    private bool _preparing;
    private int _failures;

    /// <summary>Of the connection. What an older one still says is dropped.</summary>
    private long _generation;

    public SleepActor(string? busAddress, IGuestPauses guests, PausedFile file, ILogger log)
    {
        (_busAddress, _guests, _file, _log) = (busAddress, guests, file, log);
        Receive<Listen>(_ =>
        {
            if (_listeners.Add(Sender))
            {
                Context.Watch(Sender);
                Sender.Tell(_trouble);
            }
        });
        Receive<Terminated>(gone => _listeners.Remove(gone.ActorRef));
        ReceiveAsync<SleepWish>(async wish =>
        {
            _wish = wish;
            await AgreeAsync();
        });
        ReceiveAsync<Agree>(_ => AgreeAsync());
        ReceiveAsync<Preparing>(preparing => IsNow(preparing.Generation), preparing => preparing.Sleeps ? BeforeSleepAsync() : AfterSleepAsync());
        ReceiveAsync<Restarted>(restarted => IsNow(restarted.Generation), async _ =>
        {
            ReleaseAll();
            await AgreeAsync();
        });
        ReceiveAsync<Lost>(lost => IsNow(lost.Generation), _ => FailAsync("the bus was lost"));
        Receive<Preparing>(_ => { });
        Receive<Restarted>(_ => { });
        Receive<Lost>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string? busAddress, IGuestPauses guests, PausedFile file, ILogger log) =>
        Akka.Actor.Props.Create(() => new SleepActor(busAddress, guests, file, log));

    protected override void PreStart()
    {
        _paused = _file.Load();
        if (_paused.Count > 0)
            Self.Tell(Agree.Instance);
    }

    protected override void PostStop()
    {
        ReleaseAll();
        _ = _logind?.DisposeAsync().AsTask();
    }

    /// <summary>Makes logind's locks those that are wished.</summary>
    private async Task AgreeAsync()
    {
        if (_logind is null && _wish == SleepWish.Nothing && _paused.Count == 0)
            return;
        try
        {
            _logind ??= await ConnectAsync();
            await HoldAsync("idle", "block", _wish.Idle);
            await HoldAsync("sleep", "block", _wish.Never);
            await HoldAsync("sleep", "delay", _wish.Pause.Count > 0 ? "the seats' guests are paused first" : null);
            _failures = 0;
            Timers.Cancel(nameof(Agree));
            Tell(null);
        }
        catch (BusException fault)
        {
            await FailAsync(fault.Message.TrimEnd('.'));
        }
    }

    private async Task<Logind> ConnectAsync()
    {
        var (self, generation) = (Self, ++_generation);
        var logind = await Logind.ConnectAsync(_busAddress, sleeps => self.Tell(new Preparing(generation, sleeps)), () => self.Tell(new Restarted(generation)));
        _ = logind.Ended.ContinueWith(_ => self.Tell(new Lost(generation)), TaskScheduler.Default);
        return logind;
    }

    private async Task HoldAsync(string what, string mode, string? why)
    {
        var had = _locks.TryGetValue((what, mode), out var held);
        // While the host falls asleep a new one would be refused; the awakening comes back here.
        if (had ? held.Why == why : why is null || (_preparing && what == "sleep"))
            return;
        // The new one first: there is no moment without.
        if (why is not null && !(_preparing && what == "sleep"))
            _locks[(what, mode)] = (why, await _logind!.InhibitAsync(what, why, mode));
        else
            _locks.Remove((what, mode));
        if (had)
            held.Lock.Dispose();
    }

    private async Task BeforeSleepAsync()
    {
        _preparing = true;
        if (_wish.Pause.Count > 0)
        {
            Keep(_paused.Union(_wish.Pause).Order().ToValueList());
            var done = await Task.WhenAll(_wish.Pause.Select(PauseAsync));
            Keep(_paused.Except(_wish.Pause).Concat(done.OfType<Guid>()).Order().ToValueList());
            LogPaused(_log, _paused.Count);
        }

        if (_locks.Remove(("sleep", "delay"), out var delay))
            delay.Lock.Dispose();
    }

    private async Task AfterSleepAsync()
    {
        _preparing = false;
        if (_paused.Count > 0)
        {
            var left = new List<Guid>();
            foreach (var guest in _paused)
            {
                try
                {
                    await _guests.ResumeAsync(guest, CancellationToken.None);
                }
                catch (GuestException failure)
                {
                    LogFailure(_log, failure.Message);
                    left.Add(guest);
                }
            }

            LogResumed(_log, _paused.Count - left.Count);
            Keep(left.ToValueList());
            if (left.Count > 0)
            {
                Timers.StartSingleTimer(nameof(Preparing), new Preparing(_generation, false), Backoff.After(++_failures));
                return;
            }
        }

        await AgreeAsync();
    }

    /// <returns>Null where there is nothing to resume later.</returns>
    private async Task<Guid?> PauseAsync(Guid guest)
    {
        try
        {
            return await _guests.PauseAsync(guest, CancellationToken.None) ? guest : null;
        }
        catch (GuestException failure)
        {
            LogFailure(_log, failure.Message);
            return null;
        }
    }

    private void Keep(ValueList<Guid> paused)
    {
        _paused = paused;
        try
        {
            _file.Save(paused);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogFailure(_log, $"Could not note which guests are paused for the host's sleep: {failure.Message}");
        }
    }

    private async Task FailAsync(string why)
    {
        ReleaseAll();
        if (_logind is { } old)
        {
            _logind = null;
            _generation++;
            await old.DisposeAsync();
        }

        Tell($"Could not agree with logind on the host's sleep: {why}; trying again. Until then the host may sleep while seats are in use.");
        Timers.StartSingleTimer(nameof(Agree), Agree.Instance, Backoff.After(++_failures));
    }

    private bool IsNow(long generation) => generation == _generation && _logind is not null;

    private void ReleaseAll()
    {
        foreach (var (_, held) in _locks.Values)
            held.Dispose();
        _locks.Clear();
    }

    private void Tell(string? sentence)
    {
        if (sentence == _trouble.Sentence)
            return;
        _trouble = new(Name, sentence);
        foreach (var listener in _listeners)
            listener.Tell(_trouble);
    }

    [LoggerMessage(EventId = 340, Level = LogLevel.Information, Message = "The host goes to sleep; {Guests} guests are paused.")]
    private static partial void LogPaused(ILogger log, int guests);

    [LoggerMessage(EventId = 341, Level = LogLevel.Information, Message = "The host is awake; {Guests} guests go on.")]
    private static partial void LogResumed(ILogger log, int guests);

    [LoggerMessage(EventId = 342, Level = LogLevel.Warning, Message = "{Sentence}")]
    private static partial void LogFailure(ILogger log, string sentence);

    private sealed record Preparing(long Generation, bool Sleeps);

    private sealed record Restarted(long Generation);

    private sealed record Lost(long Generation);

    private sealed record Agree
    {
        public static Agree Instance { get; } = new();
    }
}
