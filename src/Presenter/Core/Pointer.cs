using System.Runtime.InteropServices;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>The picture of a guest's pointer: a8r8g8b8, colours multiplied by alpha.</summary>
internal sealed record Pointer(int Width, int Height, uint[] Pixels)
{
    /// <param name="bytes">As QEMU gives it: colours not multiplied.</param>
    /// <returns>Null where the bytes are not what they are said to be.</returns>
    public static Pointer? From(int width, int height, ReadOnlySpan<byte> bytes)
    {
        const int most = 1024;
        if (width is < 1 or > most || height is < 1 or > most || bytes.Length < width * height * 4)
            return null;
        var pixels = MemoryMarshal.Cast<byte, uint>(bytes[..(width * height * 4)]).ToArray();
        foreach (ref var pixel in pixels.AsSpan())
        {
            var alpha = pixel >> 24;
            pixel = alpha << 24 | Part(pixel >> 16, alpha) << 16 | Part(pixel >> 8, alpha) << 8 | Part(pixel, alpha);
        }

        return new(width, height, pixels);
    }

    /// <summary>Draws it onto a screen; for a card that has no plane for it.</summary>
    public void Draw(Canvas screen, int x, int y, Area part)
    {
        var inside = new Area(x, y, Width, Height).Common(part).Common(screen.Held);
        for (var row = inside.Y; row < inside.Bottom; row++)
        {
            var target = screen.Row(row, inside.X, inside.Right);
            for (var column = 0; column < target.Length; column++)
            {
                var over = Pixels[((row - y) * Width) + inside.X - x + column];
                var under = target[column];
                var rest = 255 - (over >> 24);
                target[column] = over + (Part(under >> 16, rest) << 16 | Part(under >> 8, rest) << 8 | Part(under, rest));
            }
        }
    }

    /// <summary>A copy that is turned clockwise.</summary>
    public Pointer Turned(Rotation by)
    {
        var size = new ScreenSize(Width, Height);
        return new(size.Turned(by).Width, size.Turned(by).Height, Turning.Turn(Pixels, size, by));
    }

    // One of three colours, rounded; a colour that is not above its alpha never carries into the next one.
    private static uint Part(uint colour, uint alpha) => (((colour & 0xff) * alpha) + 127) / 255;
}
