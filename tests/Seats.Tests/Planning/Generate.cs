using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>Configurations, devices, guests and histories of chance, from few names so that they meet.</summary>
internal static class Generate
{
    public static Gen<Device> Device { get; } =
        from port in Gen.OneOf("1-1", "1-2", "1-2.1", "1-2.2", "1-3", "1-4", "1-40", "2-1", "1-5.1", "1-5.2", "1-5.2.1")
        from id in Gen.OneOf("046d:c31c", "046d:c31c", "413c:2113")
        from serial in Gen.OneOf("S1", "S2", null, null)
        from kind in Gen.OneOf(DeviceKind.Keyboard, DeviceKind.Keyboard, DeviceKind.Mouse, DeviceKind.Keys)
        from name in Gen.OneOf("Keyboard 1", "Keyboard 2", "Mouse 1")
        from abilities in Gen.OneOf(
            InputAbilities.Key | InputAbilities.Keyboard, InputAbilities.Mouse, InputAbilities.Switch, InputAbilities.Accelerometer, InputAbilities.Joystick).Array[1, 3]
        select Machine.Usb(kind, port, name, id, [.. abilities.Select(ability => new InputNode(0, 0, ability, name))]) with { Serial = serial };

    /// <summary>A stick that the host may have mounted.</summary>
    private static Gen<Device> Stick { get; } =
        from port in Gen.OneOf("1-1", "1-2", "1-2.1", "1-2.3", "1-4", "2-1", "1-5.3")
        from use in Gen.OneOf(null, null, null, "/mnt is mounted from it")
        select Machine.Usb(DeviceKind.Storage, port, "Stick 1", "46f4:0001") with { Usb = new(1, 0, ["080650"]) { HostsUse = use } };

    public static Gen<Guest> Guest { get; } =
        from name in Gen.OneOf("g0", "g1", "g2", "g3")
        from state in Gen.OneOf(GuestState.Off, GuestState.Off, GuestState.Running, GuestState.Paused)
        select Machine.Guest(name, state);

    private static Gen<Selector> Selector { get; } = Gen.OneOf(
        new Selector(SelectorKind.Port, "1-1"), new(SelectorKind.Port, "1-2"), new(SelectorKind.Port, "1-2.1"), new(SelectorKind.Port, "1-4"),
        new(SelectorKind.Port, "2-1"), new(SelectorKind.Name, "*1"), new(SelectorKind.Name, "Keyboard*"), new(SelectorKind.Id, "046d:c31c"));

    private static Gen<WhenAway> Away { get; } = Gen.OneOf(WhenAway.Keep, WhenAway.Save, WhenAway.ShutDown, WhenAway.ShutDown);

    /// <summary>Of few machines, which one may not be there.</summary>
    public static Gen<TemplateWish?> Template { get; } = Gen.OneOf(
        Gen.Const((TemplateWish?)null), Gen.Const((TemplateWish?)null),
        Gen.Select(Gen.OneOf("g0", "g0", "g1", "g9"), Gen.OneOf(false, false, true), (origin, kept) => (TemplateWish?)new TemplateWish("t", new(origin, kept))));

    public static Gen<SeatsConfiguration> Configuration { get; } =
        from names in Gen.Shuffle(new[] { "a", "b", "c", "d" }, 0, 4)
        from guests in Gen.Shuffle(new[] { "g0", "g1", "g2", "g3", "g9" }, 1, 3).Array[names.Length]
        from devices in Selector.Array[0, 3].Array[names.Length]
        from gpus in Gen.Shuffle(new[] { World.Card(1), World.Card(2), World.SharedCard, null, null }, names.Length)
        from keep in Gen.OneOf(Selector, Gen.Const(new Selector(SelectorKind.Pci, World.Card(2)))).Array[0, 1]
        from policy in Gen.OneOf(NewDevices.Accept, NewDevices.Accept, NewDevices.Accept, NewDevices.Confirm, NewDevices.Deny)
        from mode in Gen.OneOf(SpawnMode.Auto, SpawnMode.Auto, SpawnMode.Auto, SpawnMode.Ask, SpawnMode.Off)
        from template in Template
        from away in Away.Array[names.Length + 1]
        select new SeatsConfiguration(
            new(keep.ToValueList(), null) { NewDevices = policy, Seat = names.Length > 1 ? names[1] : "seat1" }, SeatsConfiguration.DefaultHotkeys,
            names.Select((name, i) => Seat(name, guests[i], devices[i], gpus[i]) with { HostKeys = guests[i].Length > 1 ? [113, 114] : [], Away = away[i] }).ToValueList())
        {
            Spawn = SpawnWish.Default with { Mode = mode, Template = template, Away = away[^1] },
        };

    /// <summary>As few seats as most people have: none.</summary>
    public static Gen<SeatsConfiguration> Zero { get; } =
        from card in Gen.OneOf(1, 2)
        from template in Template
        from away in Away
        select SeatsConfiguration.Default with { Host = new([new(SelectorKind.Pci, World.Card(card))], null), Spawn = SpawnWish.Default with { Template = template, Away = away } };

    /// <summary>Of any two seats, no selector of one picks what one of the other does, no guest is in two reaches, and the host keeps a keyboard.</summary>
    public static Gen<SeatsConfiguration> Apart { get; } =
        from reach in Gen.Int[1, 2].Array[4]
        from own in Gen.Bool.Array[4]
        select new SeatsConfiguration(
            new([], null), SeatsConfiguration.DefaultHotkeys,
            Enumerable.Range(0, 4).Select(i => Seat(
                $"{(char)('a' + i)}", [.. new[] { $"g{i}", $"h{i}" }.Take(reach[i])], own[i] ? [new(SelectorKind.Port, $"1-{i + 2}")] : [])).ToValueList());

    public static Gen<Happening> Happening { get; } = Gen.OneOf(
        Device.Select(device => (Happening)new Plug(device)),
        Device.Select(device => (Happening)new Plug(device)),
        Device.Select(device => (Happening)new Unplug(device.Id)),
        Guest.Select(guest => (Happening)new GuestChanges(guest)),
        Guest.Select(guest => (Happening)new GuestEnds(guest.Name)),
        Gen.OneOf("g0-seat1", "g0-seat1", "g1-seat1", "g0-seat2").Select(clone => (Happening)new GuestEnds(clone)),
        Gen.OneOf("a", "b", "seat1").Select(seat => (Happening)new SeatIsRemoved(seat)),
        Guest.Select(guest => (Happening)new GuestIsUndefined(guest.Name)),
        Gen.Bool.Select(there => (Happening)new Libvirt(there)),
        Gen.Const((Happening)new RouterRestarts()),
        Gen.Const((Happening)new ManagerRestarts()),
        Gen.Int[0, 5].Select(steps => (Happening)new ManagerCrashes(steps)),
        Gen.Int[2, 5].Select(oneIn => (Happening)new StepsFail(oneIn)),
        Gen.Const((Happening)new MinutePasses()),
        Gen.Const((Happening)new LingerEnds()),
        Gen.Const((Happening)new MemoryIsLost()),
        Gen.Select(Device, Gen.OneOf("a", "b", "seat1", "seat0"), (device, seat) => (Happening)new Assign(device.Id, seat)),
        Gen.OneOf("a", "b", "seat1").Select(seat => (Happening)new HostTakes(seat)),
        Gen.OneOf("a", "b", "seat1").Select(seat => (Happening)new HostGivesBack(seat)),
        Zero.Select(wanted => (Happening)new Configure(wanted)),
        Configuration.Select(wanted => (Happening)new Configure(wanted)));

    /// <summary>A PC with its own keyboard, one machine and one free card; then somebody comes with a keyboard.</summary>
    private static Gen<History> Home { get; } =
        from seed in Gen.Int[0, 100_000]
        from wanted in Zero
        from keyboard in Device
        from mouse in Device
        from happenings in Gen.OneOf(Happening, Gen.OneOf(
            Device.Select(device => (Happening)new Plug(device)), Gen.Const((Happening)new Unplug(keyboard.Id)), Gen.Const((Happening)new Unplug(mouse.Id)),
            Gen.Const((Happening)new LingerEnds()), Gen.Const((Happening)new GuestEnds("g0-seat1")),
            Gen.Const((Happening)new Plug(keyboard)), Gen.Const((Happening)new Plug(mouse with { Kind = DeviceKind.Mouse })))).Array[0, 9]
        select new History(
            seed,
            [
                new GuestChanges(Machine.Guest("g0")), new Configure(wanted), new Plug(Machine.Keyboard("1-7", 0)), new MinutePasses(),
                new Plug(keyboard with { Kind = DeviceKind.Keyboard }), new Plug(mouse with { Kind = DeviceKind.Mouse }), .. happenings,
            ]);

    /// <summary>A PC with many seats in its configuration.</summary>
    private static Gen<History> Crowd { get; } =
        from seed in Gen.Int[0, 100_000]
        from guests in Gen.Shuffle(new[] { "g0", "g1", "g2", "g3" }, 0, 4)
        from happenings in Happening.Array[1, 9]
        from wanted in Gen.OneOf(Zero, Configuration)
        select new History(seed, [.. guests.Select(guest => new GuestChanges(Machine.Guest(guest))), new Configure(wanted), .. happenings]);

    /// <summary>A PC at which sticks come and go.</summary>
    public static Gen<History> Sticks { get; } =
        from seed in Gen.Int[0, 100_000]
        from happenings in Gen.OneOf(
            Happening, Device.Select(device => (Happening)new Plug(device)), Stick.Select(stick => (Happening)new Plug(stick)),
            Gen.Select(Stick, Gen.Bool, (stick, used) => (Happening)new HostUses(stick.Id, used)), Stick.Select(stick => (Happening)new Unplug(stick.Id))).Array[1, 9]
        from wanted in Gen.OneOf(Zero, Configuration, Configuration)
        select new History(seed, [.. new[] { "g0", "g1", "g2" }.Select(guest => new GuestChanges(Machine.Guest(guest))), new Configure(wanted), .. happenings]);

    public static Gen<Display> Monitor { get; } =
        from connector in Gen.OneOf("card0-DP-1", "card0-DP-2", "card0-HDMI-A-1")
        from key in Gen.OneOf("DEL-40F1-1", "GSM-5B7F-2", "DEL-40F1-3")
        from mode in Gen.OneOf("1920x1080", "1280x1024")
        select new Display(connector, "0000:00:02.0", true, "Monitor", key, mode);

    /// <summary>Seats that name monitors of a card of the host's, some of them one monitor by two names.</summary>
    public static Gen<SeatsConfiguration> Shown { get; } =
        from wanted in Configuration
        from displays in Gen.Shuffle(
            new Selector[]
            {
                new(SelectorKind.Connector, "card0-DP-1"), new(SelectorKind.Connector, "card0-DP-2"), new(SelectorKind.Connector, "0000:00:02.0-HDMI-A-1"),
                new(SelectorKind.Edid, "GSM-5B7F-2"), new(SelectorKind.Edid, "DEL-40F1-1"),
            }, 0, 3).Array[wanted.Seats.Count]
        from rotations in Gen.OneOf(Rotation.None, Rotation.None, Rotation.Clockwise, Rotation.Half, Rotation.Anticlockwise).Array[3].Array[wanted.Seats.Count]
        select wanted with
        {
            Seats = wanted.Seats.Select((seat, i) => seat with
            {
                Gpu = i % 3 == 2 ? seat.Gpu : null, Displays = displays[i].ToValueList(), Rotations = rotations[i].Take(displays[i].Length).ToValueList(),
                Where = seat.Where with { Displays = displays[i].Select(_ => new Place(1, 1)).ToValueList() },
            }).ToValueList(),
        };

    /// <summary>A PC with a card whose monitors are lent.</summary>
    public static Gen<History> Monitors { get; } =
        from seed in Gen.Int[0, 100_000]
        from first in Monitor
        from happenings in Gen.OneOf(
            Happening, Shown.Select(wanted => (Happening)new Configure(wanted)), Monitor.Select(monitor => (Happening)new MonitorComes(monitor)),
            Monitor.Select(monitor => (Happening)new MonitorComes(monitor)), Monitor.Select(monitor => (Happening)new MonitorGoes(monitor.Connector)),
            Gen.Select(Gen.OneOf("g0", "g1", "g2"), Gen.Int[1, 3], (name, heads) => (Happening)new GuestChanges(Machine.Guest(name, GuestState.Running) with { Screen = 0, Heads = heads })),
            Monitor.Select(monitor => (Happening)new PresenterEnds(monitor.Connector))).Array[1, 9]
        from wanted in Shown
        select new History(seed, [.. new[] { "g0", "g1", "g2" }.Select(guest => new GuestChanges(Machine.Guest(guest))), new MonitorComes(first), new Configure(wanted), .. happenings]);

    /// <summary>Without sticks.</summary>
    public static Gen<History> Seats { get; } = Gen.OneOf(Home, Crowd);

    public static SeatWish Seat(string name, string[] guests, Selector[] devices, string? gpu = null)
    {
        var place = new Place(1, 1);
        return new(
            name, guests.ToValueList(), devices.ToValueList(), [], gpu, null,
            new(place, guests.Select(_ => place).ToValueList(), devices.Select(_ => place).ToValueList(), [], gpu is null ? null : place));
    }
}
