using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Phyllome.Seats.SeatManager;

/// <summary>
/// Akka's own scheduler wakes at every tick of a wheel, also when nothing is scheduled: a hundred times a second by default. This one has
/// a timer of the runtime for each thing that is scheduled, and so nothing runs while nothing is.
/// Named in the configuration of the actor system; Akka makes it.
/// </summary>
public sealed class QuietScheduler(Config scheduler, ILoggingAdapter log) : SchedulerBase(scheduler, log), IDisposable
{
    private static readonly long Began = Stopwatch.GetTimestamp();

    private readonly HashSet<Entry> _entries = [];
    private bool _disposed;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(Began);

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    public void Dispose()
    {
        List<Entry> left;
        lock (_entries)
        {
            _disposed = true;
            left = [.. _entries];
            _entries.Clear();
        }

        left.ForEach(entry => entry.Dispose());
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        if (cancelable is { IsCancellationRequested: true })
            return;
        var entry = new Entry(this, action, interval == Timeout.InfiniteTimeSpan);
        lock (_entries)
        {
            // As Akka's own does, what comes during the shutdown is let go.
            if (_disposed)
                return;
            _entries.Add(entry);
        }

        entry.Start(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, interval, cancelable?.Token ?? CancellationToken.None);
    }

    private void Forget(Entry entry)
    {
        lock (_entries)
            _entries.Remove(entry);
        entry.Dispose();
    }

    /// <summary>The set above holds it: a runtime timer that nothing refers to is collected and never fires.</summary>
    private sealed class Entry : IDisposable
    {
        private readonly QuietScheduler _owner;
        private readonly Action _action;
        private readonly bool _once;
        private readonly Timer _timer;
        private CancellationTokenRegistration _cancelled;

        public Entry(QuietScheduler owner, Action action, bool once)
        {
            (_owner, _action, _once) = (owner, action, once);
            _timer = new(_ => Fire());
        }

        public void Start(TimeSpan delay, TimeSpan interval, CancellationToken cancelled)
        {
            _cancelled = cancelled.UnsafeRegister(static entry => ((Entry)entry!).Cancel(), this);
            try
            {
                _timer.Change(delay, interval);
            }
            catch (ObjectDisposedException)
            {
                // It was cancelled meanwhile, or the scheduler ended.
            }
        }

        public void Dispose()
        {
            _timer.Dispose();
            // Not Dispose(): that waits for a callback that runs on another thread, and may be called from it.
            _cancelled.Unregister();
        }

        private void Cancel() => _owner.Forget(this);

        private void Fire()
        {
            if (_once)
                _owner.Forget(this);
            try
            {
                _action();
            }
#pragma warning disable CA1031 // What is scheduled belongs to others; its failure must not end the process.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _owner.Log.Error(failure, "A scheduled action failed.");
            }
        }
    }
}
