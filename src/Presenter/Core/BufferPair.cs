namespace Phyllome.Seats.Presenter.Core;

/// <summary>
/// What each of two buffers lacks of the newest picture. One is on the screen, or on its way there, and never written; the other one, the
/// back, has missed what was drawn into the first.
/// </summary>
internal sealed class BufferPair
{
    private readonly Damage[] _lacks = [new(), new()];

    /// <summary>The buffer that may be written: 0 or 1.</summary>
    public int Back { get; private set; }

    /// <summary>What has to be drawn into <see cref="Back"/> before it may be shown.</summary>
    public IReadOnlyList<Area> Lacking => _lacks[Back].Areas;

    public void Changed(Area area)
    {
        _lacks[0].Add(area);
        _lacks[1].Add(area);
    }

    /// <summary>The back has all of the picture and was committed: it is the other one's turn.</summary>
    public void Swap()
    {
        _lacks[Back].Clear();
        Back = 1 - Back;
    }
}
