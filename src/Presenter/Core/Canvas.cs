using System.Runtime.InteropServices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>A screen that is drawn on, or a part of one; all places are the whole screen's.</summary>
internal readonly ref struct Canvas
{
    private readonly Span<byte> _rows;
    private readonly int _pitch;

    /// <param name="pitch">Bytes from a row of <paramref name="rows"/> to the next.</param>
    public Canvas(Span<byte> rows, int pitch, int width, int height) : this(rows, pitch, width, height, new(0, 0, width, height))
    {
    }

    /// <param name="held">What of the screen <paramref name="rows"/> are.</param>
    public Canvas(Span<byte> rows, int pitch, int width, int height, Area held)
    {
        _rows = rows;
        _pitch = pitch;
        (Width, Height, Held) = (width, height, held);
    }

    /// <summary>Of the whole screen.</summary>
    public int Width { get; }

    /// <inheritdoc cref="Width" />
    public int Height { get; }

    /// <summary>What of the screen can be drawn on.</summary>
    public Area Held { get; }

    /// <summary>The pixels of a row from one column up to another, all of them held.</summary>
    public Span<uint> Row(int y, int from, int to) =>
        MemoryMarshal.Cast<byte, uint>(_rows.Slice((y - Held.Y) * _pitch, Held.Width * 4))[(from - Held.X)..(to - Held.X)];
}
