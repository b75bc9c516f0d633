using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A seat: the sources that are there, the guests in reach, and the one that they go to now.</summary>
internal sealed class Seat(string name)
{
    public string Name => name;

    public SeatRoute Route { get; set; } = new([], []);

    /// <summary>In the order of the route; the first is home.</summary>
    public Guest[] Reach { get; set; } = [];

    public List<Source> Sources { get; } = [];

    public Guest? Focus { get; set; }

    /// <summary>The focus that was last told of.</summary>
    public Guest? ToldFocus { get; set; }

    public bool HasDown(int code)
    {
        foreach (var source in Sources)
        {
            if (source.Down.Has(code))
                return true;
        }

        return false;
    }
}
