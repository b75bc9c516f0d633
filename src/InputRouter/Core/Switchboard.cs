using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// The routing: which event goes where, what each sink holds down, which chord was pressed. It knows no descriptor. Each public member
/// leaves every key of every sink accounted for: a source holds keys only in sinks of its seat's focus, and only while that guest is live.
/// Handling events allocates nothing.
/// </summary>
internal sealed class Switchboard
{
    /// <summary>
    /// The key pressed between a chord's leading keys and their release, so that no lone Meta or Alt opens a menu: Left Ctrl, because every
    /// system counts it as another key and none acts on it alone, and because QEMU's PS/2 keyboard can send it (it has no scan code for
    /// F13 to F24: keycodemapdb, data/keymaps.csv, column AT set1).
    /// </summary>
    public const ushort MaskingKey = 29;

    private readonly Dictionary<Guid, Guest> _guests = [];
    private readonly Dictionary<string, Seat> _seats = [];
    private readonly Dictionary<int, Source> _sources = [];
    private readonly List<Sink> _sinks = [];
    private ChordBook _chords = new(new([], [], [], []));

    public Counters Counters { get; } = new();

    public Hotkeys Hotkeys => _chords.Hotkeys;

    /// <summary>Whether a seat's focus moved or a guest was found left since <see cref="TakeMovedSeats"/> and <see cref="TakeLeftGuests"/>.</summary>
    public bool HasNews { get; private set; }

    /// <summary>When to call <see cref="PassLongPress"/>: microseconds of CLOCK_MONOTONIC; null: no key is held that could lead home.</summary>
    public long? LongPressAt { get; private set; }

    public IReadOnlyCollection<Seat> Seats => _seats.Values;

    public IReadOnlyList<Sink> Sinks => _sinks;

    /// <param name="abilities">Keys that the device has.</param>
    /// <param name="lights">Null where the device has none.</param>
    public Source AddSource(int input, KeySet abilities = default, ILights? lights = null)
    {
        var source = new Source(input) { Abilities = abilities, Lights = lights };
        _sources.Add(input, source);
        foreach (var seat in _seats.Values)
        {
            if (seat.Route.Sources.Contains(input))
                Join(source, seat);
        }

        return source;
    }

    /// <summary>Takes a source out, releasing what it holds.</summary>
    public void RemoveSource(Source source)
    {
        Leave(source);
        _sources.Remove(source.Input);
        Flush();
    }

    /// <summary>Whether the guest has such a sink already.</summary>
    public bool HasSink(Guid guest, SinkKind kind) => _guests.TryGetValue(guest, out var known) && known[kind] is not null;

    public Sink AddSink(int input, int @event, Guid guest, SinkKind kind, ISinkOutput output)
    {
        var owner = GuestOf(guest);
        var sink = new Sink(input, @event, owner, kind, output, Counters);
        owner[kind] = sink;
        _sinks.Add(sink);
        return sink;
    }

    public void RemoveSink(Sink sink)
    {
        Abandon(sink.Guest);
        sink.Guest.Settle();
        Flush();
        sink.Guest[sink.Kind] = null;
        _sinks.Remove(sink);
    }

    public RouterError SetSeat(string name, SeatRoute route)
    {
        foreach (var other in _seats.Values)
        {
            if (other.Name != name && other.Route.Sources.Any(input => route.Sources.Contains(input)))
                return RouterError.SourceInTwoSeats;
        }

        if (!_seats.TryGetValue(name, out var seat))
            _seats.Add(name, seat = new(name));
        foreach (var source in seat.Sources.Where(source => !route.Sources.Contains(source.Input)).ToArray())
            Leave(source);
        seat.Route = route;
        seat.Reach = [.. route.Reach.Select(GuestOf)];
        foreach (var input in route.Sources)
        {
            if (_sources.TryGetValue(input, out var source) && source.Seat is null)
                Join(source, seat);
        }

        if (seat.Focus is null || !seat.Reach.Contains(seat.Focus))
            Focus(seat, seat.Reach.FirstOrDefault());
        Flush();
        return RouterError.None;
    }

    public RouterError ForgetSeat(string name)
    {
        if (!_seats.TryGetValue(name, out var seat))
            return RouterError.NoSuchSeat;
        foreach (var source in seat.Sources.ToArray())
            Leave(source);
        AwaitLongPress(seat, null);
        _seats.Remove(name);
        Flush();
        return RouterError.None;
    }

    public RouterError SetFocus(string name, Guid guest)
    {
        if (!_seats.TryGetValue(name, out var seat))
            return RouterError.NoSuchSeat;
        if (seat.Reach.FirstOrDefault(one => one.Id == guest) is not { } target)
            return RouterError.OutOfReach;
        if (seat.Focus != target)
            Focus(seat, target);
        Flush();
        return RouterError.None;
    }

    /// <summary>Says whether the guest runs. Of one that is paused, the key-ups wait until it runs again: its QEMU would not pass them on.</summary>
    public void SetLive(Guid guest, bool live)
    {
        var known = GuestOf(guest);
        if (live)
        {
            known.Settle();
            // The host's console sets the lights of every keyboard that nobody has grabbed, and the kernel passes on changes alone.
            known.Keyboard?.Output.Show(known.Lights);
        }
        else
        {
            Close(known);
        }

        known.Live = known.ToldLive = live;
        Flush();
    }

    /// <summary>Something written to a sink came to us on its own node, so that no QEMU may hold it.</summary>
    public void Doubt(Sink sink)
    {
        if ((sink.Guest.Live || sink.Guest.Owes) && sink.Output.Holder == Holder.Host)
            Leave(sink.Guest);
        Flush();
    }

    /// <summary>Takes what was written to a sink: the lights of its guest, shown on every keyboard of the seats whose focus it is.</summary>
    public void Light(Sink sink, ReadOnlySpan<InputEvent> events)
    {
        if (!sink.Guest.Live)
            return;
        var lights = sink.Guest.Lights;
        foreach (ref readonly var one in events)
            lights = Lights.After(lights, one);
        Light(sink.Guest, lights);
    }

    public void SetHotkeys(Hotkeys hotkeys)
    {
        _chords = new(hotkeys);
        foreach (var seat in _seats.Values)
            FindLongPress(seat);
    }

    /// <summary>Brings home each seat whose key was held for long.</summary>
    /// <param name="now">Microseconds of CLOCK_MONOTONIC.</param>
    public void PassLongPress(long now)
    {
        foreach (var seat in _seats.Values)
        {
            if (!(seat.LongPressAt <= now))
                continue;
            AwaitLongPress(seat, null);
            if (seat.Reach is [var home, ..] && seat.Focus != home)
                Focus(seat, home);
        }

        Flush();
    }

    /// <summary>
    /// Goes on where an earlier router stopped, with the sinks and sources that it left: a key that is down in a focus and on one of its
    /// seat's sources is held, every other that is down in a sink goes up, every other that is down on a source is dead.
    /// </summary>
    public void Adopt(RouterState state)
    {
        SetHotkeys(state.Hotkeys);
        foreach (var sink in state.Sinks.Where(sink => sink.Live))
        {
            var guest = GuestOf(sink.Guest);
            guest.Live = guest.ToldLive = true;
        }

        foreach (var (name, route, focus) in state.Seats)
        {
            if (SetSeat(name, route) != RouterError.None)
                continue;
            var seat = _seats[name];
            if (seat.Reach.FirstOrDefault(guest => guest.Id == focus) is { } target)
                Focus(seat, target);
            foreach (var source in seat.Sources)
                Adopt(source);
        }

        foreach (var guest in _guests.Values.Where(guest => guest.Live || guest.Holder != Holder.Qemu))
            guest.Settle();
        Flush();
    }

    private static void Adopt(Source source)
    {
        for (var code = source.Down.Next(0); code >= 0; code = source.Down.Next(code + 1))
        {
            if (Ways.OfKey(code) is not Way.None and var way && source.Seat?.Focus?.Taking(way) is { } sink && sink.Adopt(code))
                source.Held.Add(code);
        }
    }

    /// <summary>Releases every key in every sink: the end of the router.</summary>
    public void ReleaseAll()
    {
        foreach (var guest in _guests.Values.Where(guest => guest.Live))
        {
            Abandon(guest);
            guest.Settle();
        }

        Flush();
    }

    /// <summary>The seats whose focus is another than when this was last asked.</summary>
    public IReadOnlyList<Seat> TakeMovedSeats()
    {
        HasNews = false;
        var moved = _seats.Values.Where(seat => seat.Focus != seat.ToldFocus).ToList();
        foreach (var seat in moved)
            seat.ToldFocus = seat.Focus;
        return moved;
    }

    /// <summary>The guests that were said to be live and whose QEMU was found gone since this was last asked.</summary>
    public IReadOnlyList<Guest> TakeLeftGuests()
    {
        HasNews = false;
        var left = _guests.Values.Where(guest => guest.Live != guest.ToldLive).ToList();
        foreach (var guest in left)
            guest.ToldLive = guest.Live;
        return left;
    }

    /// <summary>Routes what was read from a source.</summary>
    /// <returns>Whether events were lost and their end was read: ask the device for its keys, and give them to <see cref="Resynchronize"/>.</returns>
    public bool Handle(Source source, ReadOnlySpan<InputEvent> events)
    {
        var stale = false;
        Counters.Read += events.Length;
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
                    source.Seat?.Focus?.EndFrame(one.Seconds, one.Microseconds);
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
        }

        Flush();
        return stale;
    }

    /// <summary>Sends the difference between what was known of a source's keys and what is so.</summary>
    /// <param name="keys">Newer than every key event handled, and than every one still to be read.</param>
    public void Resynchronize(Source source, in KeySet keys)
    {
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

        source.Seat?.Focus?.EndFrame(0, 0);
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
                Press(source, one);
                break;
            case 0 when source.Down.Remove(one.Code) && source.Held.Remove(one.Code):
                source.Seat!.Focus!.Taking(Ways.OfKey(one.Code))!.Release(one.Code, one.Seconds, one.Microseconds);
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

        var way = Ways.OfKey(one.Code);
        if (way == Way.None)
            return;
        if (source.Seat?.Focus?.Taking(way) is not { } sink)
        {
            Counters.Dropped++;
            return;
        }

        // A QEMU that died a moment ago must not make the host read this key: its end comes here before libvirt tells the manager.
        if (!sink.Holds(one.Code) && sink.Output.Holder == Holder.Host)
        {
            Leave(sink.Guest);
            Counters.Dropped++;
            return;
        }

        source.Held.Add(one.Code);
        sink.Press(one);
    }

    private void Move(Source source, in InputEvent one)
    {
        if (Ways.OfAxis(one.Code) == Way.None)
            return;
        if (source.Seat?.Focus?.Taking(Way.Pointer) is { } sink)
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
            ChordAction.Home => 0,
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

    /// <summary>Release comes before the switch; what is down physically stays dead in the new focus until pressed again.</summary>
    private void Focus(Seat seat, Guest? guest, long seconds = 0, long microseconds = 0)
    {
        foreach (var source in seat.Sources)
            Release(source, seconds, microseconds);
        HasNews |= seat.Focus != guest;
        seat.Focus = guest;
        Show(seat);
    }

    private static void Release(Source source, long seconds = 0, long microseconds = 0)
    {
        if (source.Seat?.Focus is not { } guest)
            return;
        for (var code = source.Held.Next(0); code >= 0; code = source.Held.Next(code))
        {
            source.Held.Remove(code);
            guest.Taking(Ways.OfKey(code))!.Release(code, seconds, microseconds);
        }

        guest.EndFrame(seconds, microseconds);
    }

    /// <summary>Ends what is written to a guest. Where its QEMU holds the sinks yet, the key-ups stay owed.</summary>
    private void Close(Guest guest)
    {
        Abandon(guest);
        guest.Live = false;
        if (guest.Holder == Holder.Qemu)
            return;
        guest.Settle();
        Light(guest, 0);
    }

    private void Light(Guest guest, ushort lights)
    {
        if (guest.Lights == lights)
            return;
        guest.Lights = lights;
        foreach (var seat in _seats.Values)
        {
            if (seat.Focus == guest)
                Show(seat);
        }
    }

    private static void Show(Seat seat)
    {
        foreach (var source in seat.Sources)
            source.Show();
    }

    private void Leave(Guest guest)
    {
        Close(guest);
        HasNews = true;
    }

    /// <summary>What its sources hold is dead until pressed again.</summary>
    private void Abandon(Guest guest)
    {
        foreach (var seat in _seats.Values)
        {
            if (seat.Focus != guest)
                continue;
            foreach (var source in seat.Sources)
                source.Held = default;
        }

        guest.Abandon();
    }

    private void Join(Source source, Seat seat)
    {
        source.Seat = seat;
        seat.Sources.Add(source);
        FindLongPress(seat);
        source.Show();
    }

    private void Leave(Source source)
    {
        Release(source);
        if (source.Seat is not { } seat)
            return;
        seat.Sources.Remove(source);
        source.Seat = null;
        FindLongPress(seat);
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
        LongPressAt = null;
        foreach (var one in _seats.Values)
        {
            if (one.LongPressAt is { } moment && !(LongPressAt <= moment))
                LongPressAt = moment;
        }
    }

    private Guest GuestOf(Guid id)
    {
        if (!_guests.TryGetValue(id, out var guest))
            _guests.Add(id, guest = new(id));
        return guest;
    }

    private void Flush()
    {
        foreach (var sink in _sinks)
            sink.Flush();
    }
}
