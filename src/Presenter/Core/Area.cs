namespace Phyllome.Seats.Presenter.Core;

/// <summary>A rectangle of pixels; empty where it has no width or no height.</summary>
internal readonly record struct Area(int X, int Y, int Width, int Height)
{
    public int Right => X + Width;

    public int Bottom => Y + Height;

    public bool IsEmpty => Width <= 0 || Height <= 0;

    public long Pixels => IsEmpty ? 0 : (long)Width * Height;

    public Area Common(Area other)
    {
        int x = Math.Max(X, other.X), y = Math.Max(Y, other.Y);
        var common = new Area(x, y, Math.Min(Right, other.Right) - x, Math.Min(Bottom, other.Bottom) - y);
        return common.IsEmpty ? default : common;
    }

    /// <summary>The smallest area that holds both.</summary>
    public Area Around(Area other)
    {
        if (IsEmpty)
            return other;
        if (other.IsEmpty)
            return this;
        int x = Math.Min(X, other.X), y = Math.Min(Y, other.Y);
        return new(x, y, Math.Max(Right, other.Right) - x, Math.Max(Bottom, other.Bottom) - y);
    }

    public Area Moved(int x, int y) => this with { X = X + x, Y = Y + y };
}
