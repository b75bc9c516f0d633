namespace Phyllome.Seats.Remote.Core;

/// <summary>Counts wrong passwords, whoever gives them: after a few within a minute none is looked at for a minute. Safe from any thread.</summary>
internal sealed class WrongPasswords(TimeProvider time)
{
    public const int Most = 5;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Queue<long> _times = new();
    private long? _closed;

    public bool AreTooMany
    {
        get
        {
            lock (_lock)
            {
                if (_closed is { } since && time.GetElapsedTime(since) >= Minute)
                    _closed = null;
                return _closed is not null;
            }
        }
    }

    public void Count()
    {
        lock (_lock)
        {
            while (_times.TryPeek(out var first) && time.GetElapsedTime(first) >= Minute)
                _times.Dequeue();
            var now = time.GetTimestamp();
            _times.Enqueue(now);
            if (_times.Count < Most)
                return;
            _closed = now;
            _times.Clear();
        }
    }
}
