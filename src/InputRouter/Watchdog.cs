using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Tells from the loop that it turns: one that is stuck in the kernel is killed, and the next goes on with its devices.</summary>
internal sealed class Watchdog : Watched, IDisposable
{
    private readonly TimerFd _timer;
    private readonly Action _alive;

    /// <param name="period">Twice as often as is asked for, as sd_watchdog_enabled(3) has it.</param>
    public Watchdog(TimeSpan period, Action alive)
        : this(new TimerFd(), alive) => _timer.Repeat(period / 2);

    private Watchdog(TimerFd timer, Action alive)
        : base(timer.Descriptor) => (_timer, _alive) = (timer, alive);

    public override void OnReady(PollEvents events)
    {
        if (_timer.Clear() > 0)
            _alive();
    }

    public void Dispose() => _timer.Dispose();
}
