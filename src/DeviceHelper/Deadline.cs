using System.Diagnostics;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>A moment by which something has to be done.</summary>
internal readonly struct Deadline(TimeSpan after)
{
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Left => after - Stopwatch.GetElapsedTime(_began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
