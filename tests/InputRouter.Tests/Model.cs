using Phyllome.Seats.InputRouter.Core;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>
/// What the router should do, as plainly as it can be said: sets of keys, no counts, no frames. Guests are letters, h the host; keys are codes. Each
/// action returns nothing; what guests should see stands in <see cref="Expected"/>.
/// </summary>
internal sealed class Model
{
    private const int Ctrl = 29, RightCtrl = 97, Meta = 125, Shift = 42, Tab = 15, F1 = 59, ScrollLock = 70;

    private static readonly int[] Typed = [Tab, Ctrl, 30, 31, Shift, F1, F1 + 1, RightCtrl, Meta, 0x110, 0x111];

    public Dictionary<int, Source> Sources { get; } = [];

    public Dictionary<string, Seat> Seats { get; } = [];

    public Dictionary<char, Guest> Guests { get; } = new() { ['a'] = new(), ['b'] = new(), ['c'] = new(), ['h'] = new() };

    /// <summary>What each guest should see: in turn, sets of keys that go down or up in any order.</summary>
    public Dictionary<char, List<HashSet<(int Key, bool Down)>>> Expected { get; } = new() { ['a'] = [], ['b'] = [], ['c'] = [], ['h'] = [] };

    public void Press(int input, int key)
    {
        var source = Sources[input];
        if (!source.Down.Add(key))
            return;
        var seat = Seats.Values.SingleOrDefault(seat => seat.Route.Contains(input));
        if (seat is not null && TryChord(seat, key))
            return;
        if (seat?.TargetOf(key) is not { } focus || !Guests[focus].Live || !(Typed.Contains(key) || (focus == 'h' && key == ScrollLock)))
            return;
        if (Holders(focus, key).Count == 0 && Guests[focus].Holder == Holder.Host)
        {
            Close(focus);
            return;
        }

        if (Holders(focus, key).Count == 0)
            See(focus, [(key, true)]);
        source.Held.Add(key);
    }

    public void Release(int input, int key)
    {
        var source = Sources[input];
        source.Down.Remove(key);
        if (source.Held.Contains(key))
            LetGo(input, [key]);
    }

    public void SetFocus(string name, char guest)
    {
        if (Seats[name].Reach.Contains(guest) && Seats[name].Focus != guest)
            Focus(Seats[name], guest);
    }

    public void SetSeat(string name, int[] route, char[] reach, params int[] hostKeys)
    {
        var seat = Seats.TryGetValue(name, out var known) ? known : Seats[name] = new();
        if (!seat.HostKeys.SetEquals(hostKeys))
        {
            LetGo([.. seat.Route.Where(Sources.ContainsKey)], _ => true);
            seat.HostKeys = [.. hostKeys];
        }

        foreach (var input in seat.Route.Except(route).Where(Sources.ContainsKey))
            LetGo(input, Sources[input].Held);
        (seat.Route, seat.Reach) = (route, reach);
        if (seat.Focus is not { } focus || !reach.Contains(focus))
            Focus(seat, seat.Home);
    }

    public void Plug(int input) => Sources[input] = new();

    public void Unplug(int input)
    {
        LetGo(input, Sources[input].Held);
        Sources.Remove(input);
    }

    public void SetLive(char guest, bool live)
    {
        if (live)
            Settle(guest);
        else
            Close(guest);
        Guests[guest].Live = live;
    }

    public void Doubt(char guest)
    {
        if (Guests[guest].Holder == Holder.Host && (Guests[guest].Live || Guests[guest].Owed.Count > 0))
            Close(guest);
    }

    /// <summary>The sources that hold a key of a guest.</summary>
    public List<int> Holders(char guest, int key) => [.. Seats.Values.Where(seat => seat.TargetOf(key) == guest).SelectMany(seat => seat.Route).Where(input => Sources.TryGetValue(input, out var source) && source.Held.Contains(key))];

    private bool TryChord(Seat seat, int key)
    {
        var down = seat.Route.Where(Sources.ContainsKey).SelectMany(input => Sources[input].Down).ToHashSet();
        var now = Array.IndexOf(seat.Reach, seat.Focus!.Value);
        int? place = key switch
        {
            Tab when down.Contains(Meta) && seat.Reach.Length < 2 => null,
            Tab when down.Contains(Meta) && down.Contains(Shift) => (now + seat.Reach.Length - 1) % seat.Reach.Length,
            Tab when down.Contains(Meta) => (now + 1) % seat.Reach.Length,
            >= F1 and < F1 + 10 when down.Contains(Meta) && key - F1 < seat.Reach.Length => key - F1,
            Ctrl or RightCtrl when down.Contains(Ctrl) && down.Contains(RightCtrl) => Array.IndexOf(seat.Reach, seat.Home),
            _ => null,
        };
        if (place is null)
            return false;
        int[] leading = key is Ctrl or RightCtrl ? [Ctrl, RightCtrl] : key == Tab && down.Contains(Shift) ? [Meta, Shift] : [Meta];
        var focus = seat.Focus!.Value;
        if (Guests[focus].Live && leading.Any(other => other != key && Holders(focus, other).Count > 0) && Holders(focus, Ctrl).Count == 0)
        {
            See(focus, [(Ctrl, true)]);
            See(focus, [(Ctrl, false)]);
        }

        Focus(seat, seat.Reach[place.Value]);
        return true;
    }

    private void Focus(Seat seat, char guest)
    {
        LetGo([.. seat.Route.Where(Sources.ContainsKey)], key => !seat.HostKeys.Contains(key));
        seat.Focus = guest;
    }

    private void LetGo(int input, IEnumerable<int> keys)
    {
        var all = keys.ToHashSet();
        LetGo([input], all.Contains);
    }

    /// <summary>Sources of one seat let go of those of their keys.</summary>
    private void LetGo(int[] inputs, Func<int, bool> which)
    {
        if (Seats.Values.SingleOrDefault(seat => seat.Route.Intersect(inputs).Any()) is not { } seat)
            return;
        var gone = inputs.SelectMany(input => Sources[input].Held).Where(which).ToHashSet();
        foreach (var input in inputs)
            Sources[input].Held.ExceptWith(gone);
        foreach (var keys in gone.Where(key => seat.TargetOf(key) is { } target && Holders(target, key).Count == 0).GroupBy(key => seat.TargetOf(key)!.Value))
            See(keys.Key, [.. keys.Select(key => (key, false))]);
    }

    private void Close(char guest)
    {
        foreach (var input in SourcesOf(guest))
        {
            var held = Sources[input].Held.Where(key => !SeatOf(input).HostKeys.Contains(key)).ToList();
            Guests[guest].Owed.UnionWith(held);
            Sources[input].Held.ExceptWith(held);
        }

        Guests[guest].Live = false;
        if (Guests[guest].Holder == Holder.Host)
            Settle(guest);
    }

    private void Settle(char guest)
    {
        See(guest, [.. Guests[guest].Owed.Select(key => (key, false))]);
        Guests[guest].Owed.Clear();
    }

    private void See(char guest, HashSet<(int, bool)> keys)
    {
        if (keys.Count > 0)
            Expected[guest].Add(keys);
    }

    private Seat SeatOf(int input) => Seats.Values.Single(seat => seat.Route.Contains(input));

    private IEnumerable<int> SourcesOf(char guest) => Seats.Values.Where(seat => seat.Focus == guest).SelectMany(seat => seat.Route).Where(Sources.ContainsKey);

    /// <summary>Keys that are down on a device, and those of them that it holds down in its seat's focus.</summary>
    public sealed class Source
    {
        public HashSet<int> Down { get; } = [];

        public HashSet<int> Held { get; } = [];
    }

    public sealed class Seat
    {
        public int[] Route { get; set; } = [];

        public char[] Reach { get; set; } = [];

        public HashSet<int> HostKeys { get; set; } = [];

        public char? TargetOf(int key) => HostKeys.Contains(key) ? 'h' : Focus;

        public char Home => Reach.Contains('h') ? 'h' : Reach[0];

        public char? Focus { get; set; }
    }

    public sealed class Guest
    {
        public bool Live { get; set; } = true;

        public Holder Holder { get; set; } = Holder.Qemu;

        /// <summary>Down in a sink of a paused guest, and held by nobody.</summary>
        public HashSet<int> Owed { get; } = [];
    }
}
