using System.Collections.Concurrent;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>
/// A thread for what makes its caller wait for an RCU grace period, often 10 ms and more: to end a grab, to close an event node
/// (drivers/input/evdev.c, evdev_ungrab and evdev_detach_client), to end a device. No other seat's input waits for it.
/// </summary>
internal sealed class Aside : Watched, IDisposable
{
    private readonly BlockingCollection<(Action Work, Action? Then)> _work = [];
    private readonly ConcurrentQueue<Action> _done = [];
    private readonly EventFd _wake;
    private readonly Thread _thread;

    public Aside()
        : this(new EventFd())
    {
    }

    private Aside(EventFd wake)
        : base(wake.Descriptor)
    {
        _wake = wake;
        _thread = new(Run) { Name = "aside", IsBackground = true };
        _thread.Start();
    }

    /// <summary>In the order in which they are given, on the other thread.</summary>
    /// <param name="then">On the loop's thread, when it is done.</param>
    public void Do(Action work, Action? then = null) => _work.Add((work, then));

    public override void OnReady(PollEvents events)
    {
        _wake.Clear();
        while (_done.TryDequeue(out var then))
            then();
    }

    /// <summary>Waits until all is done; what should be then is not.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        foreach (var (work, then) in _work.GetConsumingEnumerable())
        {
            work();
            if (then is null)
                continue;
            _done.Enqueue(then);
            _wake.Signal();
        }
    }
}
