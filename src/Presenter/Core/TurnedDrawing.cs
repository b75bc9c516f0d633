using System.Runtime.InteropServices;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>Draws on a monitor that stands turned: a small part at a time is drawn upright beside, in memory that is quick to read, and put where it belongs.</summary>
internal sealed class TurnedDrawing
{
    /// <summary>So small that a part stays in the processor's first cache, and its rows are whole lines of it.</summary>
    private const int Side = 64;

    private readonly uint[] _part = new uint[Side * Side];

    /// <param name="area">Of the monitor; what is beyond it is left out.</param>
    /// <param name="draw">Draws what is seen.</param>
    public void Draw(Canvas monitor, Turning turning, Area area, DrawPart draw)
    {
        if (turning.By == Rotation.None)
        {
            draw(monitor, area);
            return;
        }

        area = area.Common(monitor.Held);
        var size = turning.Seen;
        for (var y = area.Y; y < area.Bottom; y += Side)
        {
            for (var x = area.X; x < area.Right; x += Side)
            {
                var part = new Area(x, y, Side, Side).Common(area);
                var seen = turning.ToSeen(part);
                var upright = _part.AsSpan(0, seen.Width * seen.Height);
                draw(new(MemoryMarshal.AsBytes(upright), seen.Width * 4, size.Width, size.Height, seen), seen);
                turning.Put(upright, monitor, part);
            }
        }
    }
}

/// <summary>Draws one area of what is seen.</summary>
internal delegate void DrawPart(Canvas screen, Area area);
