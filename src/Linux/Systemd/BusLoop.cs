using System.Diagnostics;
using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;
using static Phyllome.Seats.Linux.Systemd.NativeSystemd;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>
/// The thread of a bus. sd-bus has no locks, so all that touches the bus, its messages and its slots runs here: as work that was
/// posted, or in a callback of sd-bus.
/// </summary>
internal sealed unsafe class BusLoop : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Work> _queue = [];
    private readonly EventFd _wake = new();
    private readonly HashSet<BusEntry> _entries = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BusException? _end;
    private Exception? _failure;
    private bool _stopping;

    internal BusLoop(BusHandle bus)
    {
        Bus = bus;
        new Thread(Run) { Name = "bus", IsBackground = true }.Start();
    }

    private readonly record struct Work(Action Do, Action<Exception> Refuse);

    internal BusHandle Bus { get; }

    /// <summary>Completes after <see cref="Dispose"/>; fails where the bus was lost.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Runs <paramref name="work"/> on the thread, in the order of posting. What it throws, or that the bus has ended, goes to <paramref name="refuse"/>.</summary>
    internal void Post(Action work, Action<Exception> refuse)
    {
        BusException? end;
        lock (_gate)
        {
            end = _end;
            if (end == null)
            {
                _queue.Enqueue(new(work, refuse));
                _wake.Signal();
            }
        }
        if (end != null)
            refuse(end);
    }

    internal Task<T> InvokeAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.SetResult(work()), fault => done.TrySetException(fault));
        return done.Task;
    }

    /// <summary>Ends the thread, which frees everything and then completes <see cref="Ended"/>.</summary>
    public void Dispose() => Post(() => _stopping = true, static _ => { });

    /// <summary>Ends the bus after the running callback; for a handler that threw.</summary>
    internal void Fail(Exception failure) => _failure ??= failure;

    internal void Keep(BusEntry entry) => _entries.Add(entry);

    internal void Release(BusEntry entry)
    {
        if (_entries.Remove(entry))
            entry.Dispose();
    }

    private void Run()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                RunQueued();
                if (_stopping)
                    break;
                var processed = sd_bus_process(Bus, 0);
                if (_failure != null)
                    throw _failure;
                if (processed < 0)
                    throw new BusException(BusErrors.Disconnected, $"The connection to D-Bus was lost: {BusException.FromErrno(processed, "go on").Message}.");
                if (processed == 0)
                    Wait();
            }
        }
        catch (Exception fault)
        {
            failure = fault;
        }
        End(failure);
    }

    private void RunQueued()
    {
        while (!_stopping)
        {
            Work work;
            lock (_gate)
            {
                if (!_queue.TryDequeue(out work))
                    return;
            }
            try
            {
                work.Do();
            }
            catch (Exception fault)
            {
                work.Refuse(fault);
            }
        }
    }

    private void Wait()
    {
        // All three may differ after each sd_bus_process; the timeout is an absolute time of CLOCK_MONOTONIC.
        var fd = BusException.Check(sd_bus_get_fd(Bus), "wait for the bus");
        var events = BusException.Check(sd_bus_get_events(Bus), "wait for the bus");
        BusException.Check(sd_bus_get_timeout(Bus, out var deadline), "wait for the bus");
        NativeLibc.timespec left = default;
        if (deadline != ulong.MaxValue)
        {
            // Stopwatch reads CLOCK_MONOTONIC in nanoseconds on Linux (runtime, pal_time.c).
            var now = (ulong)Stopwatch.GetTimestamp() / 1000;
            var microseconds = deadline > now ? deadline - now : 0;
            left = new() { tv_sec = (long)(microseconds / 1_000_000), tv_nsec = (long)(microseconds % 1_000_000) * 1000 };
        }
        // Both descriptors live until End, on this thread.
        var waits = stackalloc NativeLibc.pollfd[]
        {
            new() { fd = fd, events = (short)events }, new() { fd = _wake.Descriptor.Number, events = (short)PollEvents.In },
        };
        // Safety: two initialized entries and a timeout on this stack.
        if (NativeLibc.ppoll(waits, 2, deadline == ulong.MaxValue ? null : &left, null) < 0 && (Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
            throw LinuxException.Last("could not wait for D-Bus");
        _wake.Clear();
    }

    // Native objects go first: once _end is set, whoever posts is refused on a thread of its own.
    private void End(Exception? failure)
    {
        var end = failure as BusException ?? new BusException(BusErrors.Disconnected, failure?.Message ?? "The connection to D-Bus was closed.");
        foreach (var entry in _entries)
            entry.Abandon(end);
        foreach (var entry in _entries)
            entry.Dispose();
        _entries.Clear();
        Bus.Dispose();
        Work[] rest;
        lock (_gate)
        {
            _end = end;
            rest = [.. _queue];
            _queue.Clear();
            _wake.Dispose();
        }
        foreach (var work in rest)
            work.Refuse(end);
        if (failure == null)
            _ended.SetResult();
        else
            _ended.SetException(failure);
    }
}
