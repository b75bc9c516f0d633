using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>Draws a notice: a panel in the middle of the upper edge, as large as its words need.</summary>
internal static class NoticeDrawing
{
    internal const uint Failed = 0xf0b240;

    /// <summary>What has no room on so many lines is left out: it is in the status too.</summary>
    private const int MostLines = 3;

    public static NoticePanel Draw(ShowNotice notice, int width, int height, BitmapFont font)
    {
        var type = new LargeType(font);
        var unit = Math.Min(width, height);
        var margin = unit / 24;
        // Large enough to be read in passing where the words are few, and no smaller than the status screen's.
        var smallest = Math.Max(16, unit / 34);
        var letter = Math.Max(smallest, unit / 18);
        int Room(int size) => type.Columns(width - (2 * margin) - (2 * size), size);
        List<string> lines;
        while ((lines = [.. notice.Lines.SelectMany(line => StatusScreen.Wrap(line, Room(letter)))]).Count > Math.Max(1, notice.Lines.Count) && letter > smallest)
            letter = Math.Max(smallest, letter * 9 / 10);
        if (lines.Count > MostLines)
            lines = [.. lines.Take(MostLines - 1), Cut(lines[MostLines - 1], Room(letter))];

        var border = Math.Max(2, unit / 360);
        var (padding, step) = (letter, letter * 5 / 4);
        var panel = new Picture(lines.Select(line => type.Width(line, letter)).DefaultIfEmpty(0).Max() + (2 * padding), (lines.Count * step) + letter);
        panel.Fill(panel.Whole, notice.IsFailure ? Failed : StatusScreen.Accent);
        panel.Fill(new(border, border, panel.Width - (2 * border), panel.Height - (2 * border)), StatusScreen.Ground);
        for (var i = 0; i < lines.Count; i++)
            type.Write(panel, lines[i], (panel.Width - type.Width(lines[i], letter)) / 2, (letter / 2) + (i * step) + ((step - letter) / 2), letter, StatusScreen.Bright);
        return new(panel, (width - panel.Width) / 2, margin);
    }

    private static string Cut(string line, int columns)
    {
        var runes = line.EnumerateRunes().Take(Math.Max(0, columns - 3)).Select(rune => rune.ToString());
        return $"{string.Concat(runes)}...";
    }
}
