using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// The routing: which event goes where, what each sink holds down, which chord was pressed. It knows no descriptor. Each public member
/// leaves every key of every sink accounted for: a source holds keys only in sinks of its seat's focus and, of the keys that are the host's, of the host, and only while those are live.
/// Handling events allocates nothing.
/// </summary>
internal sealed partial class Switchboard
{
    public Counters Counters { get; } = new();

    // Each report looks at these: made first, they lie side by side.
    private readonly Unwritten _unwritten = new();

    private readonly Dictionary<Guid, Guest> _guests = [];
    private readonly Dictionary<string, Seat> _seats = [];
    private readonly Dictionary<int, Source> _sources = [];
    private readonly List<Sink> _sinks = [];
    private readonly uint _pointerAxes = Ways.PointerAxes;
    private ChordBook _chords = new(new([], [], [], []));

    /// <summary>Makes the tables now that would be made at the first event.</summary>
    public Switchboard() => Ways.OfKey(0);

    public Hotkeys Hotkeys => _chords.Hotkeys;

    /// <summary>Whether a seat's focus moved, a guest was found left or a source answered since <see cref="TakeMovedSeats"/>, <see cref="TakeLeftGuests"/> and <see cref="TakeAnswers"/>.</summary>
    public bool HasNews { get; private set; }

    /// <summary>Whether what was handled has more to it than what was written to sinks.</summary>
    public bool HasConsequences => HasNews || _longPressMoved;

    public IReadOnlyCollection<Seat> Seats => _seats.Values;

    public IReadOnlyList<Sink> Sinks => _sinks;

    /// <param name="abilities">Keys that the device has.</param>
    /// <param name="lights">Null where the device has none.</param>
    /// <param name="surface">Where its absolute axes and switches are now; null where it has none.</param>
    /// <param name="feedback">Null where it can't be felt.</param>
    public Source AddSource(int input, KeySet abilities = default, ILights? lights = null, Surface? surface = null, IFeedback? feedback = null)
    {
        var source = new Source(input) { Abilities = abilities, Lights = lights, Surface = surface, Feedback = feedback };
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
    public bool HasSink(Guid guest, SinkKind kind, string? clone = null) => _guests.TryGetValue(guest, out var known) && known[kind, clone] is not null;

    /// <param name="clone">What it is a clone of; null for a keyboard and a pointer.</param>
    public Sink AddSink(int input, int @event, Guid guest, SinkKind kind, ISinkOutput output, string? clone = null)
    {
        var owner = GuestOf(guest);
        var sink = new Sink(input, @event, owner, kind, clone, output, Counters, _unwritten);
        owner.Add(sink);
        _sinks.Add(sink);
        _unwritten.Reserve(_sinks.Count);
        Follow(sink);
        Flush();
        return sink;
    }

    public void RemoveSink(Sink sink)
    {
        if (sink.Clone is not null)
        {
            Abandon(sink);
            sink.Settle();
        }
        else
        {
            Abandon(sink.Guest);
            sink.Guest.Settle();
        }

        Flush();
        sink.Guest.Remove(sink);
        _sinks.Remove(sink);
        _unwritten.Forget();
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
        if (seat.Route.HostKeys != route.HostKeys)
            LeaveKeysToHost(seat, route.HostKeys);
        if (seat.Route.Clones != route.Clones)
        {
            foreach (var source in seat.Sources)
                Name(source, route);
        }

        seat.Route = route;
        seat.Reach = [.. route.Reach.Select(GuestOf)];
        seat.Home = HostReach.HomeOf(route.Reach) is { } home ? GuestOf(home) : null;
        foreach (var input in route.Sources)
        {
            if (_sources.TryGetValue(input, out var source) && source.Seat is null)
                Join(source, seat);
        }

        if (seat.Focus is null || !seat.Reach.Contains(seat.Focus))
            Focus(seat, seat.Home);
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

    public void SetHotkeys(Hotkeys hotkeys)
    {
        _chords = new(hotkeys);
        foreach (var seat in _seats.Values)
            FindLongPress(seat);
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

    /// <summary>Release comes before the switch; what is down physically stays dead in the new focus until pressed again.</summary>
    private void Focus(Seat seat, Guest? guest, long seconds = 0, long microseconds = 0)
    {
        foreach (var source in seat.Sources)
            Release(source, seconds, microseconds, hostKeysToo: false);
        HasNews |= seat.Focus != guest;
        seat.Focus = guest;
        Show(seat);
        foreach (var source in seat.Sources)
            Follow(source, seconds, microseconds);
    }

    private static void Release(Source source, long seconds = 0, long microseconds = 0, bool hostKeysToo = true)
    {
        if (source.Seat is not { } seat)
            return;
        for (var code = source.Held.Next(0); code >= 0; code = source.Held.Next(code + 1))
        {
            if (!hostKeysToo && seat.HostKeys.Has(code))
                continue;
            source.Held.Remove(code);
            source.Taking(code)!.Release(code);
        }

        LetGo(source, seconds, microseconds);
        seat.EndFrame(seconds, microseconds);
    }

    private void LeaveKeysToHost(Seat seat, ValueList<ushort> keys)
    {
        foreach (var source in seat.Sources)
            Release(source);
        seat.HostKeys = default;
        foreach (var code in keys)
            seat.HostKeys.Add(code);
        seat.Host = keys.Count > 0 ? GuestOf(HostReach.Id) : null;
    }

    private void Join(Source source, Seat seat)
    {
        source.Seat = seat;
        seat.Sources.Add(source);
        Name(source, seat.Route);
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
        source.Clone = null;
        FindLongPress(seat);
    }

    private Guest GuestOf(Guid id)
    {
        if (!_guests.TryGetValue(id, out var guest))
            _guests.Add(id, guest = new(id));
        return guest;
    }

    private void Flush() => _unwritten.Flush();
}
