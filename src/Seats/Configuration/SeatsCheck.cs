using System.Net;

namespace Phyllome.Seats.Configuration;

/// <summary>What two seats, or a seat and the host, cannot both have.</summary>
internal static class SeatsCheck
{
    public static void Across(TomlReader reader, List<SeatWish> seats, List<(Place Place, Selector Selector)> kept)
    {
        var names = new Dictionary<string, SeatWish>();
        Dictionary<string, SeatWish> gpus = [], parts = [];
        var ports = new Dictionary<int, SeatWish>();
        var picked = new Dictionary<Selector, (Place Place, string Whose)>();
        foreach (var (place, selector) in kept)
            picked[selector] = (place, "the host ('keep')");
        foreach (var seat in seats)
        {
            if (seat.Name.Length > 0 && !names.TryAdd(seat.Name, seat))
                reader.Fault(seat.Where.Entry, $"there are two seats with the name {Words.Quote(seat.Name)}: the other is on line {names[seat.Name].Where.Entry.Line}");
            if (seat is { GpuPick.Part: { } part, Where.Gpu: { } at })
            {
                if (gpus.TryGetValue(part.Card, out var whole))
                    reader.Fault(at, $"the gpu {part.Card} is given whole to seat {Words.Quote(whole.Name)} on line {whole.Where.Gpu?.Line} already: no part of it can be given");
                parts.TryAdd(part.Card, seat);
            }
            else if ((seat.Gpu ?? (seat.GpuPick is { IsAuto: false } pick ? pick.ToString() : null)) is { } gpu && seat.Where.Gpu is { } where)
            {
                if (!gpus.TryAdd(gpu, seat))
                    reader.Fault(where, $"the gpu {gpu} is given to seat {Words.Quote(gpus[gpu].Name)} on line {gpus[gpu].Where.Gpu?.Line} already: a gpu has one seat");
                else if (parts.TryGetValue(gpu, out var sharer))
                    reader.Fault(where, $"a part of the gpu {gpu} is given to seat {Words.Quote(sharer.Name)} on line {sharer.Where.Gpu?.Line} already: it can't be given whole");
                else if (picked.TryGetValue(new(SelectorKind.Pci, gpu), out var host))
                    reader.Fault(where, $"the gpu {gpu} is kept for {host.Whose} on line {host.Place.Line}: remove it there or here");
            }
            if (seat.Remote is { Listen: { } listen, ListenAt: { } listens } && IPEndPoint.Parse(listen).Port is var port && !ports.TryAdd(port, seat))
                reader.Fault(listens, $"port {port} is that of seat {Words.Quote(ports[port].Name)} on line {ports[port].Remote!.ListenAt?.Line} already: give each seat one of its own");
            foreach (var (selector, place) in seat.Devices.Zip(seat.Where.Devices).Concat(seat.Displays.Zip(seat.Where.Displays)))
            {
                if (selector.Kind != SelectorKind.Remote && !picked.TryAdd(selector, (place, $"seat {Words.Quote(seat.Name)}")))
                    reader.Fault(place, $"{Words.Quote(selector.ToString())} is given to {picked[selector].Whose} on line {picked[selector].Place.Line} already: remove it there or here");
            }
        }
    }
}
