using Phyllome.Seats.Status;
using Spectre.Console;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Where a command writes to, and which bus it asks.</summary>
/// <param name="Screen">Whether <paramref name="Out"/> is a terminal that can be drawn on.</param>
/// <param name="BusAddress">Null for the system bus.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool Screen, bool Colour, Func<int> Width, string? BusAddress)
{
    private const int PlainWidth = 80;

    /// <summary>Whether somebody types, who is asked for a password.</summary>
    public bool Asks { get; init; }

    /// <summary>Reads a line and does not show it, after a question where there is one; null where there is none.</summary>
    public Func<string?, string?> Secret { get; init; } = static _ => null;

    /// <summary>Colours only on a terminal, and not where NO_COLOR is set (no-color.org).</summary>
    internal static Terminal OfProcess()
    {
        var screen = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new(
            Console.Out, Console.Error, screen, screen && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            () => screen && Console.WindowWidth > 0 ? Console.WindowWidth : PlainWidth,
            Environment.GetEnvironmentVariable(SeatsBus.AddressVariable) is { Length: > 0 } address ? address : null)
        {
            Asks = !Console.IsInputRedirected,
            Secret = SecretLine.OfProcess,
        };
    }

    /// <summary>Renders into text, with this terminal's colours and width.</summary>
    internal string Render(Action<IAnsiConsole> draw)
    {
        using var text = new StringWriter();
        // Every ability is said outright: detection would ask the environment of a terminal that this text may not go to.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            Enrichment = new() { UseDefaultEnrichers = false },
        });
        console.Profile.Width = Width();
        draw(console);
        // Cells are padded to their column; nobody needs those blanks.
        return string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd()));
    }
}
