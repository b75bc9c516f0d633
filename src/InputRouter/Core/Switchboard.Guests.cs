using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Guests that come, pause and go, with what is down in their sinks, and their lights.</summary>
internal sealed partial class Switchboard
{
    /// <summary>Says whether the guest runs. Of one that is paused, the key-ups wait until it runs again: its QEMU would not pass them on.</summary>
    /// <param name="clones">Input numbers of its clones that its QEMU holds.</param>
    public void SetLive(Guid guest, bool live, IReadOnlyCollection<int>? clones = null)
    {
        var known = GuestOf(guest);
        foreach (var clone in known.Clones)
            Hold(clone, clones?.Contains(clone.Input) == true);
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
        foreach (var clone in known.Clones)
            Follow(clone);
        Flush();
    }

    /// <summary>Something written to a sink came to us on its own node, so that no QEMU may hold it.</summary>
    public void Doubt(Sink sink)
    {
        if ((sink.Guest.Live || sink.Guest.Owes) && sink.Output.Holder == Holder.Host)
            Leave(sink);
        Flush();
    }

    /// <summary>Takes what a sink's lights were set to: those of its guest, shown on every keyboard of the seats whose focus it is.</summary>
    public void Light(Sink sink, ushort lights)
    {
        if (sink.Guest.Live)
            Light(sink.Guest, lights);
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
            if (sink.CloneOf is not null && guest[sink.Kind, sink.CloneOf] is { } clone)
                clone.IsHeld = true;
        }

        foreach (var (name, route, focus) in state.Seats)
        {
            // The focus comes first, so that nothing goes to another guest on the way to it.
            var seat = new Seat(name) { Focus = focus is { } guest ? GuestOf(guest) : null };
            _seats[name] = seat;
            if (SetSeat(name, route) != RouterError.None)
            {
                _seats.Remove(name);
                continue;
            }

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
            if (source.Taking(code) is { } sink && sink.Adopt(code))
                source.Held.Add(code);
        }

        AdoptContacts(source);
    }

    /// <summary>The guests that were said to be live and whose QEMU was found gone since this was last asked.</summary>
    public IReadOnlyList<Guest> TakeLeftGuests()
    {
        HasNews = false;
        var left = _guests.Values.Where(guest => guest.Live != guest.ToldLive || guest.Clones.Exists(clone => clone.IsHeld != clone.ToldHeld)).ToList();
        foreach (var guest in left)
        {
            guest.ToldLive = guest.Live;
            foreach (var clone in guest.Clones)
                clone.ToldHeld = clone.IsHeld;
        }

        return left;
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

    /// <summary>Whose QEMU let go of it: of a clone it alone, as long as the QEMU has the rest.</summary>
    private void Leave(Sink sink)
    {
        if (sink.Clone is not null && sink.Guest.Holder == Holder.Qemu)
            Hold(sink, false);
        else
            Close(sink.Guest);
        HasNews = true;
    }

    /// <summary>What its sources hold is dead until pressed again.</summary>
    private void Abandon(Guest guest)
    {
        foreach (var seat in _seats.Values)
        {
            foreach (var source in seat.Sources)
            {
                for (var code = source.Held.Next(0); code >= 0; code = source.Held.Next(code + 1))
                {
                    if (seat.TargetOf(code) == guest)
                        source.Held.Remove(code);
                }

                if (seat.Focus == guest)
                    source.HeldContacts = 0;
            }
        }

        guest.Abandon();
    }
}
