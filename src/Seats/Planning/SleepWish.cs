using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Planning;

/// <summary>What the seats ask of the host's sleep.</summary>
/// <param name="Idle">Why the host is not to fall asleep by itself: its desktop cannot see what is typed at a seat. Null where it may.</param>
/// <param name="Never">Why it cannot be suspended at all. Null where it can.</param>
/// <param name="Pause">Guests that run for seats: they are paused before the host sleeps, and go on after it.</param>
public sealed record SleepWish(string? Idle, string? Never, ValueList<Guid> Pause)
{
    public static SleepWish Nothing { get; } = new(null, null, []);

    /// <param name="wanted">With the remembered seats.</param>
    /// <param name="doors">Who sees a guest from elsewhere uses it.</param>
    public static SleepWish Of(SeatsConfiguration wanted, ValueList<Guest> guests, RouterState router, ValueList<OpenedDoor>? doors = null)
    {
        var own = guests.Where(guest => SeatOf(guest) is not null).OrderBy(guest => guest.Name, StringComparer.Ordinal).ToArray();
        var running = own.Where(guest => guest.State == GuestState.Running).ToArray();
        string[] used = [.. wanted.Seats.Where(seat => IsUsed(seat)).Select(seat => seat.Name).Order(StringComparer.Ordinal)];
        var bound = Array.Find(own, guest => guest.Passed.Count > 0);
        return new(
            used.Length == 0 ? null : used.Length == 1 ? $"seat {used[0]} is in use" : $"seats {string.Join(", ", used)} are in use",
            bound is null ? null
                : $"guest '{bound.Name}' of seat {SeatOf(bound)} has {string.Join(" and ", bound.Passed.Order(StringComparer.Ordinal))}, and a device that is passed "
                    + "through is lost when the host sleeps: shut that guest down first",
            running.Select(guest => guest.Uuid).ToValueList());

        // Be it that its owner started it without the overlay.
        string? SeatOf(Guest guest) => guest.Seat ?? wanted.Seats.FirstOrDefault(seat => seat.Guests.Contains(guest.Name))?.Name;

        bool IsUsed(SeatWish seat) =>
            (router.Seats.Any(route => route.Name == seat.Name && route.Route.Sources.Count > 0) || (doors ?? []).Any(door => door.Seat == seat.Name && door.Viewers.Count > 0))
            && running.Any(guest => seat.Guests.Contains(guest.Name));
    }
}
