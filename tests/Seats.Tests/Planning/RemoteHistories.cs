using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>Seats that are seen from elsewhere, some of them beside monitors.</summary>
internal static class RemoteHistories
{
    /// <summary>Which of the seats that the configuration asks for.</summary>
    private static Gen<int> Somebody { get; } = Gen.Int[0, 3];

    /// <summary>At ports of their own, as a configuration has to have it.</summary>
    public static Gen<SeatsConfiguration> Seen { get; } =
        from wanted in Gen.OneOf(Generate.Shown, Generate.Configuration)
        from ways in Gen.OneOf(Way.None, Way.Alone, Way.Beside).Array[wanted.Seats.Count]
        from listens in Gen.Shuffle(new[] { "0.0.0.0:5901", "127.0.0.1:5902", "[::1]:5903", null, null, null }, wanted.Seats.Count)
        from sizes in Gen.OneOf<ScreenSize?>(null, new ScreenSize(1280, 1024)).Array[wanted.Seats.Count]
        from toLook in Gen.Bool.Array[wanted.Seats.Count]
        from owners in Gen.OneOf<string?>(null, "alice").Array[wanted.Seats.Count]
        select wanted with
        {
            Seats = wanted.Seats.Select((seat, i) => ways[i] == Way.None ? seat : SeenFromElsewhere(seat, ways[i] == Way.Alone, new()
            {
                Listen = listens[i], Size = sizes[i], ViewOnly = toLook[i], User = i % 2 == 0 ? "viewer" : null,
            }) with { Owner = owners[i] }).ToValueList(),
        };

    private enum Way
    {
        None,
        Alone,
        Beside,
    }

    private static SeatWish SeenFromElsewhere(SeatWish seat, bool alone, RemoteWish remote)
    {
        var elsewhere = new Selector(SelectorKind.Remote, SeatWish.RemoteDisplay);
        ValueList<Selector> displays = alone ? [elsewhere] : [elsewhere, .. seat.Displays];
        return seat with
        {
            Displays = displays, Rotations = alone || seat.Rotations.Count == 0 ? [] : [Rotation.None, .. seat.Rotations], Remote = remote,
            Where = seat.Where with { Displays = displays.Select(_ => new Place(1, 1)).ToValueList() },
        };
    }

    private static Gen<Happening> Comes { get; } = Somebody.Select(seat => (Happening)new ViewerComes(seat));

    private static Gen<Happening> Moves { get; } = Gen.Select(Somebody, Gen.Int[0, 3], (seat, at) => (Happening)new FocusMoves(seat, at));

    /// <summary>A PC with seats that are seen from elsewhere, at which viewers come and go.</summary>
    public static Gen<History> All { get; } =
        from seed in Gen.Int[0, 100_000]
        from first in Generate.Monitor
        from happenings in Gen.OneOf(
            Generate.Happening, Seen.Select(wanted => (Happening)new Configure(wanted)), Comes, Comes, Comes, Moves, Moves, Moves,
            Somebody.Select(seat => (Happening)new ViewersLeave(seat)), Somebody.Select(seat => (Happening)new DoorEnds(seat)),
            Gen.Select(Somebody, Gen.OneOf(null, "kept", "kept anew"), Gen.OneOf<bool?>(null, true, false), (seat, password, toLook) => (Happening)new RemoteIsSaid(seat, password, toLook)),
            Gen.Select(Gen.OneOf("g0", "g1", "g2"), Gen.OneOf<int?>(null, 1), (name, vnc) => (Happening)new GuestChanges(Machine.Guest(name, GuestState.Running) with { Vnc = vnc })),
            Gen.Const((Happening)new LingerEnds()),
            Gen.OneOf(Generate.Monitor.Select(monitor => (Happening)new MonitorComes(monitor)), Generate.Monitor.Select(monitor => (Happening)new MonitorGoes(monitor.Connector)))).Array[1, 9]
        from wanted in Seen
        select new History(seed, [.. new[] { "g0", "g1", "g2" }.Select(guest => new GuestChanges(Machine.Guest(guest))), new MonitorComes(first), new Configure(wanted), .. happenings]);
}
