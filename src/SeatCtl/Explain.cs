using Phyllome.Seats.Planning;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>explain</c> prints with <c>--json</c>.</summary>
/// <param name="Seat">Its seat; null where it is the host's, or nobody's.</param>
/// <param name="Refused">What would have put it elsewhere, and why it did not.</param>
/// <param name="UdevSeat">The seat that udev gives it to; null where that is the host's own.</param>
/// <param name="Whole">Whether it goes to the seat's guest whole, as a USB device.</param>
internal sealed record Explanation(
    string Id, string Kind, string Name, string? Path, string? Seat, ClaimReason Reason, string? Because, ValueList<string> Refused, string? UdevSeat, bool Whole);

/// <summary><c>seatctl explain</c>: why a device is where it is.</summary>
internal static class Explain
{
    /// <summary>Fails with a <see cref="CommandFailure"/> where no device, or more than one, is meant.</summary>
    /// <param name="device">Its id as <c>status</c> shows it, its event node, or its name; of a display, its connector or its monitor's name.</param>
    internal static Explanation Find(SeatsStatus status, string device)
    {
        var all = status.DevicesWithSeats().ToList();
        var found = all.Where(one => one.Device.Id == device || one.Device.Path == device).ToList();
        if (found.Count == 0)
            found = all.Where(one => string.Equals(one.Device.Name, device, StringComparison.OrdinalIgnoreCase)).ToList();
        if (found.Count == 0 && Displays(status, device) is { Length: > 0 } displays)
        {
            return displays is [var display] ? display
                : throw new CommandFailure(ExitCode.Usage, $"{displays.Length} displays are '{device}': name one by its connector, {string.Join(" or ", displays.Select(one => one.Id))}.");
        }

        return found switch
        {
            [var (one, seat)] => new(one.Id, one.Kind, one.Name, one.Path, seat, one.Reason, one.Claim, one.Refused, one.UdevSeat, one.Whole),
            [] => throw new CommandFailure(ExitCode.NotThere, $"There is no device '{device}'; 'seatctl status' lists those that are."),
            _ => throw new CommandFailure(ExitCode.Usage, $"{found.Count} devices are '{device}': name one by its event node, {string.Join(" or ", found.Select(one => one.Device.Path))}."),
        };
    }

    private const string Display = "display";

    private static Explanation[] Displays(SeatsStatus status, string name) =>
    [
        .. status.Seats.SelectMany(seat => seat.Displays.Select(display => (Display: display, Seat: (string?)seat.Name))).Concat(status.Host.Displays.Select(display => (Display: display, Seat: (string?)null)))
            .Where(one => one.Display.Connector == name || string.Equals(one.Display.Monitor, name, StringComparison.OrdinalIgnoreCase))
            .Select(one => new Explanation(
                one.Display.Connector, Display, one.Display.Monitor ?? "without a name", null, one.Seat, one.Seat is null ? ClaimReason.Host : ClaimReason.Configured, Way(one.Display.Way), [], null, false)),
    ];

    private static string Way(string? way) => way switch
    {
        "passthrough" => "its graphics card is passed through to the guest",
        "lease" => "a program of the package shows the guest, by a lease of a card of the host's that no desktop has",
        "desktop-lease" => "a program of the package shows the guest, by a lease that the desktop gives which has the card",
        "window" => "a program of the package shows the guest, in a window over all of it in the desktop that has the card",
        "remote" => "it is seen from elsewhere",
        "page" => "the host's own page is on it, since seats use its card",
        "question" => "it asks who is in front of it",
        _ => "nothing of the seats is on it",
    };

    internal static string Text(Explanation device)
    {
        var place = device.Seat is { } seat ? $"seat {seat}" : device.Reason == ClaimReason.Held ? "nobody's, the input router holds it" : "the host's";
        IEnumerable<string> lines =
        [
            $"{device.Id}: {device.Kind} {device.Name}{(device.Path is { } path ? $" ({path})" : "")}",
            $"  {place}: {device.Because ?? "no reason is known"}",
            .. device.Refused.Select(why => $"  not otherwise: {why}"),
            .. device.Seat is null || device.Kind == Display ? Array.Empty<string>()
                : device.Whole ? ["  goes whole to the seat's own guest while that runs, as a USB device"]
                : [device.UdevSeat is { } udev
                    ? $"  kept from the host's programs by the input router's grab, and by udev, which gives it to {udev}"
                    : "  kept from the host's programs by the input router's grab alone: udev had no rule for it when it was plugged in"],
        ];
        return string.Concat(lines.Select(line => View.Printable(line) + "\n"));
    }
}
