using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Planning;

/// <summary>
/// A seat that nobody asked for. It forms only where there is exactly one way to do it: one new keyboard beside the host's own, one
/// display that a seat can show a picture on, one machine that is nobody's or a template to make one of.
/// </summary>
/// <remarks>
/// A display is free where its card can be passed through whole and the host has no driver on it: its connectors are then out of the
/// host's sight, so that the card stands for them. Where there is no such card, so are the monitors that can be lent (<see cref="SharedMonitors"/>).
/// </remarks>
public static class Formation
{
    /// <summary>The memory with one more seat; or why there is none, null where nothing is there to make one of.</summary>
    /// <param name="wanted">With the remembered seats.</param>
    /// <param name="devices">Without our own sinks.</param>
    /// <param name="whyNotAsked">Why nobody is asked, see <see cref="Identification.WhyNot"/>.</param>
    internal static (RememberedSeat? Seat, RememberedDevice? Keyboard, string? WhyNot) Find(
        SeatsConfiguration wanted, Memory remembered, ValueList<Device> devices, Inventory observed, Current current, ClaimBook book, string? whyNotAsked)
    {
        if (book.FreeKeyboards.Count == 0)
            return (null, null, null);
        var keyboards = devices.Where(device => device.Kind == DeviceKind.Keyboard && device.Nodes.Any(ClaimBook.IsSource)).Select(device => device.Id).ToHashSet();
        // One that the host took back or keeps as its last is new beside the free one all the same.
        var (@new, free) = (current.New.ToHashSet(), book.FreeKeyboards.ToHashSet());
        var fresh = book.Claims.Count(claim => claim.Reason == ClaimReason.Host && keyboards.Contains(claim.Device) && @new.Contains(claim.Device));
        var cards = Cards(wanted, observed);
        var monitors = cards.Length > 0 ? [] : SharedMonitors.Free(wanted, observed, current);
        var whyNot = wanted.Spawn.Mode switch
        {
            SpawnMode.Off => "no seat forms by itself: 'mode' of [spawn] is \"off\"",
            SpawnMode.Ask => $"no screen asks whose it is: {whyNotAsked}; a seat can be made of it with 'seatctl seat add'",
            _ when fresh > 1 => $"no seat forms: {fresh} keyboards are new at once; make one with 'seatctl seat add'",
            _ when !book.Claims.Any(claim => claim.Reason is ClaimReason.Host or ClaimReason.Configured && claim.Seat == Step.Host && keyboards.Contains(claim.Device) && !free.Contains(claim.Device)) =>
                "no seat forms: the host has no other keyboard",
            _ when cards.Length + monitors.Length == 0 && observed.HasDesktop == true =>
                "no seat forms: no display is free, since a desktop has the host's monitors, and every other graphics card is a seat's, the boot's, in the host's use, or not to be passed through",
            _ when cards.Length + monitors.Length == 0 => "no seat forms: no display is free, since the host keeps a monitor, and every other graphics card is a seat's, the boot's, in the host's use, or not to be passed through",
            _ when cards.Length > 1 => $"no seat forms: the displays of {Words.List(cards)} are free; choose one with 'seatctl seat add'",
            _ => NoMachine(wanted, observed) is { } missing ? $"no seat forms: {missing}" : null,
        };
        if (whyNot is not null)
            return (null, null, whyNot);
        var seat = Make(wanted, remembered, observed, current, cards.FirstOrDefault(), monitors is [var monitor] ? monitor : null);
        return (seat, new(DeviceKey.Of(devices.First(device => device.Id == book.FreeKeyboards[0])), seat.Name, Chosen: false) { Because = "the seat formed around it" }, null);
    }

    /// <summary>A seat that there is none of yet, where <see cref="NoMachine"/> finds nothing missing.</summary>
    /// <param name="gpu">PCI address of its card; null for none.</param>
    /// <param name="monitor">Its monitor on a card of the host's; null for none.</param>
    internal static RememberedSeat Make(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current, string? gpu, Display? monitor)
    {
        var (name, template) = (FreeName(wanted, remembered, current), wanted.Spawn.Template);
        return new(name, template is null ? Machines(wanted, observed)![0] : TemplateGuest.NameOf(template.CloneOf.Base, name, wanted, remembered, observed), gpu)
        {
            Displays = monitor is null ? [] : SharedMonitors.SelectorsOf(monitor, observed),
            CloneOf = template?.CloneOf,
        };
    }

    /// <summary>Why a new seat would have no machine; null where it has one.</summary>
    internal static string? NoMachine(SeatsConfiguration wanted, Inventory observed)
    {
        if (Machines(wanted, observed) is not { } machines)
            return "libvirt cannot be asked for a machine";
        var template = wanted.Spawn.Template;
        var origin = observed.Guests!.Value.FirstOrDefault(guest => guest.Name == (template?.CloneOf.Base ?? (machines is [var only] ? only : null)));
        return template is not null && origin is null
                ? $"template {Words.Quote(template.Name)} is a clone of {Words.Quote(template.CloneOf.Base)}, and libvirt has no guest of that name"
            : template is null && machines.Length == 0 ? "there is no machine that is off and that no seat has"
            : template is null && machines.Length > 1 ? $"{Words.List(machines)} are all off and no seat has them; choose one with 'seatctl seat add'"
            : observed.Room.Missing(origin!, template is not null, wanted, observed.Guests!.Value);
    }

    /// <summary>PCI addresses of the cards that a new seat could have, in order.</summary>
    public static string[] Cards(SeatsConfiguration wanted, Inventory observed) =>
    [
        .. observed.Gpus.Where(gpu => !gpu.IsHosts && GpuChoice.IsFree(gpu, wanted, observed)).Select(gpu => gpu.Address).Order(StringComparer.Ordinal),
    ];

    /// <summary>Names of the guests that a new seat could have, in order; null while libvirt cannot be asked.</summary>
    public static string[]? Machines(SeatsConfiguration wanted, Inventory observed)
    {
        if (observed.Guests is not { } guests)
            return null;
        var given = wanted.Seats.SelectMany(seat => seat.Guests).ToHashSet();
        return [.. guests.Where(guest => guest is { State: GuestState.Off, Persistent: true, ThrowawayOf: null } && !given.Contains(guest.Name)).Select(guest => guest.Name).Order(StringComparer.Ordinal)];
    }

    private static string FreeName(SeatsConfiguration wanted, Memory remembered, Current current)
    {
        // Not one that was a configured seat's, either: its devices are remembered, and would join.
        var names = wanted.Seats.Select(seat => seat.Name).Concat(remembered.Seats.Select(seat => seat.Name)).Concat(current.Router.Seats.Select(seat => seat.Name))
            .Concat(remembered.Devices.Select(device => device.Seat)).ToHashSet();
        return Enumerable.Range(1, names.Count + 1).Select(number => $"seat{number}").First(name => !names.Contains(name));
    }
}
