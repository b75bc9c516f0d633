using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>
/// Which card a seat has whose configuration names none by its address: the one with its ids, or one that is free. Pure, and in the order
/// of the seats, so that the same machine gives the same seats the same cards.
/// </summary>
public static class GpuChoice
{
    /// <summary>All seats that there are (<see cref="Roster"/>), each with the address of its card where it has one.</summary>
    public static SeatsConfiguration Resolve(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current) =>
        WithFree(WithParts(Roster.With(WithIds(wanted, observed), remembered), observed), observed, current);

    /// <summary>The cards that have the ids, in order.</summary>
    internal static string[] WithId(string id, Inventory observed) =>
        [.. observed.Gpus.Where(gpu => $"{gpu.VendorId}:{gpu.ProductId}" == id).Select(gpu => gpu.Address).Order(StringComparer.Ordinal)];

    /// <summary>Whether a card can go to a seat that asked for any: whole, and neither the boot's, the host's by configuration, a guest's nor one whose monitors other seats name.</summary>
    internal static bool IsFree(Gpu gpu, SeatsConfiguration wanted, Inventory observed) =>
        gpu is { Boot: false, IommuGroup: not null, PartOf: null } && observed.Gpus.All(other => other.PartOf != gpu.Address) && gpu.GroupMembers.All(member => MachineChecks.IsSameSlot(member, gpu.Address))
        && wanted.Seats.All(seat => seat.Gpu != gpu.Address)
        && !wanted.Host.Keep.Contains(new Selector(SelectorKind.Pci, gpu.Address))
        && !(wanted.Host.Display is { } display && observed.Displays.Any(one => one.Gpu == gpu.Address && SelectorMatch.Matches(display, one)))
        && !wanted.Seats.Any(seat => seat is { Gpu: null, GpuPick: null } && observed.Displays.Any(one => one.Gpu == gpu.Address && seat.Displays.Any(selector => SelectorMatch.Matches(selector, one))))
        && !(observed.Guests ?? []).Any(guest => guest.Passed.Contains(gpu.Address));

    private static SeatsConfiguration WithIds(SeatsConfiguration wanted, Inventory observed)
    {
        var taken = wanted.Seats.Select(seat => seat.Gpu).OfType<string>().ToHashSet();
        return WithCards(wanted, (_, seat) => seat.GpuPick is { Id: { } id } && WithId(id, observed) is [var only]
            && !wanted.Host.Keep.Contains(new Selector(SelectorKind.Pci, only)) && taken.Add(only) ? only : null);
    }

    private static SeatsConfiguration WithParts(SeatsConfiguration wanted, Inventory observed)
    {
        // A guest keeps the part that it runs with.
        wanted = WithCards(wanted, (so, seat) => seat.GpuPick?.Part is { } part && OwnGuest(seat, observed) is { Seat: { } by } own && by == seat.Name
            ? GpuParts.Fitting(part, seat, observed).FirstOrDefault(gpu => own.Passed.Contains(gpu.Address) && so.Seats.All(other => other.Gpu != gpu.Address))?.Address : null);
        return WithCards(wanted, (so, seat) => seat.GpuPick?.Part is { } part
            ? GpuParts.Fitting(part, seat, observed).FirstOrDefault(gpu => so.Seats.All(other => other.Gpu != gpu.Address)
                && !(observed.Guests ?? []).Any(guest => guest.Name != seat.Guests[0] && guest.Passed.Contains(gpu.Address)))?.Address : null);
    }

    private static SeatsConfiguration WithFree(SeatsConfiguration wanted, Inventory observed, Current current)
    {
        // A guest keeps the card that it runs with, and one that runs without gets none before its next start.
        wanted = WithCards(wanted, (so, seat) => seat.GpuPick is { IsAuto: true } && OwnGuest(seat, observed) is { Seat: { } by } own && by == seat.Name
            ? own.Passed.FirstOrDefault(passed => observed.Gpus.Any(gpu => gpu.Address == passed) && so.Seats.All(other => other.Gpu != passed)) : null);
        return WithCards(wanted, (so, seat) => seat.GpuPick is { IsAuto: true } && OwnGuest(seat, observed)?.Seat != seat.Name
            ? observed.Gpus.Where(gpu => IsFree(gpu, so, observed) && current.Refused.All(refused => refused.Address != gpu.Address))
                .OrderByDescending(gpu => observed.Displays.Any(display => display.Gpu == gpu.Address && display.Connected))
                .ThenBy(gpu => gpu.IsHosts).ThenBy(gpu => gpu.Address, StringComparer.Ordinal).FirstOrDefault()?.Address : null);
    }

    private static Guests.Guest? OwnGuest(SeatWish seat, Inventory observed) => observed.Guests?.FirstOrDefault(guest => guest.Name == seat.Guests[0]);

    /// <summary>Seat by seat, each with what those before it were given in sight.</summary>
    private static SeatsConfiguration WithCards(SeatsConfiguration wanted, Func<SeatsConfiguration, SeatWish, string?> card)
    {
        for (var i = 0; i < wanted.Seats.Count; i++)
        {
            if (wanted.Seats[i] is { Gpu: null, GpuPick: not null } seat && card(wanted, seat) is { } address)
                wanted = wanted with { Seats = wanted.Seats.Select(one => one == seat ? one with { Gpu = address } : one).ToValueList() };
        }
        return wanted;
    }
}
