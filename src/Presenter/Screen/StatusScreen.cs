using System.Text;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>What a seat's screen shows while there is no guest's picture.</summary>
/// <param name="Seat">Its name.</param>
/// <param name="Heading">What is happening.</param>
/// <param name="Lines">What went wrong, and what to do.</param>
internal sealed record StatusScreen(string Seat, string Heading, IReadOnlyList<string> Lines)
{
    internal const uint Ground = 0x1c2733, Bright = 0xf2f2f2, Soft = 0xb4bfca, Accent = 0x5fb3a1;

    public Picture Draw(int width, int height, BitmapFont font)
    {
        var picture = new Picture(width, height);
        picture.Fill(picture.Whole, Ground);
        // Readable from an arm's length on whatever monitor: a line of text is about a thirtieth of the shorter side.
        var scale = Math.Max(1, (Math.Min(width, height) + 360) / 1080);
        var margin = Math.Min(width, height) / 12;
        var y = margin;
        foreach (var (text, size, colour) in Parts(scale))
        {
            foreach (var line in Wrap(text, Math.Max(1, (width - (2 * margin)) / (font.Width * size))))
            {
                Write(picture, font, line, margin, y, size, colour);
                y += font.Height * size;
            }

            if (text == Seat)
                picture.Fill(new(margin, y + (font.Height * scale / 4), width - (2 * margin), 2 * scale), Accent);
            y += font.Height * scale * 3 / 4;
        }

        return picture;
    }

    /// <summary>Breaks a text at its spaces, and within a word that is longer than a line.</summary>
    internal static IEnumerable<string> Wrap(string text, int columns)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word.EnumerateRunes().ToArray();
            if (line.Length > 0 && Columns(line.ToString()) + 1 + rest.Length > columns)
            {
                yield return line.ToString();
                line.Clear();
            }

            if (line.Length > 0)
                line.Append(' ');
            for (; rest.Length > columns; rest = rest[columns..])
                yield return string.Concat(rest[..columns].Select(rune => rune.ToString()));
            line.Append(string.Concat(rest.Select(rune => rune.ToString())));
        }

        if (line.Length > 0)
            yield return line.ToString();
    }

    private IEnumerable<(string Text, int Size, uint Colour)> Parts(int scale) =>
        Lines.Select(line => (line, scale, Soft)).Prepend((Heading, scale, Bright)).Prepend((Seat, scale * 2, Accent));

    private static int Columns(string text) => text.EnumerateRunes().Count();

    private static void Write(Picture picture, BitmapFont font, string text, int left, int top, int size, uint colour)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            for (var y = 0; y < font.Height; y++)
            {
                for (var x = 0; x < font.Width; x++)
                {
                    if (font.Ink(rune, x, y))
                        picture.Fill(new(left + (x * size), top + (y * size), size, size), colour);
                }
            }

            left += font.Width * size;
        }
    }
}
