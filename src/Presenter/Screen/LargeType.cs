using System.Text;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>
/// Letters of a bitmap font in any size, with smooth edges: the bits are blurred by about their own size and cut where the blur is one half,
/// which rounds the stairs of a slope and leaves a straight stem as it is.
/// </summary>
internal sealed class LargeType(BitmapFont font)
{
    /// <summary>Of the blur, in the font's own pixels; more would close the eye of an e.</summary>
    private const double Sigma = 0.75;

    private const int Taps = 3;
    private readonly Dictionary<(int Rune, int Height), float[]> _shapes = [];

    /// <summary>How wide a text is whose letters are so high.</summary>
    public int Width(string text, int height) => Columns(text) * LetterWidth(height);

    /// <summary>How many letters of a height have room beside each other.</summary>
    public int Columns(int width, int height) => Math.Max(1, width / LetterWidth(height));

    public void Write(Picture picture, string text, int left, int top, int height, uint colour)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            Write(picture, rune, left, top, height, colour);
            left += LetterWidth(height);
        }
    }

    public static int Columns(string text) => text.EnumerateRunes().Count();

    private int LetterWidth(int height) => Math.Max(1, height * font.Width / font.Height);

    private void Write(Picture picture, Rune rune, int left, int top, int height, uint colour)
    {
        var width = LetterWidth(height);
        var shape = Shape(rune, width, height);
        var inside = new Area(left, top, width, height).Common(picture.Whole);
        for (var y = inside.Y; y < inside.Bottom; y++)
        {
            var row = picture.Row(y);
            for (var x = inside.X; x < inside.Right; x++)
                row[x] = Shapes.Mix(row[x], colour, shape[((y - top) * width) + x - left]);
        }
    }

    /// <summary>How much of each pixel is ink.</summary>
    private float[] Shape(Rune rune, int width, int height)
    {
        if (_shapes.TryGetValue((rune.Value, height), out var known))
            return known;
        // First along the rows, then along the columns: the blur is the product of both.
        var (across, down) = (Weights(width, font.Width), Weights(height, font.Height));
        var rows = new double[font.Height * width];
        for (var y = 0; y < font.Height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var tap = 0; tap < across[x].Weights.Length; tap++)
                {
                    var at = across[x].First + tap;
                    if (at >= 0 && at < font.Width && font.Ink(rune, at, y))
                        sum += across[x].Weights[tap];
                }

                rows[(y * width) + x] = sum;
            }
        }

        // At a straight edge the blur rises by so much with each pixel that is drawn; the edge is to be one such pixel wide. Below one, what is
        // no ink at all would be some.
        var steepness = Math.Max(1, Sigma * Math.Sqrt(2 * Math.PI) * height / font.Height);
        var shape = new float[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var tap = 0; tap < down[y].Weights.Length; tap++)
                {
                    var at = down[y].First + tap;
                    if (at >= 0 && at < font.Height)
                        sum += down[y].Weights[tap] * rows[(at * width) + x];
                }

                shape[(y * width) + x] = (float)Math.Clamp(((sum - 0.5) * steepness) + 0.5, 0, 1);
            }
        }

        return _shapes[(rune.Value, height)] = shape;
    }

    /// <summary>For each pixel that is drawn, the first of the font's pixels that count for it, and how much each does.</summary>
    private static (int First, double[] Weights)[] Weights(int drawn, int own)
    {
        var all = new (int, double[])[drawn];
        for (var i = 0; i < drawn; i++)
        {
            var centre = (i + 0.5) * own / drawn;
            var first = (int)Math.Floor(centre) - Taps;
            var weights = new double[(2 * Taps) + 1];
            for (var tap = 0; tap < weights.Length; tap++)
                weights[tap] = Math.Exp(-Math.Pow((first + tap + 0.5 - centre) / Sigma, 2) / 2);
            var sum = weights.Sum();
            all[i] = (first, [.. weights.Select(weight => weight / sum)]);
        }

        return all;
    }
}
