using System.Runtime.CompilerServices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>What passed of one source since it came. Only the routing thread counts and reads, so that neither waits for the other; counting allocates nothing.</summary>
internal sealed class Meter
{
    private readonly long[] _latency = new long[LatencyScale.Buckets];
    private long _events, _batches, _dropped, _overruns;

    /// <param name="now">When the last of it was written: microseconds of CLOCK_MONOTONIC, as the events have it.</param>
    /// <param name="dropped">How many of its events nobody got.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Count(ReadOnlySpan<InputEvent> batch, long now, long dropped)
    {
        _batches++;
        _events += batch.Length;
        _dropped += dropped;
        foreach (ref readonly var one in batch)
        {
            if (one.Type != InputCodes.EV_SYN)
                continue;
            if (one.Code == InputCodes.SYN_REPORT)
                _latency[LatencyScale.BucketOf(now - ((one.Seconds * 1_000_000) + one.Microseconds))]++;
            else if (one.Code == InputCodes.SYN_DROPPED)
                _overruns++;
        }
    }

    public SourceCounters Read(int input)
    {
        var end = _latency.AsSpan().LastIndexOfAnyExcept(0) + 1;
        return new(input, _events, _batches, _dropped, _overruns, ValueList.Create<long>(_latency.AsSpan(0, end)));
    }
}
