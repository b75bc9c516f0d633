using System.Text.Json;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary><c>seatctl watch</c>: draws the status at each change, and waits where the service is away.</summary>
internal sealed class Watch(SeatsClient client, Terminal terminal, bool json)
{
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var canvas = new Canvas(terminal, json);
        await foreach (var status in StatusStream.ReadAsync(client, cancellation))
        {
            if (status is not null)
                canvas.Draw(json ? JsonSerializer.Serialize(status, DocumentsJson.Line.SeatsStatus) : terminal.Render(console => StatusView.Draw(console, status)));
            else if (canvas.Redraws)
                canvas.Draw(StatusStream.Ended + "\n");
            else
                terminal.Error.WriteLine(StatusStream.Ended);
        }
    }
}
