using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>Draws shapes with smooth edges: a pixel at an edge is covered as far as it is within.</summary>
internal static class Shapes
{
    /// <summary>A colour over another one.</summary>
    /// <param name="share">Of <paramref name="over"/>, from 0 to 1.</param>
    public static uint Mix(uint under, uint over, float share)
    {
        uint mixed = 0;
        for (var shift = 0; shift < 24; shift += 8)
        {
            float below = under >> shift & 0xff, above = over >> shift & 0xff;
            mixed |= (uint)(below + ((above - below) * share) + 0.5f) << shift;
        }

        return mixed;
    }

    /// <summary>A rectangle with round corners.</summary>
    public static void Rectangle(Picture picture, double x, double y, double width, double height, double radius, uint colour)
    {
        double middleX = x + (width / 2), middleY = y + (height / 2);
        radius = Math.Min(radius, Math.Min(width, height) / 2);
        Fill(picture, x, y, x + width, y + height, colour, (px, py) => ToBox(px - middleX, py - middleY, (width / 2) - radius, (height / 2) - radius) - radius);
    }

    /// <summary>A thick line with round ends.</summary>
    public static void Line(Picture picture, (double X, double Y) from, (double X, double Y) to, double thickness, uint colour) => Fill(
        picture, Math.Min(from.X, to.X) - thickness, Math.Min(from.Y, to.Y) - thickness, Math.Max(from.X, to.X) + thickness, Math.Max(from.Y, to.Y) + thickness, colour,
        (x, y) => ToLine(x, y, from, to) - (thickness / 2));

    /// <param name="distance">Of a point to the shape's edge; below zero within it.</param>
    public static void Fill(Picture picture, double left, double top, double right, double bottom, uint colour, Func<double, double, double> distance)
    {
        int x0 = (int)Math.Floor(left) - 1, y0 = (int)Math.Floor(top) - 1;
        var inside = new Area(x0, y0, (int)Math.Ceiling(right) + 1 - x0, (int)Math.Ceiling(bottom) + 1 - y0).Common(picture.Whole);
        for (var y = inside.Y; y < inside.Bottom; y++)
        {
            var row = picture.Row(y);
            for (var x = inside.X; x < inside.Right; x++)
            {
                var share = Math.Clamp(0.5 - distance(x + 0.5, y + 0.5), 0, 1);
                if (share > 0)
                    row[x] = Mix(row[x], colour, (float)share);
            }
        }
    }

    /// <summary>To a rectangle around zero.</summary>
    public static double ToBox(double x, double y, double halfWidth, double halfHeight)
    {
        double outX = Math.Abs(x) - halfWidth, outY = Math.Abs(y) - halfHeight;
        return Math.Sqrt(Math.Pow(Math.Max(outX, 0), 2) + Math.Pow(Math.Max(outY, 0), 2)) + Math.Min(Math.Max(outX, outY), 0);
    }

    public static double ToLine(double x, double y, (double X, double Y) from, (double X, double Y) to)
    {
        double alongX = to.X - from.X, alongY = to.Y - from.Y, length = (alongX * alongX) + (alongY * alongY);
        var at = length == 0 ? 0 : Math.Clamp((((x - from.X) * alongX) + ((y - from.Y) * alongY)) / length, 0, 1);
        return Math.Sqrt(Math.Pow(x - from.X - (at * alongX), 2) + Math.Pow(y - from.Y - (at * alongY), 2));
    }
}
