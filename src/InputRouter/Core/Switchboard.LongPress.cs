namespace Phyllome.Seats.InputRouter.Core;

/// <summary>The way home without the home chord's keys.</summary>
internal sealed partial class Switchboard
{
    private bool _longPressMoved;

    /// <summary>When to call <see cref="PassLongPress"/>: microseconds of CLOCK_MONOTONIC; null: no key is held that could lead home.</summary>
    public long? LongPressAt { get; private set; }

    /// <summary>Brings home each seat whose key was held for long.</summary>
    /// <param name="now">Microseconds of CLOCK_MONOTONIC.</param>
    public void PassLongPress(long now)
    {
        foreach (var seat in _seats.Values)
        {
            if (!(seat.LongPressAt <= now))
                continue;
            AwaitLongPress(seat, null);
            if (seat.Home is { } home && seat.Focus != home)
                Focus(seat, home);
        }

        Flush();
    }

    /// <summary>Whether <see cref="LongPressAt"/> may be another than when this was last asked.</summary>
    public bool TakeLongPressMove()
    {
        var moved = _longPressMoved;
        _longPressMoved = false;
        return moved;
    }

    private void FindLongPress(Seat seat)
    {
        seat.LongPressKey = LongPress.KeyOf(seat, Hotkeys.Home);
        AwaitLongPress(seat, null);
    }

    /// <param name="at">Null: no more.</param>
    private void AwaitLongPress(Seat seat, long? at)
    {
        if (seat.LongPressAt == at)
            return;
        seat.LongPressAt = at;
        _longPressMoved = true;
        LongPressAt = null;
        foreach (var one in _seats.Values)
        {
            if (one.LongPressAt is { } moment && !(LongPressAt <= moment))
                LongPressAt = moment;
        }
    }
}
