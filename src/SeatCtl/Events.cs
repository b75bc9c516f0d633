using System.Text.Json;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Something that happened, as <c>events</c> tells of it.</summary>
/// <param name="Seat">Null where it is of no seat.</param>
/// <param name="What">seat, state, guest, focus, viewer, device or problem.</param>
internal sealed record SeatEvent(string? Seat, string What, string Sentence);

/// <summary><c>seatctl events</c>: a line for each thing that happens, until Ctrl-C.</summary>
internal static class Events
{
    internal static async Task RunAsync(SeatsClient client, Terminal terminal, bool json, CancellationToken cancellation)
    {
        SeatsStatus? before = null;
        await foreach (var status in StatusStream.ReadAsync(client, cancellation))
        {
            if (status is null)
            {
                terminal.Error.WriteLine(StatusStream.Ended);
                continue;
            }
            foreach (var happened in before is null ? [] : Between(before, status))
                terminal.Out.WriteLine(json ? JsonSerializer.Serialize(happened, DocumentsJson.Lines.SeatEvent) : View.Printable(happened.Sentence));
            terminal.Out.Flush();
            before = status;
        }
    }

    /// <summary>What happened between two pictures, seats first.</summary>
    internal static IEnumerable<SeatEvent> Between(SeatsStatus before, SeatsStatus after)
    {
        var (old, now) = (before.Seats.ToDictionary(seat => seat.Name), after.Seats.ToDictionary(seat => seat.Name));
        foreach (var gone in before.Seats.Where(seat => !now.ContainsKey(seat.Name)))
            yield return new(gone.Name, "seat", $"seat {gone.Name} is no more");
        foreach (var seat in after.Seats)
        {
            if (!old.TryGetValue(seat.Name, out var was))
                yield return new(seat.Name, "seat", $"seat {seat.Name} formed: it is {EnumWords.Of(seat.State)}");
            else if (was.State != seat.State)
                yield return new(seat.Name, "state", $"seat {seat.Name} is {EnumWords.Of(seat.State)}, it was {EnumWords.Of(was.State)}");
            if (was is not null && was.Guest != seat.Guest && seat.Guest is { } guest)
                yield return new(seat.Name, "guest", $"guest {guest.Name} of seat {seat.Name} is {EnumWords.Of(guest.State)}");
            if (was is not null && was.Focus != seat.Focus)
                yield return new(seat.Name, "focus", $"the input of seat {seat.Name} goes to {seat.Focus ?? "nobody"}");
            var (saw, see) = (was?.Remote?.Viewers ?? [], seat.Remote?.Viewers ?? []);
            foreach (var viewer in see.Except(saw))
                yield return new(seat.Name, "viewer", $"{viewer.From} sees guest {viewer.Guest} of seat {seat.Name} from elsewhere");
            foreach (var viewer in saw.Except(see))
                yield return new(seat.Name, "viewer", $"{viewer.From} has left seat {seat.Name}, where it saw guest {viewer.Guest}");
            foreach (var problem in seat.Problems.Except(was?.Problems ?? []))
                yield return new(seat.Name, "problem", $"seat {seat.Name}: {problem}");
        }
        var (had, has) = (Places(before), Places(after));
        foreach (var (id, (device, seat)) in has)
        {
            if (!had.TryGetValue(id, out var place) || place.Seat != seat)
                yield return new(seat, "device", $"{device.Kind} {device.Name} ({id}) is {Whose(seat)}: {device.Claim}");
        }
        foreach (var (id, (device, seat)) in had.Where(place => !has.ContainsKey(place.Key)))
            yield return new(seat, "device", $"{device.Kind} {device.Name} ({id}) is gone, it was {Whose(seat)}");
        foreach (var problem in after.Host.Problems.Except(before.Host.Problems))
            yield return new(null, "problem", problem);
    }

    private static Dictionary<string, (DeviceStatus Device, string? Seat)> Places(SeatsStatus status) =>
        status.DevicesWithSeats().DistinctBy(place => place.Device.Id).ToDictionary(place => place.Device.Id, StringComparer.Ordinal);

    private static string Whose(string? seat) => seat is null ? "the host's" : $"seat {seat}'s";
}
