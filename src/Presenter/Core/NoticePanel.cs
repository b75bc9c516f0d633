using System.Runtime.InteropServices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>What a notice looks like on a screen of one size, and where on it.</summary>
internal sealed record NoticePanel(Picture Picture, int X, int Y)
{
    public Area Area => Picture.Whole.Moved(X, Y);

    /// <summary>Draws what of it is within a part of a screen.</summary>
    /// <param name="pitch">Bytes from a row of <paramref name="screen"/> to the next.</param>
    public void Draw(Span<byte> screen, int pitch, int screenWidth, int screenHeight, Area part)
    {
        var inside = Area.Common(part).Common(new(0, 0, screenWidth, screenHeight));
        for (var y = inside.Y; y < inside.Bottom; y++)
            Picture.Row(y - Y).Slice(inside.X - X, inside.Width).CopyTo(MemoryMarshal.Cast<byte, uint>(screen.Slice(y * pitch, screenWidth * 4))[inside.X..]);
    }
}
