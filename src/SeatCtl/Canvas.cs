namespace Phyllome.Seats.SeatCtl;

/// <summary>Where a picture is drawn again and again: in its place on a screen, one below the other elsewhere.</summary>
internal sealed class Canvas(Terminal terminal, bool json) : IDisposable
{
    // On a screen: to the alternate one and back, so that what was there before is there afterwards.
    private const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l", Home = "\e[H", ToLineEnd = "\e[K", ToEnd = "\e[J";

    private bool _entered;

    /// <summary>Whether a picture takes the place of the one before.</summary>
    internal bool Redraws => terminal.Screen && !json;

    internal void Draw(string text)
    {
        if (!Redraws)
        {
            terminal.Out.WriteLine(text);
        }
        else
        {
            // Over what is there, line by line, rather than cleared first: that would flicker.
            terminal.Out.Write((_entered ? "" : Enter) + Home + text.Replace("\n", ToLineEnd + "\n", StringComparison.Ordinal) + ToEnd);
            _entered = true;
        }

        terminal.Out.Flush();
    }

    public void Dispose()
    {
        if (_entered)
            terminal.Out.Write(Leave);
    }
}
