using System.Collections.Concurrent;

namespace Phyllome.Seats.InputRouter;

/// <summary>
/// A thread for what makes its caller wait for an RCU grace period, often 10 ms and more: to end a grab, to close an event node
/// (drivers/input/evdev.c, evdev_ungrab and evdev_detach_client). No other seat's input waits for it.
/// </summary>
internal sealed class Aside : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public Aside()
    {
        _thread = new(() =>
        {
            foreach (var one in _work.GetConsumingEnumerable())
                one();
        }) { Name = "aside", IsBackground = true };
        _thread.Start();
    }

    /// <summary>In the order in which they are given, on the other thread.</summary>
    public void Do(Action work) => _work.Add(work);

    /// <summary>Waits until all is done.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
