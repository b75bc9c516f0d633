using System.Runtime.CompilerServices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// A guest's virtual keyboard or pointer, or a clone, with its half of the ledger: how many sources hold each key, and which contacts are
/// there. The first down and the last up are written, nothing between.
/// </summary>
/// <param name="clone">What it is a clone of; null for a keyboard and a pointer.</param>
internal sealed partial class Sink(int input, int @event, Guest guest, SinkKind kind, string? clone, ISinkOutput output, Counters counters, Unwritten unwritten)
{
    private readonly InputEvent[] _pending = new InputEvent[256];
    private readonly ushort[] _holders = new ushort[SinkCodes.KeyCount];
    private readonly Backlog _backlog = new(kind == SinkKind.Clone);

    private readonly int _bit = 1 << (int)kind;
    private KeySet _owed;
    private int _count;
    private bool _open;
    private bool _listed;

    /// <summary>Whether there is something in the backlog.</summary>
    private bool _behind;

    public int Input => input;

    public int Event => @event;

    public Guest Guest => guest;

    public SinkKind Kind => kind;

    public ISinkOutput Output => output;

    /// <summary>Whether something is down in it that no source holds.</summary>
    public bool Owes => _owed.Next(0) >= 0 || _owedContacts != 0;

    public bool Holds(int code) => _holders[code] > 0;

    public void Press(in InputEvent down)
    {
        if (++_holders[down.Code] == 1)
            Append(down.Type, down.Code, down.Value);
    }

    public void Release(int code)
    {
        if (--_holders[code] == 0)
            Append(InputCodes.EV_KEY, (ushort)code, 0);
    }

    /// <summary>Motion, which holds nothing: of a relative axis, of an absolute one that is no contact's, of a switch.</summary>
    public void Move(in InputEvent motion) => Append(motion.Type, motion.Code, motion.Value);

    /// <summary>A key down and up in frames of their own, unless it is down anyway.</summary>
    public void Tap(ushort code, long seconds, long microseconds)
    {
        if (Holds(code))
            return;
        EndFrame(seconds, microseconds);
        Append(InputCodes.EV_KEY, code, 1);
        EndFrame(seconds, microseconds);
        Append(InputCodes.EV_KEY, code, 0);
        EndFrame(seconds, microseconds);
    }

    public void EndFrame(long seconds, long microseconds)
    {
        if (!_open)
            return;
        Append(new(seconds, microseconds, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        _open = false;
    }

    /// <summary>Every key that is down is held by no source any more: its key-up is owed until <see cref="Settle"/>.</summary>
    public void Abandon()
    {
        for (var code = 0; code < _holders.Length; code++)
        {
            if (_holders[code] == 0)
                continue;
            _holders[code] = 0;
            _owed.Add(code);
        }

        AbandonContacts();
    }

    /// <summary>Sends the key-ups that are owed.</summary>
    public void Settle()
    {
        SettleContacts();
        for (var code = _owed.Next(0); code >= 0; code = _owed.Next(code))
        {
            _owed.Remove(code);
            Append(InputCodes.EV_KEY, (ushort)code, 0);
        }

        EndFrame(0, 0);
    }

    /// <summary>
    /// Of a sink that an earlier router left: what may be down in it. The kernel drops the up of a key that is not down
    /// (drivers/input/input.c, input_get_disposition).
    /// </summary>
    /// <param name="down">Null: everything that it can produce.</param>
    public void Inherit(KeySet? down = null)
    {
        _owed = down ?? default;
        if (down is not null)
            return;
        if (kind != SinkKind.Clone)
        {
            foreach (var code in kind == SinkKind.Pointer ? SinkCodes.PointerButtons : guest.IsHost ? SinkCodes.HostKeyboardKeys : SinkCodes.KeyboardKeys)
                _owed.Add(code);
            return;
        }

        for (var code = 1; code < SinkCodes.KeyCount; code++)
            _owed.Add(code);
        _owedContacts = ulong.MaxValue;
    }

    /// <summary>One more source turns out to hold a key that an earlier router left down.</summary>
    /// <returns>False where the key is not down.</returns>
    public bool Adopt(int code)
    {
        if (!_owed.Remove(code) && !Holds(code))
            return false;
        _holders[code]++;
        return true;
    }

    /// <summary>Writes what has been collected, and is on the list of <see cref="Unwritten"/> no more.</summary>
    public void Leave()
    {
        _listed = false;
        Flush();
    }

    /// <summary>Writes what has been collected, in one go; what can't be taken now is kept.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        var count = _count;
        _count = 0;
        Send(_pending.AsSpan(0, count));
    }

    /// <summary>Whether <see cref="Pass"/> may be called: nothing is collected, and nothing waits.</summary>
    public bool IsIdle => !_listed && !_behind;

    /// <summary>Writes whole frames of motion as they are, without collecting them.</summary>
    /// <param name="frames">Each has its time at its end alone, as what is collected has.</param>
    public void Pass(ReadOnlySpan<InputEvent> frames) => Send(frames);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Send(ReadOnlySpan<InputEvent> events)
    {
        counters.Written += events.Length;
        var taken = _behind ? 0 : output.Write(events);
        if (kind == SinkKind.Clone)
            _backlog.Follow(events[..taken]);
        if (taken != events.Length)
            Keep(events, taken);
    }

    /// <summary>What can't be taken now.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Keep(ReadOnlySpan<InputEvent> events, int taken)
    {
        if (taken > 0 && events[taken - 1].Type != InputCodes.EV_SYN)
            _backlog.Tear();
        _behind = true;
        foreach (ref readonly var one in events[taken..])
            counters.Dropped += _backlog.Add(one);
    }

    /// <summary>Writes what was kept.</summary>
    /// <returns>Whether nothing is left.</returns>
    public bool Drain()
    {
        if (!_backlog.IsEmpty)
            _backlog.Remove(output.Write(_backlog.Rest));
        _behind = !_backlog.IsEmpty;
        return !_behind;
    }

    /// <summary>
    /// Of a frame the end alone has a time: uinput takes the time of each event for the whole frame's, and asks for the time of day at each that has
    /// one (drivers/input/misc/uinput.c, uinput_inject_events).
    /// </summary>
    private void Append(ushort type, ushort code, int value)
    {
        Append(new(type, code, value));
        _open = true;
        guest.Open |= _bit;
    }

    private void Append(in InputEvent one)
    {
        if (_count == _pending.Length || !_listed)
            MakeReady();
        _pending[_count++] = one;
    }

    /// <summary>There is room, and <see cref="Unwritten"/> knows of it.</summary>
    private void MakeReady()
    {
        if (_count == _pending.Length)
            Flush();
        if (_listed)
            return;
        _listed = true;
        unwritten.Add(this);
    }
}
