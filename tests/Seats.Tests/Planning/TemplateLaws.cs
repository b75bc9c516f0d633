using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The laws of guests that are made for seats, and discarded with their use.</summary>
internal static partial class Laws
{
    private static void Clones(SeatsConfiguration wanted, Inventory observed, Dictionary<string, Device> devices, Plan plan)
    {
        foreach (var made in plan.Steps.OfType<CloneGuest>())
        {
            Law(wanted.Seats.Any(seat => seat.Name == made.Seat && seat.CloneOf == made.CloneOf && seat.Guests[0] == made.GuestName), "a clone is made for a seat that is to have one");
            Law(IsSatAt(made.Seat, devices, plan), "a clone is made when somebody sits down");
            Law(observed.Guests is { } guests && guests.All(guest => guest.Name != made.GuestName) && guests.Any(guest => guest.Name == made.CloneOf.Base), "a clone is made once, of what is there");
        }
        foreach (var discarded in plan.Steps.OfType<DiscardGuest>())
        {
            var guest = observed.Guests?.FirstOrDefault(guest => guest.Uuid == discarded.Guest);
            Law(guest is { State: GuestState.Off, ThrowawayOf: not null }, "nothing is discarded that runs, or that its owner keeps");
            Law(wanted.Seats.Where(seat => seat.Guests.Contains(guest!.Name)).All(seat => !IsSatAt(seat.Name, devices, plan)), "no guest is discarded while somebody sits at its seat");
        }
    }

    private static void ClonesReached(World world, SeatsConfiguration wanted, Plan plan)
    {
        foreach (var seat in wanted.Seats.Where(seat => seat.CloneOf is { } clone && world.Guests.ContainsKey(clone.Base) && IsSatAt(seat.Name, world.Devices, plan)))
            Law(world.Guests.ContainsKey(seat.Guests[0]), "a seat that somebody sits at has its clone");
        foreach (var guest in world.Guests.Values.Where(guest => guest is { State: GuestState.Off, ThrowawayOf: not null }))
        {
            Law(world.Memory.Seats.Any(seat => seat.Guest == guest.Name), "no clone is left that no seat has");
            var seat = wanted.Seats.FirstOrDefault(seat => seat.Guests[0] == guest.Name);
            Law(seat is null or { CloneOf: null } || IsSatAt(seat.Name, world.Devices, plan), "no clone that is off is left when nobody sits at its seat");
        }
    }

    private static bool IsSatAt(string seat, Dictionary<string, Device> devices, Plan plan) =>
        plan.Claims.Any(claim => claim.Seat == seat && !claim.IsWhole && devices[claim.Device].Nodes.Any(IsSource));
}
