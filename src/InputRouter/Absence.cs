using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Notices that the manager has said nothing for so long that the host is to have its devices back.</summary>
/// <param name="gone">Called once for each such silence.</param>
internal sealed class Absence : Watched, IDisposable
{
    private readonly TimerFd _timer;
    private readonly Action _gone;
    private TimeSpan? _limit;

    public Absence(Action gone)
        : this(new TimerFd(), gone)
    {
    }

    private Absence(TimerFd timer, Action gone)
        : base(timer.Descriptor) => (_timer, _gone) = (timer, gone);

    /// <summary>How long it may be silent; null: for ever. It begins anew when this is set.</summary>
    public TimeSpan? Limit
    {
        get => _limit;
        set
        {
            _limit = value;
            _timer.Set(null);
            Heard();
        }
    }

    /// <summary>The manager said something.</summary>
    public void Heard()
    {
        if (_limit is { } limit)
            _timer.Set((long)(Stopwatch.GetElapsedTime(0) + limit).TotalMicroseconds);
    }

    public override void OnReady(PollEvents events)
    {
        // Setting it anew is what ends its being readable; where it was meanwhile, there is nothing to read.
        if (_timer.Clear() == 0)
            return;
        _timer.Set(null);
        _gone();
    }

    public void Dispose() => _timer.Dispose();
}
