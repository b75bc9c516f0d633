using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// What a sink could not take yet, in bounded memory. Relative motion between two keys is one frame, its sums exact. Keys keep their order
/// and their place in the motion; only where even so it gets too long, what cancels out (a key down and up again) is forgotten, so
/// that in the end each key is as it should be. Of absolute axes the last counts; contacts keep their order and their place as keys do.
/// </summary>
/// <param name="contacts">Whether there may be contacts.</param>
internal sealed class Backlog(bool contacts = false)
{
    /// <summary>In events; above what <see cref="Shorten"/> can leave: each axis, of each contact too, each key, a frame's end.</summary>
    public const int Capacity = 2048;

    private readonly InputEvent[] _events = new InputEvent[Capacity];
    private readonly long[] _sums = new long[InputCodes.REL_CNT];
    private readonly LastAxes? _last = contacts ? new() : null;
    private int _start;
    private int _end;

    /// <summary>Where the motion begins that the next motion is added to: after the last key and the end of its frame.</summary>
    private int _run;

    /// <summary>Whether the frame at the end has a key in it or is written in part, so that no later frame's motion is added to it.</summary>
    private bool _fixed;

    public bool IsEmpty => _start == _end;

    /// <summary>What is to be written next.</summary>
    public ReadOnlySpan<InputEvent> Rest => _events.AsSpan(_start, _end - _start);

    /// <summary>Takes the first events as written.</summary>
    public void Remove(int count)
    {
        if (count == 0)
            return;
        Follow(Rest[..count]);
        _start += count;
        _run = Math.Max(_run, _start);
        if (_events[_start - 1].Type != InputCodes.EV_SYN)
            Tear();
        if (IsEmpty)
            (_start, _end, _run) = (0, 0, 0);
    }

    /// <summary>The first frame is written in part.</summary>
    public void Tear()
    {
        var end = _start;
        while (end < _end && _events[end].Type != InputCodes.EV_SYN)
            end++;
        _fixed |= end == _end;
        _run = Math.Max(_run, Math.Min(end + 1, _end));
    }

    /// <summary>Takes note of the contact that was chosen by what was written.</summary>
    public void Follow(ReadOnlySpan<InputEvent> written) => _last?.Choose(written);

    /// <returns>How many key events were forgotten for it.</returns>
    public int Add(in InputEvent one)
    {
        switch (one.Type)
        {
            case InputCodes.EV_REL:
                return Move(one);
            case InputCodes.EV_ABS when !LastAxes.IsOrdered(one.Code):
                return Place(one);
            case InputCodes.EV_SYN when _fixed:
                var lost = Append(one);
                _fixed = false;
                _run = _end;
                return lost;
            case InputCodes.EV_SYN when IsClosed:
                _events[_end - 1] = one;
                return 0;
            case InputCodes.EV_KEY or InputCodes.EV_ABS or InputCodes.EV_SW:
                _fixed = true;
                lost = Append(one);
                _run = _end;
                return lost;
            default:
                return Append(one);
        }
    }

    private bool IsClosed => _end > _run && _events[_end - 1].Type == InputCodes.EV_SYN;

    private int Move(in InputEvent one)
    {
        foreach (ref var earlier in _events.AsSpan(_run, _end - _run))
        {
            if (earlier.Type != InputCodes.EV_REL || earlier.Code != one.Code)
                continue;
            var sum = (long)earlier.Value + one.Value;
            if (sum != (int)sum)
            {
                // A new frame for what no event can say.
                _run = _end;
                break;
            }

            earlier = new(one.Seconds, one.Microseconds, one.Type, one.Code, (int)sum);
            return 0;
        }

        return AppendMotion(one);
    }

    private int Place(in InputEvent one)
    {
        foreach (ref var earlier in _events.AsSpan(_run, _end - _run))
        {
            if (earlier.Type != InputCodes.EV_ABS || earlier.Code != one.Code)
                continue;
            earlier = one;
            return 0;
        }

        return AppendMotion(one);
    }

    private int AppendMotion(in InputEvent one)
    {
        // Opens the frame of motion again; its end comes with this motion's.
        if (IsClosed && _end - _run > 1)
            _end--;
        return Append(one);
    }

    private int Append(in InputEvent one)
    {
        var lost = 0;
        if (_end == Capacity && _start > 0)
            Shift();
        if (_end == Capacity)
            lost = Shorten();
        _events[_end++] = one;
        return lost;
    }

    private void Shift()
    {
        Rest.CopyTo(_events);
        (_run, _end, _start) = (_run - _start, _end - _start, 0);
    }

    /// <summary>All motion, then the keys that are other than before, in the order in which they last changed, as one frame that is left open.</summary>
    private int Shorten()
    {
        KeySet odd = default, met = default;
        Array.Clear(_sums);
        var lost = _last?.Gather(Rest) ?? 0;
        foreach (ref readonly var one in Rest)
        {
            if (one.Type == InputCodes.EV_REL)
                _sums[one.Code] += one.Value;
            else if (one.Type == InputCodes.EV_KEY && !odd.Add(one.Code))
                odd.Remove(one.Code);
        }

        // From the last to the first, to the end of the room; it grows no faster than it is read.
        var (from, to, keys) = (_end, _end, 0);
        while (from > _start)
        {
            var one = _events[--from];
            if (one.Type != InputCodes.EV_KEY)
                continue;
            keys++;
            if (odd.Has(one.Code) && met.Add(one.Code))
                _events[--to] = one;
        }

        var kept = _events.AsSpan(to, _end - to);
        _end = 0;
        for (var axis = 0; axis < _sums.Length; axis++)
        {
            if (_sums[axis] != 0)
                _events[_end++] = new(InputCodes.EV_REL, (ushort)axis, (int)Math.Clamp(_sums[axis], int.MinValue, int.MaxValue));
        }

        if (_last is not null)
        {
            var (count, begun) = _last.Write(_events.AsSpan(_end));
            _end += count;
            lost -= begun;
        }

        Debug.Assert(to >= _end, "the keys that are kept would be overwritten");
        kept.CopyTo(_events.AsSpan(_end));
        _end += kept.Length;
        _fixed = kept.Length > 0 || _last is not null;
        (_start, _run) = (0, _fixed ? _end : 0);
        return keys - kept.Length + lost;
    }
}
