namespace Phyllome.Seats.Presenter.Core;

/// <summary>
/// When to commit. A frame is shown at the vertical blank that follows its announcement, and one blank shows one commit; so a commit
/// waits until shortly before the blank, and takes with it all that was announced until then. Times are microseconds of CLOCK_MONOTONIC.
/// </summary>
/// <param name="period">From a blank to the next.</param>
/// <param name="lead">How long before the blank a commit has to be begun to be in time for it.</param>
internal sealed class FramePacer(long period, long lead)
{
    /// <summary>For how many blanks after the last flip their times are foretold; what is off adds up.</summary>
    private const int Foretold = 60;

    private bool _announced;
    private bool _underWay;
    private long? _lastBlank;

    /// <summary>Something new is to be shown.</summary>
    public void Announce() => _announced = true;

    /// <summary>When to commit; null while there is nothing new, or the last commit is not on the screen yet.</summary>
    public long? CommitAt(long now)
    {
        if (!_announced || _underWay)
            return null;
        // With no blank to reckon from, what is committed now is for the next one, whenever that is.
        if (_lastBlank is not { } last || now - last > period * Foretold)
            return now;
        var next = last + ((Math.Max(0, now - last) / period) + 1) * period;
        return Math.Max(now, next - lead);
    }

    /// <summary>All that was announced so far was committed.</summary>
    public void Committed()
    {
        _announced = false;
        _underWay = true;
    }

    /// <summary>The commit is on the screen since a blank.</summary>
    public void Flipped(long at)
    {
        _underWay = false;
        _lastBlank = at;
    }
}
