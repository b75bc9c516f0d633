using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>
/// Which notice is on the screen, and until when: the newest one, for two seconds. What it covers is in the guest's picture all the time, so
/// that it is only drawn anew. Times are microseconds of CLOCK_MONOTONIC.
/// </summary>
/// <param name="draw">Draws a notice for a screen of a width and a height.</param>
internal sealed class NoticeBoard(Func<ShowNotice, int, int, NoticePanel> draw)
{
    public const long Lasts = 2_000_000;

    private ShowNotice? _notice;
    private long _until;

    /// <summary>Null while there is none.</summary>
    public NoticePanel? Panel { get; private set; }

    /// <summary>When <see cref="Expire"/> is to be called; null: not at all.</summary>
    public long? Until => Panel is null ? null : _until;

    /// <returns>What of the screen looks other than before.</returns>
    public IReadOnlyList<Area> Put(ShowNotice notice, int width, int height, long now)
    {
        var before = Panel;
        (_notice, _until, Panel) = (notice, now + Lasts, draw(notice, width, height));
        return before is null ? [Panel.Area] : [before.Area, Panel.Area];
    }

    /// <summary>The screen has another size, all of which is drawn anew.</summary>
    public void Fit(int width, int height)
    {
        if (Panel is not null)
            Panel = draw(_notice!, width, height);
    }

    /// <returns>What of the screen looks other than before; nothing where it is not the time.</returns>
    public IReadOnlyList<Area> Expire(long now)
    {
        if (Panel is not { } panel || now < _until)
            return [];
        (_notice, Panel) = (null, null);
        return [panel.Area];
    }
}
