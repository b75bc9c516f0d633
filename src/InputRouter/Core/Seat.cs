using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A seat: the sources that are there, the guests in reach, and the one that they go to now.</summary>
internal sealed class Seat(string name)
{
    public string Name => name;

    public SeatRoute Route { get; set; } = new([], []);

    /// <summary>In the order of the route.</summary>
    public Guest[] Reach { get; set; } = [];

    /// <summary>The host where it is in reach, else the first; null where nothing is.</summary>
    public Guest? Home { get; set; }

    /// <summary>Keys that go to <see cref="Host"/> whatever the focus is.</summary>
    public KeySet HostKeys;

    /// <summary>Null where no key goes there.</summary>
    public Guest? Host { get; set; }

    public List<Source> Sources { get; } = [];

    public Guest? Focus { get; set; }

    /// <summary>The focus that was last told of.</summary>
    public Guest? ToldFocus { get; set; }

    /// <summary>Held down alone, it leads home; -1 where the home chord does.</summary>
    public int LongPressKey { get; set; } = -1;

    /// <summary>When that key, going down now, will have been held for long: microseconds of CLOCK_MONOTONIC.</summary>
    public long? LongPressAt { get; set; }

    /// <summary>Where a key goes.</summary>
    public Guest? TargetOf(int code) => HostKeys.Has(code) ? Host : Focus;

    public void EndFrame(long seconds, long microseconds)
    {
        Focus?.EndFrame(seconds, microseconds);
        Host?.EndFrame(seconds, microseconds);
    }

    public bool HasDown(int code)
    {
        foreach (var source in Sources)
        {
            if (source.Down.Has(code))
                return true;
        }

        return false;
    }

    public bool HasOnlyDown(int code)
    {
        foreach (var source in Sources)
        {
            var first = source.Down.Next(0);
            if (first >= 0 && (first != code || source.Down.Next(code + 1) >= 0))
                return false;
        }

        return true;
    }
}
