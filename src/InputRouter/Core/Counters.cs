namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Counts of events since the router began.</summary>
internal sealed class Counters
{
    public long Read;
    public long Written;
    /// <summary>For no live guest, or (keys down and up again) for one that did not read for long.</summary>
    public long Dropped;
    public long Overruns;
}
