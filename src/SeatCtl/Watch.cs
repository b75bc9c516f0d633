using System.Text.Json;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary><c>seatctl watch</c>: draws the status at each change, and waits where the service is away.</summary>
internal sealed class Watch(SeatsClient client, Terminal terminal, bool json)
{
    // On a screen: to the alternate one and back, so that what was there before is there afterwards.
    private const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l", Home = "\e[H", ToLineEnd = "\e[K", ToEnd = "\e[J";

    private bool Redraws => terminal.Screen && !json;

    internal async Task RunAsync(CancellationToken cancellation)
    {
        var entered = false;
        try
        {
            await foreach (var status in StatusStream.ReadAsync(client, cancellation))
            {
                if (Redraws && !entered)
                    terminal.Out.Write(Enter);
                entered = true;
                if (status is not null)
                    Show(status);
                else
                    Away();
            }
        }
        finally
        {
            if (Redraws && entered)
                terminal.Out.Write(Leave);
        }
    }

    private void Show(SeatsStatus status)
    {
        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(status, DocumentsJson.Line.SeatsStatus));
        else
            Draw(terminal.Render(console => StatusView.Draw(console, status)));
        terminal.Out.Flush();
    }

    private void Away()
    {
        if (Redraws)
            Draw(StatusStream.Ended + "\n");
        else
            terminal.Error.WriteLine(StatusStream.Ended);
        terminal.Out.Flush();
    }

    private void Draw(string text)
    {
        // Over what is there, line by line, rather than cleared first: that would flicker.
        if (Redraws)
            terminal.Out.Write(Home + text.Replace("\n", ToLineEnd + "\n", StringComparison.Ordinal) + ToEnd);
        else
            terminal.Out.WriteLine(text);
    }
}
