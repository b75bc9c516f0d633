using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Wakes the loop when a key has been held for long. Setting it allocates nothing.</summary>
internal sealed class LongPressTimer : Watched, IDisposable
{
    private readonly TimerFd _timer;
    private readonly Switchboard _switchboard;
    private long? _at;

    public LongPressTimer(Switchboard switchboard)
        : this(switchboard, new())
    {
    }

    private LongPressTimer(Switchboard switchboard, TimerFd timer)
        : base(timer.Descriptor) => (_switchboard, _timer) = (switchboard, timer);

    /// <summary>A system call only where the moment has changed.</summary>
    public void Follow()
    {
        if (!_switchboard.TakeLongPressMove() || _at == _switchboard.LongPressAt)
            return;
        _at = _switchboard.LongPressAt;
        _timer.Set(_at);
    }

    public override void OnReady(PollEvents events)
    {
        if (_at is not { } moment)
            return;
        // Setting it anew is what ends its being readable.
        (_at, var now) = (null, moment);
        _timer.Set(null);
        _switchboard.PassLongPress(now);
    }

    public void Dispose() => _timer.Dispose();
}
