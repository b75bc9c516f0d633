using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The laws of seats that are seen from elsewhere.</summary>
internal static partial class Laws
{
    private static void Remotes(SeatsConfiguration wanted, Inventory observed, Current current, Plan plan)
    {
        var doors = current.Doors ?? [];
        foreach (var start in plan.Steps.OfType<StartGuest>())
        {
            var seen = wanted.Seats.First(seat => seat.Name == start.Seat).Remote ?? wanted.Seats.FirstOrDefault(seat => seat.Remote is not null && seat.Guests.Contains(start.GuestName))?.Remote;
            Law(seen is null == start.Remote is null, "a guest that a seat may have seen from elsewhere is started so that it can be seen, and no other");
            Law(start.Remote?.Size == seen?.Size, "a guest's screen is as large as its seat says");
        }
        foreach (var ended in plan.Steps.Select(step => step switch { StopGuest stop => stop.GuestName, SaveGuest save => save.GuestName, _ => null }))
            Law(ended is null || doors.All(door => door.Viewers.All(viewer => viewer.Guest != ended)), "no guest is ended that somebody sees from elsewhere");
        foreach (var away in plan.Steps.OfType<EndRemoteViewers>())
        {
            Law(observed.Guests is not null, "while libvirt cannot be asked, viewers see what they see");
            Law(doors.First(door => door.Seat == away.Seat).Viewers.Any(viewer => viewer.Guest != Seen(away.Seat, wanted, observed, current)), "viewers go when the focus does, and not before");
        }
    }

    private static void DoorsReached(World world, SeatsConfiguration wanted, Plan plan)
    {
        if (world.Doors is not { } doors)
            return;
        var seen = wanted.Seats.Where(seat => seat.Remote is not null).ToArray();
        Law(doors.Select(door => door.Seat).Order(StringComparer.Ordinal).SequenceEqual(seen.Select(seat => seat.Name).Order(StringComparer.Ordinal)),
            "each seat that is to be seen from elsewhere has one door, be its guest there or not, and no other seat has one");
        foreach (var seat in seen)
        {
            var (door, said) = (doors.First(door => door.Seat == seat.Name), world.Memory.Remotes.FirstOrDefault(remote => remote.Seat == seat.Name));
            Law(door.As is { } told && (told.Listen, told.User, told.ViewOnly, told.Owner, told.Password) == (seat.Remote!.Listen, seat.Remote.User ?? seat.Owner ?? seat.Name, said?.ViewOnly ?? seat.Remote.ViewOnly, seat.Owner, said?.Password),
                "a door is what its seat says, but for what somebody said of it since");
            if (!world.LibvirtIsThere)
                continue;
            Law(door.Viewers.All(viewer => viewer.Guest == Seen(seat.Name, wanted, world.Observed, world.Current)), "who sees a seat sees the guest that has its focus");
            Law(world.Guests.GetValueOrDefault(seat.Guests[0]) is not { State: GuestState.Running or GuestState.Paused, Vnc: null } || plan.Problems.Any(problem => problem.Seat == seat.Name && problem.Sentence.Contains("without a remote display", StringComparison.Ordinal)),
                "that a guest runs and cannot be seen is said");
        }
    }

    /// <summary>Whether somebody sees a guest of a seat that was left by a viewer, or sits in front of it at another seat.</summary>
    private static bool IsUsedElsewhere(World world, SeatWish seat, Guest guest) =>
        world.Doors?.Exists(door => door.Viewers.Any(viewer => door.Seat == seat.Name || viewer.Guest == guest.Name)) == true
        || world.Routes.Any(route => route.Value.Sources.Count > 0 && world.FocusOf(route.Key) == guest.Uuid);

    /// <summary>Name of the guest that a seat's input goes to; null for the host.</summary>
    private static string? Seen(string seat, SeatsConfiguration wanted, Inventory observed, Current current)
    {
        var focus = current.Router.Seats.FirstOrDefault(route => route.Name == seat)?.Focus;
        return focus is null ? wanted.Seats.First(one => one.Name == seat).Guests[0] : observed.Guests!.Value.FirstOrDefault(guest => guest.Uuid == focus)?.Name;
    }
}
