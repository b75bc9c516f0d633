namespace Phyllome.Seats.Linux.Libc;

/// <summary>
/// A thread of its own that waits for one descriptor and tells when something is there. It ends when it is disposed, when
/// <c>ready</c> says so, or when <c>ready</c> throws, which is told to <c>failed</c> once.
/// </summary>
public sealed class DescriptorWatch : IDisposable
{
    private const ulong StopTag = 0, DescriptorTag = 1;

    private readonly Epoll _epoll = new();
    private readonly EventFd _stop = new();
    private readonly Thread _thread;
    private int _ended;

    /// <param name="name">The thread's name.</param>
    /// <param name="descriptor">Stays the caller's; it must outlive this.</param>
    /// <param name="ready">Takes what is there; false to end. On the thread of the watch, as is <paramref name="failed"/>.</param>
    /// <param name="events">What counts as something.</param>
    public DescriptorWatch(string name, FileDescriptor descriptor, Func<bool> ready, Action<Exception> failed, PollEvents events = PollEvents.In)
    {
        _epoll.Add(_stop.Descriptor, PollEvents.In, StopTag);
        _epoll.Add(descriptor, events, DescriptorTag);
        _thread = new Thread(() => Run(ready, failed)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the thread and waits for its end, except on that thread itself.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _stop.Signal();
        if (Thread.CurrentThread == _thread)
            return;
        _thread.Join();
        _epoll.Dispose();
        _stop.Dispose();
    }

    private void Run(Func<bool> ready, Action<Exception> failed)
    {
        try
        {
            while (true)
            {
                var count = _epoll.Wait();
                for (var i = 0; i < count; i++)
                {
                    if (_epoll[i].Tag == StopTag)
                        return;
                }

                if (count > 0 && !ready())
                    return;
            }
        }
#pragma warning disable CA1031 // The edge of the thread: whatever ends it is told, and its owner decides.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failed(failure);
        }
    }
}
