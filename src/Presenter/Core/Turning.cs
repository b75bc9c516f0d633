using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>Where what somebody sees upright is on a monitor that stands turned.</summary>
/// <param name="Width">The monitor's own, as its mode has it.</param>
/// <param name="Height">As <paramref name="Width"/>.</param>
internal readonly record struct Turning(Rotation By, int Width, int Height)
{
    /// <summary>The size that is seen.</summary>
    public ScreenSize Seen => new ScreenSize(Width, Height).Turned(By);

    /// <summary>The way back.</summary>
    private Turning Back => new((Rotation)((360 - (int)By) % 360), Seen.Width, Seen.Height);

    public Area ToMonitor(Area seen) => By switch
    {
        Rotation.Clockwise => new(Width - seen.Bottom, seen.X, seen.Height, seen.Width),
        Rotation.Half => new(Width - seen.Right, Height - seen.Bottom, seen.Width, seen.Height),
        Rotation.Anticlockwise => new(seen.Y, Height - seen.Right, seen.Height, seen.Width),
        _ => seen,
    };

    public Area ToSeen(Area onMonitor) => Back.ToMonitor(onMonitor);

    /// <summary>Puts pixels where they are on the monitor.</summary>
    /// <param name="seen">Of all that is seen in <paramref name="area"/>, row by row.</param>
    /// <param name="area">Of the monitor.</param>
    public void Put(ReadOnlySpan<uint> seen, Canvas monitor, Area area)
    {
        for (var y = 0; y < area.Height; y++)
        {
            var row = monitor.Row(area.Y + y, area.X, area.Right);
            var (at, step) = By switch
            {
                Rotation.Clockwise => (((area.Width - 1) * area.Height) + y, -area.Height),
                Rotation.Half => (((area.Height - y) * area.Width) - 1, -1),
                Rotation.Anticlockwise => (area.Height - 1 - y, area.Height),
                _ => (y * area.Width, 1),
            };
            for (var x = 0; x < row.Length; x++, at += step)
                row[x] = seen[at];
        }
    }

    /// <summary>A picture as it is on the monitor.</summary>
    public static uint[] Turn(ReadOnlySpan<uint> upright, ScreenSize size, Rotation by)
    {
        var (width, height) = size.Turned(by);
        var turned = new uint[width * height];
        var canvas = new Canvas(System.Runtime.InteropServices.MemoryMarshal.AsBytes(turned.AsSpan()), width * 4, width, height);
        new Turning(by, width, height).Put(upright, canvas, canvas.Held);
        return turned;
    }
}
