namespace Phyllome.Seats.Presenter.Core;

/// <summary>
/// Frames of which a guest's QEMU waits to hear that they were shown: until then the guest draws nothing (graphic_hw_gl_block), and so not into
/// the buffer that is still on the screen. Times are microseconds of CLOCK_MONOTONIC.
/// </summary>
internal sealed class HeldFrames
{
    /// <summary>For how long at most: QEMU itself gives up after a second (DBUS_DEFAULT_TIMEOUT), and says so in its log.</summary>
    public const long Longest = 800_000;

    /// <summary>Where there is no screen: a guest that nobody sees does not draw more often than on a screen.</summary>
    public const long Unseen = 16_667;

    private readonly List<(TaskCompletionSource Shown, long Until)> _waiting = [], _underWay = [];

    /// <summary>When <see cref="Expire"/> is to be called; null: not at all.</summary>
    public long? Until => _waiting.Count + _underWay.Count == 0 ? null : _waiting.Concat(_underWay).Min(frame => frame.Until);

    public void Hold(IEnumerable<TaskCompletionSource> frames, long until) => _waiting.AddRange(frames.Select(frame => (frame, until)));

    /// <summary>What was held so far is on its way to the screen.</summary>
    public void Committed()
    {
        _underWay.AddRange(_waiting);
        _waiting.Clear();
    }

    /// <summary>What was on its way is on the screen.</summary>
    public void Flipped() => Release(_underWay, long.MaxValue);

    /// <summary>Lets those go whose time is over, so that no guest stands still for a screen that does not.</summary>
    public void Expire(long now)
    {
        Release(_waiting, now);
        Release(_underWay, now);
    }

    /// <summary>Nothing more of it comes to the screen.</summary>
    public void LetGo() => Expire(long.MaxValue);

    private static void Release(List<(TaskCompletionSource Shown, long Until)> frames, long now)
    {
        foreach (var frame in frames.Where(frame => frame.Until <= now))
            frame.Shown.TrySetResult();
        frames.RemoveAll(frame => frame.Until <= now);
    }
}
