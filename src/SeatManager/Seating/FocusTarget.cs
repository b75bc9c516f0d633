using Phyllome.Seats.Guests;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>Finds the guest, or the host, that a person means. Pure.</summary>
internal static class FocusTarget
{
    /// <returns>The guest in the seat's reach; or null with why not.</returns>
    public static (Guid? Guest, Answer? Refusal) Find(RouterSeat seat, string target, ValueList<Guest>? guests)
    {
        var reach = seat.Route.Reach;
        if (reach.Count == 0)
            return (null, Answer.Refused(Refusal.Failed, $"Could not move the input of seat {seat.Name}: it has no guest in reach yet. See: seatctl status."));
        switch (target)
        {
            case "home":
                return (HostReach.HomeOf(reach), null);
            case "next":
                return (reach[(Now() + 1) % reach.Count], null);
            case "previous":
                return (reach[(Math.Max(Now(), 0) + reach.Count - 1) % reach.Count], null);
            case HostReach.Word:
                return reach.Contains(HostReach.Id)
                    ? (HostReach.Id, null)
                    : (null, Answer.Refused(Refusal.AgainstPolicy, $"Could not move the input of seat {seat.Name} to the host: it is not in the seat's reach. Write seat = \"{seat.Name}\" in [host] of seats.toml."));
        }

        var named = (guests ?? []).FirstOrDefault(guest => guest.Name == target);
        if (named is null)
            return (null, Answer.Refused(Refusal.NotThere, $"Could not move the input of seat {seat.Name} to '{target}': there is no such guest. See: seatctl status."));
        return reach.Contains(named.Uuid)
            ? (named.Uuid, null)
            : (null, Answer.Refused(Refusal.AgainstPolicy, $"Could not move the input of seat {seat.Name} to '{target}': it is not in the seat's reach. Add it to the seat's guests in seats.toml."));

        int Now() => seat.Focus is { } focus ? reach.ToList().IndexOf(focus) : -1;
    }
}
