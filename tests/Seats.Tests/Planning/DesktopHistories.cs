using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A PC with desktops that come and go, and lend its monitors or show windows on them; and with screens that ask whose a keyboard is.</summary>
internal static class DesktopHistories
{
    /// <summary>Of each monitor of the card it shows something, offers it, or leaves it dark.</summary>
    private static Gen<Desktop> Desktop { get; } =
        from number in Gen.Int[1, 3]
        from has in Gen.Bool
        from dp1 in Gen.Int[0, 2]
        from dp2 in Gen.Int[0, 2]
        from hdmi in Gen.Int[0, 2]
        let ways = new[] { ("DP-1", dp1), ("DP-2", dp2), ("HDMI-A-1", hdmi) }
        select new Desktop(
            number, 1000, has ? ["card0"] : [], ways.Where(way => way.Item2 == 0).Select(way => way.Item1).ToValueList(),
            ways.Where(way => way.Item2 == 1).Select(way => $"card0-{way.Item1}").ToValueList());

    private static SeatWish AtAMonitor { get; } = Generate.Seat("a", ["g1"], []) with { Displays = [new(SelectorKind.Connector, "card0-DP-1")], Rotations = [Rotation.None] };

    private static Gen<Happening> Answers { get; } = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], (source, screen) => (Happening)new SomebodyAnswers(source, screen));

    /// <summary>A host whose monitors are lent, since it has no other card to give; its desktop is not there, or is.</summary>
    private static Gen<History> Newcomers { get; } =
        from seed in Gen.Int[0, 100_000]
        from monitors in Generate.Monitor.Array[1, 3]
        from policy in Gen.OneOf(NewDevices.Accept, NewDevices.Accept, NewDevices.Confirm)
        from mode in Gen.OneOf(SpawnMode.Auto, SpawnMode.Ask)
        from template in Generate.Template
        from desktop in Desktop
        from isThere in Gen.Bool
        from seats in Gen.OneOf<ValueList<SeatWish>>([], [AtAMonitor])
        from first in Generate.Device
        from happenings in Gen.OneOf(
            Generate.Happening, Generate.Device.Select(device => (Happening)new Plug(device with { Kind = DeviceKind.Keyboard })), Generate.Device.Select(device => (Happening)new Plug(device)),
            Answers, Answers, Desktop.Select(one => (Happening)new DesktopComes(one)), Gen.Int[1, 3].Select(number => (Happening)new DesktopGoes(number)),
            Generate.Monitor.Select(monitor => (Happening)new MonitorComes(monitor)), Gen.OneOf("g0", "g1").Select(guest => (Happening)new GuestChanges(Machine.Guest(guest))),
            Gen.Const((Happening)new LingerEnds()), Gen.Const((Happening)new GuestEnds("g1"))).Array[1, 9]
        select new History(
            seed,
            [
                new GuestChanges(Machine.Guest("g0")), .. seats.Select(seat => new GuestChanges(Machine.Guest(seat.Guests[0]))), .. monitors.Select(monitor => new MonitorComes(monitor)), isThere ? new DesktopComes(desktop) : new DesktopGoes(desktop.Number),
                new Configure(SeatsConfiguration.Default with
                {
                    Host = new([new(SelectorKind.Pci, World.Card(1)), new(SelectorKind.Pci, World.Card(2))], null) { NewDevices = policy },
                    Spawn = SpawnWish.Default with { Mode = mode, Template = template },
                    Seats = seats,
                }),
                new Plug(Machine.Keyboard("1-7", 0)), new MinutePasses(), new Plug(first with { Kind = DeviceKind.Keyboard }), .. happenings,
            ]);

    private static Gen<History> Seats { get; } =
        from seed in Gen.Int[0, 100_000]
        from monitors in Generate.Monitor.Array[1, 3]
        from happenings in Gen.OneOf(
            Generate.Happening, Gen.OneOf(RemoteHistories.Seen, Generate.Shown).Select(wanted => (Happening)new Configure(wanted)),
            Desktop.Select(desktop => (Happening)new DesktopComes(desktop)), Desktop.Select(desktop => (Happening)new DesktopComes(desktop)),
            Gen.Int[1, 3].Select(number => (Happening)new DesktopGoes(number)),
            Generate.Monitor.Select(monitor => (Happening)new MonitorComes(monitor)), Generate.Monitor.Select(monitor => (Happening)new MonitorGoes(monitor.Connector)),
            Gen.Select(Gen.OneOf("g0", "g1", "g2"), Gen.Int[1, 3], (name, heads) => (Happening)new GuestChanges(Machine.Guest(name, GuestState.Running) with { Screen = 0, Heads = heads })),
            Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], (seat, at) => (Happening)new FocusMoves(seat, at)),
            Answers, Generate.Device.Select(device => (Happening)new Plug(device))).Array[1, 9]
        from wanted in Gen.OneOf(RemoteHistories.Seen, Generate.Shown, Generate.Zero)
        select new History(
            seed, [.. new[] { "g0", "g1", "g2" }.Select(guest => new GuestChanges(Machine.Guest(guest))), .. monitors.Select(monitor => new MonitorComes(monitor)), new Configure(wanted), .. happenings]);

    public static Gen<History> All { get; } = Gen.OneOf(Newcomers, Seats);
}
