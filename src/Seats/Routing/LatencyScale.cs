using System.Numerics;
using System.Runtime.CompilerServices;

namespace Phyllome.Seats.Routing;

/// <summary>The buckets of a histogram of microseconds: one for each below 32, then sixteen to each power of two, so that a figure is at most a sixteenth too large.</summary>
public static class LatencyScale
{
    private const int Exact = 32;
    private const int Steps = 16;
    private const int LowestPower = 5;
    private const int HighestPower = 25;

    /// <summary>The last one holds everything from a minute on.</summary>
    public const int Buckets = Exact + ((HighestPower - LowestPower + 1) * Steps);

    /// <param name="microseconds">What is negative counts as none: a clock was set, or a report has a time of its own making.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BucketOf(long microseconds)
    {
        if (microseconds < Exact)
            return (int)Math.Max(0, microseconds);
        var power = BitOperations.Log2((ulong)microseconds);
        return power > HighestPower ? Buckets - 1 : Exact + ((power - LowestPower) * Steps) + ((int)(microseconds >> (power - 4)) & (Steps - 1));
    }

    /// <summary>The largest that falls into it, in microseconds.</summary>
    public static long Most(int bucket)
    {
        if (bucket < Exact)
            return bucket;
        var (power, step) = Math.DivRem(bucket - Exact, Steps);
        return ((long)(Steps + step + 1) << (power + 1)) - 1;
    }

    /// <summary>That part of the counted took at most so many microseconds; null where nothing was counted.</summary>
    /// <param name="counts">Of each bucket; those that are left out at the end are empty.</param>
    /// <param name="part">1 for the longest.</param>
    public static long? Percentile(ReadOnlySpan<long> counts, double part)
    {
        var total = 0L;
        foreach (var count in counts)
            total += count;
        var wanted = Math.Max(1, (long)Math.Ceiling(total * part));
        var seen = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= wanted)
                return Most(bucket);
        }

        return null;
    }
}
