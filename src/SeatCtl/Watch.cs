using System.Text.Json;
using System.Threading.Channels;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary><c>seatctl watch</c>: draws the status at each change, and waits where the service is away.</summary>
internal sealed class Watch(SeatsClient client, Terminal terminal, bool json)
{
    // On a screen: to the alternate one and back, so that what was there before is there afterwards.
    private const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l", Home = "\e[H", ToLineEnd = "\e[K", ToEnd = "\e[J";

    private abstract record Event;

    private sealed record Changed(SeatsStatus Status) : Event;

    private sealed record Running(bool Now) : Event;

    private bool Redraws => terminal.Screen && !json;

    internal async Task RunAsync(CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<Event>();
        await client.WatchAsync(status => events.Writer.TryWrite(new Changed(status)), now => events.Writer.TryWrite(new Running(now)));
        // Watched first, then asked: no change falls in between.
        var status = await client.GetStatusAsync(cancellation);
        _ = client.Ended.ContinueWith(lost => events.Writer.TryComplete(lost.Exception?.InnerException), TaskScheduler.Default);
        if (Redraws)
            terminal.Out.Write(Enter);
        try
        {
            Show(status);
            await foreach (var happened in events.Reader.ReadAllAsync(cancellation))
            {
                if (happened is Changed changed)
                    Show(changed.Status);
                else if (happened is Running { Now: true })
                    await ShowAgainAsync(cancellation);
                else
                    Away();
            }
        }
        finally
        {
            if (Redraws)
                terminal.Out.Write(Leave);
        }
    }

    private async Task ShowAgainAsync(CancellationToken cancellation)
    {
        try
        {
            Show(await client.GetStatusAsync(cancellation));
        }
        catch (CommandFailure failure) when (failure.Code == ExitCode.NotThere)
        {
            // It went again before it answered.
            Away();
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
        const string sentence = "The service phyllome-seatd has ended; the seats go on, and the view comes back with it.";
        if (Redraws)
            Draw(sentence + "\n");
        else
            terminal.Error.WriteLine(sentence);
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
