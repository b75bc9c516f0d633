using System.Text;
using System.Text.Json;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary><c>seatctl remote SEAT</c>: how a seat is seen from elsewhere, and by whom.</summary>
internal static class RemoteDisplay
{
    internal static async Task ShowAsync(SeatsClient client, Terminal terminal, string name, bool json, CancellationToken cancellation)
    {
        var seat = (await client.GetStatusAsync(cancellation)).Seats.FirstOrDefault(seat => seat.Name == name)
            ?? throw new CommandFailure(ExitCode.NotThere, $"There is no seat '{name}'; 'seatctl status' lists those that are.");
        var remote = seat.Remote ?? throw new CommandFailure(ExitCode.NotThere, seat.Displays.Any(display => display.Connector == Configuration.SeatWish.RemoteDisplay)
            ? $"Seat {name} is not seen from elsewhere yet; see: seatctl status"
            : $"Seat {name} is not seen from elsewhere: write \"remote\" into its 'displays' in seats.toml, see seats.toml(5).");
        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(remote, StatusJson.Default.RemoteStatus));
        else
            terminal.Out.Write(Text(seat, remote));
    }

    private static string Text(SeatStatus seat, RemoteStatus remote)
    {
        var text = new StringBuilder();
        Line("socket", $"{remote.Socket}, for root{(seat.Owner is { } owner ? $" and {owner}" : "")}");
        if (remote.Listen is { } listen)
        {
            Line("listens", $"{listen}, for {remote.User}{(remote.HasPassword ? "" : $", who has no password yet: seatctl remote {seat.Name} --password")}");
            Line("certificate", $"SHA-256 {remote.Fingerprint ?? "not known yet"}");
            if (remote.Pin is { } pin)
                Line("", $"pin-sha256 {pin}");
        }

        Line("viewers", remote.ViewOnly ? "look alone" : "look, type and point");
        foreach (var viewer in remote.Viewers)
            Line("", $"{viewer.From} sees {viewer.Guest}");
        if (remote.Viewers.Count == 0)
            Line("", "nobody is there");
        return text.ToString();

        void Line(string what, string value) => text.Append(what.PadRight(13)).Append(View.Printable(value)).Append('\n');
    }

    /// <summary>In one line, for the status.</summary>
    internal static string Summary(RemoteStatus remote) =>
        $"seen at {remote.Listen ?? remote.Socket}{(remote.ViewOnly ? " (to look alone)" : "")}: {(remote.Viewers.Count == 0 ? "by nobody" : string.Join(", ", remote.Viewers.Select(viewer => $"{viewer.From} sees {viewer.Guest}")))}";
}
