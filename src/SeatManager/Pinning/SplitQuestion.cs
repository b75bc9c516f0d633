using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.SeatManager.Pinning;

/// <summary>What the split of the processors depends on, but for the processors. Pure.</summary>
/// <param name="Guests">Those that get processors of their own, in the order of their seats in the file, then of their names.</param>
/// <param name="Owned">The host's processors that owners' pins name.</param>
internal sealed record SplitQuestion(ValueList<GuestNeed> Guests, ValueList<int> Owned)
{
    /// <param name="starting">Those that run soon.</param>
    /// <param name="nodeOf">The NUMA node of a card, by its PCI address.</param>
    public static SplitQuestion Of(SeatsConfiguration wanted, IEnumerable<Guest> guests, IEnumerable<GuestStarts> starting, Func<string, int?> nodeOf)
    {
        var order = wanted.Seats.Select((seat, index) => (seat.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
        var on = guests.Where(guest => guest.Processors is not null).ToList();
        var needs = on.Where(guest => guest.Seat is not null && guest.Processors is { Owners: false } && Wants(guest.Name))
            .Select(guest => (Seat: guest.Seat!, guest.Name, Need: new GuestNeed(guest.Uuid, guest.Processors!.Vcpus, guest.Processors.Memory, Node(guest.Passed), Runs: true)))
            .Concat(starting.Where(start => !start.Processors.Owners && Wants(start.Name) && on.All(guest => guest.Uuid != start.Guest))
                .Select(start => (start.Seat, start.Name, Need: new GuestNeed(start.Guest, start.Processors.Vcpus, start.Processors.Memory, start.Gpu is { } gpu ? nodeOf(gpu) : null))));
        return new(
            needs.OrderBy(one => order.GetValueOrDefault(one.Seat, int.MaxValue)).ThenBy(one => one.Seat, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal)
                .Select(one => one.Need).ToValueList(),
            on.SelectMany(guest => guest.Processors!.Pinned).Concat(starting.SelectMany(start => start.Processors.Pinned)).Distinct().Order().ToValueList());

        bool Wants(string guest) => wanted.Host.Pinning && !wanted.Guests.Any(wish => wish.Name == guest && !wish.Pinning);

        int? Node(ValueList<string> passed) => passed.Select(nodeOf).FirstOrDefault(node => node is not null);
    }
}
