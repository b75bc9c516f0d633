using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>A descriptor that the loop watches.</summary>
internal abstract class Watched(FileDescriptor descriptor)
{
    public FileDescriptor Descriptor => descriptor;

    /// <summary>With <see cref="PollEvents.Edge"/> where each time all that there is is read.</summary>
    public virtual PollEvents Awaited => PollEvents.In;

    /// <summary>Where it stands in the loop; 0 while it is not watched.</summary>
    public ulong Tag { get; set; }

    /// <summary>Something is to be read, the other side is gone, or there is room that was waited for.</summary>
    public abstract void OnReady(PollEvents events);
}

/// <summary>The one thread's wait. Waking up and dispatching allocates nothing.</summary>
internal sealed class Loop : IDisposable
{
    private const ulong StopTag = 0;

    private const int Batch = 16;

    private readonly Epoll _epoll = new(Batch);
    private readonly EventFd _stop = new();
    private Watched?[] _slots = new Watched?[16];
    private uint _generation;
    private long _allocatedBefore;

    public Loop() => _epoll.Add(_stop.Descriptor, PollEvents.In, StopTag);

    /// <summary>Allocated by the loop's thread while it did nothing but wait and pass on what came of sources.</summary>
    public long AllocatedBytes { get; private set; }

    public void Add(Watched watched)
    {
        var slot = Array.IndexOf(_slots, null);
        if (slot < 0)
        {
            slot = _slots.Length;
            Array.Resize(ref _slots, slot * 2);
        }

        // The generation keeps a readiness that was fetched for a closed descriptor from reaching the next one in its slot.
        var tag = ((ulong)++_generation << 32) | (uint)slot;
        _epoll.Add(watched.Descriptor, watched.Awaited, tag);
        watched.Tag = tag;
        _slots[slot] = watched;
    }

    /// <summary>Whether <see cref="Watched.OnReady"/> is also called when there is room to write.</summary>
    public void AwaitRoom(Watched watched, bool wanted)
    {
        if (watched.Tag != 0)
            _epoll.Modify(watched.Descriptor, wanted ? PollEvents.In | PollEvents.Out : PollEvents.In, watched.Tag);
    }

    /// <summary>Tells of it once more where it is ready, after all others that are: of one that was left with something to be read.</summary>
    public void Again(Watched watched)
    {
        if (watched.Tag != 0)
            _epoll.Modify(watched.Descriptor, watched.Awaited, watched.Tag);
    }

    /// <summary>Call it before the descriptor is closed. One that is not watched (any more) is left alone.</summary>
    public void Remove(Watched watched)
    {
        if (watched.Tag == 0)
            return;
        _epoll.Remove(watched.Descriptor);
        _slots[(uint)watched.Tag] = null;
        watched.Tag = 0;
    }

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    /// <param name="after">Called after each descriptor that was ready, but for a source whose events were passed on and nothing more.</param>
    public void Run(Action after)
    {
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        while (true)
        {
            var count = _epoll.Wait();
            for (var i = 0; i < count; i++)
            {
                var (events, tag) = _epoll[i];
                if (tag == StopTag)
                    return;
                if (_slots[(uint)tag] is not { } watched || watched.Tag != tag)
                    continue;
                if (watched is not SourcePort source || !source.Pass())
                    Attend(watched, events, after);
            }
        }
    }

    private void Attend(Watched watched, PollEvents events, Action after)
    {
        AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
        watched.OnReady(events);
        after();
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>May be called from any thread.</summary>
    public void Stop() => _stop.Signal();

    public void Dispose()
    {
        _epoll.Dispose();
        _stop.Dispose();
    }
}
