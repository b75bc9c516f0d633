namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Counts of events since the router began.</summary>
internal sealed class Counters
{
    public long Read;
    public long Written;
    public long Dropped;
    public long Overruns;
}
