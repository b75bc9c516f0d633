using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>What a notice looks like on a screen of one size, and where on it.</summary>
internal sealed record NoticePanel(Picture Picture, int X, int Y)
{
    public Area Area => Picture.Whole.Moved(X, Y);

    /// <summary>Draws what of it is within a part of a screen.</summary>
    public void Draw(Canvas screen, Area part)
    {
        var inside = Area.Common(part).Common(screen.Held);
        for (var y = inside.Y; y < inside.Bottom; y++)
            Picture.Row(y - Y).Slice(inside.X - X, inside.Width).CopyTo(screen.Row(y, inside.X, inside.Right));
    }

    /// <summary>As it is on a monitor that stands turned.</summary>
    public NoticePanel Turned(Turning turning)
    {
        if (turning.By == Rotation.None)
            return this;
        var area = turning.ToMonitor(Area);
        return new(Picture.Turned(turning.By), area.X, area.Y);
    }
}
