using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>A drawing of a keyboard with a finger on one of its keys, and of a mouse with one of its buttons marked.</summary>
internal static class HandsDrawing
{
    /// <summary>All of it, in widths of a key.</summary>
    private const double Wide = 21, High = 8;

    private const uint Body = 0x33465a, Key = 0x5d738a, Edge = 0x22303f, Pressed = 0x7de3cb, Hand = 0xf4e3d3, HandLine = 0xb59a86;

    /// <summary>The keys of each row, as most keyboards have them.</summary>
    private static readonly double[][] Rows =
    [
        [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
        [1.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.5],
        [1.75, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.25],
        [2.25, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2.75],
        [1.25, 1.25, 1.25, 6.25, 1.25, 1.25, 1.25, 1.25],
    ];

    private const int PressedRow = 2, PressedKey = 7;

    /// <summary>Width by height.</summary>
    public static double Shape => Wide / High;

    public static void Draw(Picture picture, Area area)
    {
        var key = Math.Min(area.Width / Wide, area.Height / High);
        double left = area.X + ((area.Width - (key * Wide)) / 2), top = area.Y + ((area.Height - (key * High)) / 2);
        var pressed = DrawKeyboard(picture, left, top, key);
        DrawMouse(picture, left + (17.8 * key), top + (0.9 * key), key);
        DrawRays(picture, pressed, key);
        DrawHand(picture, (pressed.X + (0.05 * key), pressed.Y + (0.36 * key)), key);
    }

    /// <returns>The middle of the key that is pressed.</returns>
    private static (double X, double Y) DrawKeyboard(Picture picture, double left, double top, double key)
    {
        Shapes.Rectangle(picture, left, top, 16.2 * key, 6.2 * key, 0.7 * key, Edge);
        Shapes.Rectangle(picture, left, top, 16.2 * key, 6.05 * key, 0.7 * key, Body);
        (double, double) middle = default;
        for (var row = 0; row < Rows.Length; row++)
        {
            double x = left + (0.6 * key), y = top + (0.55 * key) + (row * key);
            for (var i = 0; i < Rows[row].Length; i++)
            {
                var width = Rows[row][i] * key;
                var isPressed = (row, i) == (PressedRow, PressedKey);
                if (isPressed)
                    middle = (x + (width / 2), y + (key / 2));
                // The one that is down shows no side of it.
                Shapes.Rectangle(picture, x + (0.06 * key), y + (0.06 * key), width - (0.12 * key), 0.88 * key, 0.18 * key, isPressed ? Pressed : Edge);
                if (!isPressed)
                    Shapes.Rectangle(picture, x + (0.06 * key), y + (0.06 * key), width - (0.12 * key), 0.76 * key, 0.18 * key, Key);
                x += width;
            }
        }

        return middle;
    }

    private static void DrawMouse(Picture picture, double left, double top, double key)
    {
        double width = 3 * key, height = 4.9 * key, round = 1.45 * key, middleX = left + (width / 2), middleY = top + (height / 2), line = 0.12 * key;
        Shapes.Line(picture, (middleX, top - (0.8 * key)), (middleX, top), 0.2 * key, Key);
        Shapes.Rectangle(picture, left, top, width, height, round, Key);
        double ToBody(double x, double y) => Shapes.ToBox(x - middleX, y - middleY, (width / 2) - round, (height / 2) - round) - round;
        // The left button: what of the body is above its seam and left of its middle.
        var seam = top + (0.42 * height);
        Shapes.Fill(picture, left, top, middleX, seam, Pressed, (x, y) => Math.Max(ToBody(x, y), Math.Max(x - middleX, y - seam)));
        Shapes.Fill(picture, left, seam - line, left + width, seam + line, StatusScreen.Ground, (x, y) => Math.Max(ToBody(x, y), Math.Abs(y - seam) - (line / 2)));
        Shapes.Fill(picture, middleX - line, top, middleX + line, seam, StatusScreen.Ground, (x, y) => Math.Max(ToBody(x, y), Math.Max(Math.Abs(x - middleX) - (line / 2), y - seam)));
        Shapes.Rectangle(picture, middleX - (0.24 * key), top + (0.55 * key), 0.48 * key, 1.05 * key, 0.24 * key, StatusScreen.Ground);
        Shapes.Rectangle(picture, middleX - (0.14 * key), top + (0.65 * key), 0.28 * key, 0.85 * key, 0.14 * key, StatusScreen.Soft);
    }

    /// <summary>Short lines around the key, as for a sound.</summary>
    private static void DrawRays(Picture picture, (double X, double Y) from, double key)
    {
        foreach (var degrees in (int[])[-170, -135, -90, -45, -10])
        {
            var (sine, cosine) = Math.SinCos(degrees * Math.PI / 180);
            (double, double) At(double far) => (from.X + (cosine * far * key), from.Y + (sine * far * key));
            Shapes.Line(picture, At(0.95), At(1.55), 0.34 * key, StatusScreen.Ground);
            Shapes.Line(picture, At(0.95), At(1.55), 0.2 * key, Pressed);
        }
    }

    /// <summary>A right hand from below, one finger stretched out.</summary>
    /// <param name="tip">Of that finger, the middle of its end.</param>
    private static void DrawHand(Picture picture, (double X, double Y) tip, double key)
    {
        (double X, double Y) At(double x, double y) => (tip.X + (x * key), tip.Y + (y * key));
        ((double X, double Y) From, (double X, double Y) To, double Thick)[] fingers =
        [
            // Pointing, three that are folded, the thumb.
            (At(0, 0.05), At(0.42, 2.6), 0.8),
            (At(0.95, 1.75), At(1.1, 2.8), 0.78),
            (At(1.7, 1.95), At(1.8, 2.9), 0.76),
            (At(2.4, 2.3), At(2.4, 3.1), 0.7),
            (At(-0.75, 2.25), At(0.55, 3.75), 0.74),
        ];
        double ToHand(double x, double y)
        {
            var distance = Shapes.ToBox(x - At(1.4, 0).X, y - At(0, 3.4).Y, 0.85 * key, 0.55 * key) - (0.5 * key);
            foreach (var (from, to, thick) in fingers)
                distance = Math.Min(distance, Shapes.ToLine(x, y, from, to) - (thick * key / 2));
            return distance;
        }

        var (left, top, right, low) = (At(-2, 0).X, At(0, -1).Y, At(4, 0).X, At(0, 4.6).Y);
        // A sleeve at the lower edge, the hand above it, and around all of it a rim, so that it stands out from the keys.
        double ToSleeve(double x, double y) => Shapes.ToBox(x - At(1.4, 0).X, y - At(0, 4.1).Y, 1.22 * key, 0.2 * key) - (0.18 * key);
        var rim = 0.13 * key;
        Shapes.Fill(picture, left, top, right, low, StatusScreen.Ground, (x, y) => Math.Min(ToHand(x, y), ToSleeve(x, y)) - rim);
        Shapes.Fill(picture, left, top, right, low, Hand, ToHand);
        Shapes.Fill(picture, left, top, right, low, StatusScreen.Accent, ToSleeve);
        // Between the fingers, and the nail.
        foreach (var (x, from, to) in ((double, double, double)[])[(0.72, 2.05, 3.05), (1.42, 2.1, 3.1), (2.07, 2.4, 3.2)])
            Shapes.Line(picture, At(x - 0.03, from), At(x + 0.05, to), 0.09 * key, HandLine);
        Shapes.Line(picture, At(0.0, -0.08), At(0.03, 0.12), 0.34 * key, 0xffffff);
    }
}
