using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>A picture in memory, x8r8g8b8. A screen's own buffers may be slow to read, so what is shown is kept here as well.</summary>
internal sealed class Picture(int width, int height)
{
    private readonly uint[] _pixels = new uint[width * height];

    public int Width => width;

    public int Height => height;

    public Area Whole => new(0, 0, width, height);

    public Span<uint> Row(int y) => _pixels.AsSpan(y * width, width);

    public void Fill(Area area, uint colour)
    {
        area = area.Common(Whole);
        for (var y = area.Y; y < area.Bottom; y++)
            Row(y).Slice(area.X, area.Width).Fill(colour);
    }

    /// <summary>Takes part of a guest's picture.</summary>
    /// <param name="stride">Bytes from a row of <paramref name="bytes"/> to the next.</param>
    /// <returns>What changed; nothing where the bytes are not what they are said to be.</returns>
    public Area Take(Area area, int stride, uint format, ReadOnlySpan<byte> bytes)
    {
        if (GuestPixels.Size(format) is not { } size || area.IsEmpty || area.Common(Whole) != area || stride < (long)area.Width * size
            || bytes.Length < ((long)stride * (area.Height - 1)) + ((long)area.Width * size))
            return default;
        for (var y = 0; y < area.Height; y++)
            GuestPixels.Convert(format, bytes.Slice(y * stride, area.Width * size), Row(area.Y + y).Slice(area.X, area.Width));
        return area;
    }

    /// <summary>Draws part of a screen that shows this in its middle, black around it, and cut where the screen is smaller.</summary>
    /// <param name="part">In the screen's pixels.</param>
    public void Draw(Canvas screen, Area part)
    {
        part = part.Common(screen.Held);
        var (left, top) = Place(screen.Width, screen.Height);
        var inside = Whole.Moved(left, top).Common(part);
        for (var y = part.Y; y < part.Bottom; y++)
        {
            if (inside.IsEmpty || y < inside.Y || y >= inside.Bottom)
            {
                screen.Row(y, part.X, part.Right).Clear();
                continue;
            }

            screen.Row(y, part.X, inside.X).Clear();
            Row(y - top).Slice(inside.X - left, inside.Width).CopyTo(screen.Row(y, inside.X, inside.Right));
            screen.Row(y, inside.Right, part.Right).Clear();
        }
    }

    /// <summary>A copy that is turned clockwise.</summary>
    public Picture Turned(Rotation by)
    {
        var size = new ScreenSize(width, height);
        var turned = new Picture(size.Turned(by).Width, size.Turned(by).Height);
        Turning.Turn(_pixels, size, by).CopyTo(turned._pixels.AsSpan());
        return turned;
    }

    /// <summary>Where its upper left corner is on a screen; negative where it is cut.</summary>
    public (int Left, int Top) Place(int screenWidth, int screenHeight) => ((screenWidth - width) / 2, (screenHeight - height) / 2);
}
