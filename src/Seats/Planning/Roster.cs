using Phyllome.Seats.Configuration;

namespace Phyllome.Seats.Planning;

/// <summary>All seats that there are: those of the configuration, then those that are remembered.</summary>
public static class Roster
{
    /// <summary>
    /// The configuration with an entry for each remembered seat. One whose name, guest or card the configuration has given to somebody
    /// is not among them; it stays remembered.
    /// </summary>
    public static SeatsConfiguration With(SeatsConfiguration wanted, Memory remembered)
    {
        var seats = remembered.Seats.Where(seat => wanted.Seats.All(wish =>
            wish.Name != seat.Name && !wish.Guests.Contains(seat.Guest) && (seat.Gpu is null || wish.Gpu != seat.Gpu))).ToArray();
        return seats.Length == 0 ? wanted : wanted with { Seats = [.. wanted.Seats, .. seats.Select(seat => Wish(seat, wanted.Spawn.Away))] };
    }

    private static ValueList<Selector> Displays(RememberedSeat seat) =>
        seat.Displays.Select(text => Selectors.TryParse(text, Selectors.ForDisplays, out var selector, out _) ? selector : null).OfType<Selector>().ToValueList();

    private static SeatWish Wish(RememberedSeat seat, WhenAway away) => new(seat.Name, [seat.Guest], [], Displays(seat), seat.Gpu, null, SeatPlaces.Nowhere) { IsRemembered = true, Away = away, CloneOf = seat.CloneOf };
}
