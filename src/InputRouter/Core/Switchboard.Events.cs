using System.Runtime.CompilerServices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>What is read from a source, and the hotkeys in it.</summary>
internal sealed partial class Switchboard
{
    /// <summary>
    /// The key pressed between a chord's leading keys and their release, so that no lone Meta or Alt opens a menu: Left Ctrl, because every
    /// system counts it as another key and none acts on it alone, and because QEMU's PS/2 keyboard can send it (it has no scan code for
    /// F13 to F24: keycodemapdb, data/keymaps.csv, column AT set1).
    /// </summary>
    public const ushort MaskingKey = 29;

    /// <summary>Routes what was read from a source.</summary>
    /// <returns>Whether events were lost and their end was read: ask the device for its keys, and give them to <see cref="Resynchronize"/>.</returns>
    /// <param name="events">Those of motion may lose their times.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Handle(Source source, Span<InputEvent> events)
    {
        Counters.Read += events.Length;
        if (source is { Clone: null, Overrun: false, Seat: { Focus: { Live: true, Open: 0, Pointer: { IsIdle: true } pointer }, Host: null or { Open: 0 } } } && Motion.Prepare(events, _pointerAxes))
        {
            pointer.Pass(events);
            return false;
        }

        return Sort(source, events);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Sort(Source source, ReadOnlySpan<InputEvent> events)
    {
        var stale = false;
        foreach (ref readonly var one in events)
        {
            if (one.Type == InputCodes.EV_SYN)
            {
                if (one.Code == InputCodes.SYN_DROPPED)
                {
                    source.Overrun = true;
                    Counters.Overruns++;
                }
                else if (one.Code == InputCodes.SYN_REPORT && source.Overrun)
                {
                    source.Overrun = false;
                    stale = true;
                }
                else if (one.Code == InputCodes.SYN_REPORT)
                {
                    source.Seat?.EndFrame(one.Seconds, one.Microseconds);
                }
            }
            else if (source.Overrun)
            {
                continue;
            }
            else if (one.Type == InputCodes.EV_KEY && one.Code < SinkCodes.KeyCount)
            {
                Key(source, one);
            }
            else if (one.Type == InputCodes.EV_REL)
            {
                Move(source, one);
            }
            else if (source.Surface is { } surface)
            {
                Place(source, surface, one);
            }
        }

        Flush();
        return stale;
    }

    /// <summary>Sends the difference between what was known of a source's keys and what is so.</summary>
    /// <param name="keys">Newer than every key event handled, and than every one still to be read.</param>
    /// <param name="surface">Where its axes, contacts and switches are; null for a device without.</param>
    public void Resynchronize(Source source, in KeySet keys, Surface? surface = null)
    {
        if (surface is not null && source.Surface is { } known)
            Resynchronize(source, known, surface);
        for (var code = 0; code < SinkCodes.KeyCount; code++)
        {
            if (source.Down.Has(code) && !keys.Has(code))
                Key(source, new(InputCodes.EV_KEY, (ushort)code, 0));
        }

        for (var code = keys.Next(0); code >= 0; code = keys.Next(code + 1))
        {
            if (!source.Down.Has(code))
                Key(source, new(InputCodes.EV_KEY, (ushort)code, 1));
        }

        source.Seat?.EndFrame(0, 0);
        Flush();
    }

    private void Key(Source source, in InputEvent one)
    {
        // Any other key than the one that leads home, and its own key-up, ends the wait.
        if (source.Seat is { LongPressAt: not null } waiting && one.Value != 2)
            AwaitLongPress(waiting, null);
        switch (one.Value)
        {
            case 1 when source.Down.Add(one.Code):
                Answer(source, one.Code);
                Press(source, one);
                break;
            case 0 when source.Down.Remove(one.Code) && source.Held.Remove(one.Code):
                source.Taking(one.Code)!.Release(one.Code);
                break;
            default:
                // Autorepeat: the guest repeats by itself.
                break;
        }
    }

    private void Press(Source source, in InputEvent one)
    {
        if (source.Seat is { } seat)
        {
            if (_chords.Completed(seat, one.Code) is { } chord && Obey(seat, chord, one))
                return;
            // A key that was down before its event could be read has no time, and leads nowhere.
            if (one.Code == seat.LongPressKey && one.Seconds != 0 && seat.HasOnlyDown(one.Code))
                AwaitLongPress(seat, (one.Seconds * 1_000_000) + one.Microseconds + LongPress.Duration);
        }

        if (source.Clone is null && (source.Seat?.TargetOf(one.Code)?.WayOf(one.Code) ?? Ways.OfKey(one.Code)) == Way.None)
            return;
        if (source.Taking(one.Code) is not { } sink)
        {
            Counters.Dropped++;
            return;
        }

        // A QEMU that died a moment ago must not make the host read this key: its end comes here before libvirt tells the manager.
        if (!sink.Holds(one.Code) && sink.Output.Holder == Holder.Host)
        {
            Leave(sink);
            Counters.Dropped++;
            return;
        }

        source.Held.Add(one.Code);
        sink.Press(one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Move(Source source, in InputEvent one)
    {
        if (source.Clone is not null)
        {
            Write(source, one);
            return;
        }

        if (one.Code >= InputCodes.REL_CNT || (_pointerAxes & (1U << one.Code)) == 0)
            return;
        if (source.Seat?.Focus is { Live: true, Pointer: { } sink })
            sink.Move(one);
        else
            Counters.Dropped++;
    }

    /// <returns>Whether the chord means anything here. Where it doesn't, its last key is a key like any other.</returns>
    private bool Obey(Seat seat, Chord chord, in InputEvent one)
    {
        var reach = seat.Reach;
        var place = chord.Action switch
        {
            ChordAction.Home => Array.IndexOf(reach, seat.Home),
            ChordAction.Pick => chord.Place,
            _ when reach.Length < 2 => -1,
            ChordAction.Next => (Array.IndexOf(reach, seat.Focus) + 1) % reach.Length,
            _ => (Array.IndexOf(reach, seat.Focus) + reach.Length - 1) % reach.Length,
        };
        if (place < 0 || place >= reach.Length)
            return false;
        Mask(seat, chord, one);
        Focus(seat, reach[place], one.Seconds, one.Microseconds);
        return true;
    }

    private static void Mask(Seat seat, Chord chord, in InputEvent one)
    {
        if (seat.Focus?.Taking(Way.Keyboard) is not { } keyboard)
            return;
        foreach (var key in chord.Keys)
        {
            if (key == one.Code || !keyboard.Holds(key))
                continue;
            keyboard.Tap(MaskingKey, one.Seconds, one.Microseconds);
            return;
        }
    }
}
