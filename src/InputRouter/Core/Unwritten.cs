namespace Phyllome.Seats.InputRouter.Core;

/// <summary>The sinks to which something was given since they were last written to: what a report costs does not grow with the number of guests.</summary>
internal sealed class Unwritten
{
    private Sink?[] _sinks = new Sink?[16];
    private int _count;

    /// <summary>Makes room for so many sinks, so that <see cref="Add"/> allocates nothing.</summary>
    public void Reserve(int sinks)
    {
        if (sinks > _sinks.Length)
            Array.Resize(ref _sinks, sinks * 2);
    }

    /// <summary>A sink adds itself, once until it is flushed here.</summary>
    public void Add(Sink sink)
    {
        // Mostly it is the one that was there the last time: a reference that is written is told to the collector, which costs more than to look.
        if (_sinks[_count] != sink)
            _sinks[_count] = sink;
        _count++;
    }

    public void Flush()
    {
        for (var i = 0; i < _count; i++)
            _sinks[i]!.Leave();
        _count = 0;
    }

    /// <summary>Keeps no sink that is not on the list.</summary>
    public void Forget() => Array.Clear(_sinks, _count, _sinks.Length - _count);
}
