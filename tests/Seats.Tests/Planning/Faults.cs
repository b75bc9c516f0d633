using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A way in which a planner could be wrong: what it would believe wrongly, or decide wrongly.</summary>
/// <param name="Name">Goes on after "a planner that".</param>
internal sealed record Fault(string Name, Func<Planner, Planner> Of);

/// <summary>Each has to be caught by a law; one that is not shows a law that is missing.</summary>
internal static class Faults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        // What it decides.
        Drops<ReleaseSource>("never gives a device back"),
        Drops<TakeSource>("never takes a device"),
        Drops<CreateSink>("makes no sinks"),
        Drops<RemoveSink>("leaves idle sinks behind"),
        Drops<Route>("routes nothing"),
        Drops<Unroute>("never ends a route"),
        Drops<SetLive>("never opens a guest's input"),
        Drops<StartGuest>("starts no guest"),
        Drops<AttachUsb>("leaves sticks with the host"),
        Drops<DetachUsb>("leaves sticks in a guest that were pulled"),
        Drops<LendMonitor>("lends no monitor"),
        Drops<TakeMonitorBack>("keeps monitors that were pulled"),
        Drops<TurnMonitor>("turns no monitor that is lent already"),
        Drops<ShowPicture>("shows no guest"),
        Steps("lends every monitor as if it stood upright", steps => steps.Select(step => step is LendMonitor lend ? lend with { Rotation = Rotation.None } : step).Where(step => step is not TurnMonitor)),
        Steps("shows one screen of a guest on all monitors", steps => steps.Select(step => step is ShowPicture { Head: { } head } show ? show with { Head = head with { Number = 0 } } : step)),
        Sees("takes every guest for one with one screen", observed => observed with { Guests = observed.Guests?.Select(guest => guest with { Heads = 1 }).ToValueList() }),
        Knows("takes for told what no guest was told", current => current with { Screens = current.Screens?.Select(screen => screen.Head is { } head ? screen with { Head = head with { On = [0, 1] } } : screen).ToValueList() }),
        Sees("takes pulled monitors for plugged in", observed => observed with { Displays = observed.Displays.Select(display => display with { Connected = true }).ToValueList() }),
        Knows("does not see what is lent", current => current with { Screens = current.Screens is null ? null : [] }),
        Wants("names no monitor but the first", wanted => wanted with { Seats = wanted.Seats.Select(seat => seat with { Displays = seat.Displays.Take(1).ToValueList() }).ToValueList() }),
        Drops<OpenRemote>("opens no door"),
        Drops<ChangeRemote>("leaves a door as it was told first"),
        Drops<CloseRemote>("leaves doors open"),
        Drops<EndRemoteViewers>("leaves viewers with a guest that has the focus no more"),
        Steps("sends all viewers away at each change of a door", steps => steps.SelectMany(step => step is ChangeRemote ? [step, new EndRemoteViewers(step.Seat)] : new[] { step })),
        Steps("starts guests that nobody can see from elsewhere", steps => steps.Select(step => step is StartGuest start ? start with { Remote = null } : step)),
        Steps("starts each guest for viewers", steps => steps.Select(step => step is StartGuest start ? start with { Remote = start.Remote ?? new(null) } : step)),
        Knows("does not see who is at a door", current => current with { Doors = current.Doors?.Select(door => door with { Viewers = [] }).ToValueList() }),
        Knows("does not see where a seat's input goes", current => current with { Router = current.Router with { Seats = current.Router.Seats.Select(route => route with { Focus = null }).ToValueList() } }),
        Knows("takes doors that another manager opened for told", current => current with { Doors = current.Doors?.Select(door => door.As is null ? door with { As = new(door.Seat, null, "viewer", ViewOnly: false) } : door).ToValueList() }),
        Remembers("forgets what was said of a remote display", memory => memory with { Remotes = [] }),
        Wants("has every seat seen", wanted => wanted with { Seats = wanted.Seats.Select(seat => seat with { Remote = seat.Remote ?? new() }).ToValueList() }),
        Sees("takes the monitors of desktops for the host's", observed => observed with { Desktops = [], DesktopCards = [], HasDesktop = false }),
        Sees("takes a card whose desktop has ended", observed => observed with { DesktopCards = observed.DesktopCards.Where(card => observed.Desktops.Any(desktop => desktop.Cards.Contains(card))).ToValueList() }),
        Sees("asks for a lease of what a desktop shows", observed => observed with { Desktops = observed.Desktops.Select(desktop => desktop with { Offered = [.. desktop.Offered, .. desktop.Outputs.Select(output => $"card0-{output}")] }).ToValueList() }),
        Sees("takes no lease where it can have a window", observed => observed with { Desktops = observed.Desktops.Select(desktop => desktop with { Outputs = [.. desktop.Outputs, .. desktop.Offered.Select(offered => offered["card0-".Length..])], Offered = [] }).ToValueList() }),
        Steps("takes a lease of its own of a desktop's card", steps => steps.Select(step => step is LendMonitor lend ? lend with { Loan = null } : step)),
        Drops<AskOnScreen>("asks on no screen"),
        Knows("hears nobody who answers", current => current with { Answers = [] }),
        Knows("takes an answer for one at another screen", current => current with { Answers = current.Answers.Select(answer => answer with { Connector = "card0-DP-1" }).ToValueList() }),
        Drops<CloneGuest>("makes no clone of the template"),
        Drops<DiscardGuest>("leaves clones behind"),
        Sees("takes its owner's machines for clones to discard", observed => observed with { Guests = observed.Guests?.Select(guest => guest with { ThrowawayOf = "g0" }).ToValueList() }),
        Sees("takes clones for its owner's machines", observed => observed with { Guests = observed.Guests?.Select(guest => guest with { ThrowawayOf = null }).ToValueList() }),
        Wants("overlooks the template", wanted => wanted with { Spawn = wanted.Spawn with { Template = null } }),
        Steps("makes the keyboard and forgets the pointer", steps => steps.Where(step => step is not CreateSink { Kind: SinkKind.Pointer })),
        Steps("attaches before it releases", steps => steps.OrderBy(step => step is ReleaseSource)),
        Steps("takes a device before it is routed", steps => steps.OrderBy(step => step is Route)),
        Steps("starts a guest before its sinks are there", steps => steps.OrderBy(step => step is not StartGuest)),
        Steps("does one thing twice", steps => steps.SelectMany(step => step is CreateSink ? [step, step] : new[] { step })),
        Steps("says the opposite of a guest's input", steps => steps.Select(step => step is SetLive live ? live with { Live = !live.Live } : step)),
        Steps("forgets the card", steps => steps.Select(step => step is StartGuest start ? start with { Gpu = null } : step)),
        Steps("turns the reach around", steps => steps.Select(step => step is Route route ? route with { To = route.To with { Reach = route.To.Reach.Reverse().ToValueList() } } : step)),
        Steps("does one seat's work in another's name", steps => steps.ToArray() is [var first, ..] all ? all.Select(step => step is SetLive ? step with { Seat = first.Seat } : step) : []),
        Steps("leaves one node of a composite device out", steps => steps.Select(step => step is Route { To.Sources: [_, _, ..] } route
            ? route with { To = route.To with { Sources = route.To.Sources.Skip(1).ToValueList() } } : step)),
        new("claims a device for two seats", planner => (wanted, remembered, observed, current) =>
        {
            var plan = planner(wanted, remembered, observed, current);
            return plan with { Claims = [.. plan.Claims, .. plan.Claims.Take(1).Select(claim => claim with { Seat = wanted.Seats is [.., var last] ? last.Name : "seat1" })] };
        }),
        new("claims without a reason", planner => (wanted, remembered, observed, current) =>
        {
            var plan = planner(wanted, remembered, observed, current);
            return plan with { Claims = plan.Claims.Select(claim => claim with { Because = "" }).ToValueList() };
        }),
        new("plans for what it found first", planner => (wanted, remembered, observed, current) =>
        {
            var plan = planner(wanted, remembered, observed, current);
            return observed.Devices is [var first, ..] ? plan with { Steps = plan.Steps.Where(step => step is not TakeSource take || take.Device != first).ToValueList() } : plan;
        }),
        // What it believes.
        Wants("overlooks what the host keeps", wanted => wanted with { Host = wanted.Host with { Keep = [] } }),
        Wants("lets the last in the file win", wanted => wanted with { Seats = wanted.Seats.Reverse().ToValueList() }),
        Wants("goes by vendor and product alone", wanted => WithSelectors(wanted, selector => selector.Kind == SelectorKind.Id ? new(SelectorKind.Name, "*") : selector)),
        Wants("takes a port for the one whose number begins alike", wanted => WithSelectors(wanted, selector => selector == new Selector(SelectorKind.Port, "1-4") ? new(SelectorKind.Port, "1-40") : selector)),
        Wants("takes the host's last keyboard for a glob", wanted => WithSelectors(wanted, selector => selector, with: wanted.Seats.Count > 0 ? [.. Enumerable.Range(1, 4).Select(port => new Selector(SelectorKind.Port, $"1-{port}"))] : [])),
        Sees("takes libvirt's silence for no guests", observed => observed with { Guests = observed.Guests ?? [] }),
        Sees("takes every guest for off", observed => observed with { Guests = observed.Guests?.Select(guest => guest with { State = GuestState.Off }).ToValueList() }),
        Sees("does not see which guest has a card", observed => observed with { Guests = observed.Guests?.Select(guest => guest with { Passed = [] }).ToValueList() }),
        Sees("does not see whose card shares a group", observed => observed with { Gpus = observed.Gpus.Select(gpu => gpu with { GroupMembers = [gpu.Address] }).ToValueList() }),
        Sees("does not see what the host has mounted", observed => observed with { Devices = observed.Devices.Select(device => device.Usb is { } usb ? device with { Usb = usb with { HostsUse = null } } : device).ToValueList() }),
        Sees("does not see which guest has a stick", observed => observed with { Guests = observed.Guests?.Select(guest => guest with { Usb = [] }).ToValueList() }),
        Sees("sees a pull late", observed => observed with { Devices = observed.Devices.Skip(1).ToValueList() }),
        Knows("forgets which guests were started", current => current with { Started = [] }),
        Knows("takes the router for empty", current => current with { Router = RouterState.Empty }),
        Knows("does not see the routes of other seats", current => current with { Router = current.Router with { Seats = current.Router.Seats.Take(1).ToValueList() } }),
        Knows("takes its own sinks for devices", current => current with { Router = current.Router with { Sinks = [] } }),
        Knows("takes all sources for held", current => current with { Router = current.Router with { Sources = Enumerable.Range(1000, 100).Select(input => new RouterSource(input, true)).ToValueList() } }),
        Knows("takes everything for new", current => current with { New = Enumerable.Range(1, 5).Select(port => $"/sys/devices/usb/1-{port}").ToValueList() }),
        Knows("never sees that something is new", current => current with { New = [] }),
        Knows("never ends the wait for a seat that was left", current => current with { Lingered = [] }),
        Knows("stops the guest of a seat that is sat at", current => current with { Lingered = current.Router.Seats.Select(seat => seat.Name).ToValueList() }),
        Wants("saves a guest that is to run on", wanted => wanted with { Seats = wanted.Seats.Select(seat => seat with { Away = WhenAway.Save }).ToValueList() }),
        Wants("shuts a guest down that is to be saved", wanted => wanted with { Spawn = wanted.Spawn with { Away = WhenAway.ShutDown } }),
        Wants("forms seats although nobody wants it", wanted => wanted with { Spawn = SpawnWish.Default }),
        Wants("lets new devices in against the policy", wanted => wanted with { Host = wanted.Host with { NewDevices = NewDevices.Accept } }),
        Wants("leaves no key to the host", wanted => wanted with { Seats = wanted.Seats.Select(seat => seat with { HostKeys = [] }).ToValueList() }),
        Wants("does not see who reaches the host", wanted => wanted with { Host = wanted.Host with { Seat = null } }),
        Wants("lets another seat reach the host", wanted => wanted with { Host = wanted.Host with { Seat = wanted.Seats.Count > 0 ? wanted.Seats[0].Name : null } }),
        Remembers("forgets whose a device was", memory => memory with { Devices = [] }),
        Remembers("overlooks what the host took back", memory => memory with { Taken = [] }),
        Remembers("knows a device again by vendor and product alone", memory => memory with
        {
            Devices = memory.Devices.Concat(memory.Devices.SelectMany(entry => Enumerable.Range(1, 5).Select(port => entry with { Key = new($"port:1-{port}", entry.Key.Id, null) })))
                .Distinct().ToValueList(),
        }),
        Remembers("forgets that it knows a device", memory => memory with { Known = [] }),
        Remembers("lets a seat go when its devices do", memory => memory with { Seats = memory.Seats.Where(_ => memory.Devices.Count > 1).ToValueList() }),
        Decides("forms a seat twice", plan => plan.Remembered is { Seats: [var first, ..] } memory
            ? plan with { Remembered = memory with { Seats = [.. memory.Seats, first with { Name = "seat9" }] } } : plan),
        Decides("remembers nothing", plan => plan with { Remembered = null }),
        Decides("gives a new seat the host's keyboard", plan => plan with
        {
            Claims = plan.Claims.Select(claim => plan.Remembered is { Seats: [.., var seat] } && claim.Reason == ClaimReason.Host ? claim with { Seat = seat.Name, Reason = ClaimReason.Completed } : claim).ToValueList(),
        }),
        Decides("says same hub of what is on another one", plan => plan with
        {
            Claims = plan.Claims.Select(claim => claim.Reason == ClaimReason.Completed ? claim with { Reason = ClaimReason.SameHub } : claim).ToValueList(),
        }),
        Decides("leaves a device out of its explanations", plan => plan with { Claims = plan.Claims.Skip(1).ToValueList() }),
        Steps("takes from the host what it gave back", steps => steps.Select(step => step is KeepOffHost keep ? keep with { Rules = keep.Rules.Where(rule => rule.Seat is not null).ToValueList() } : step)),
        Drops<KeepOffHost>("leaves to the host's programs what the seats have"),
        Decides("lets what is held type on the host", plan => plan with { Steps = plan.Steps.Where(step => step is not TakeSource { Seat: Step.Host }).ToValueList() }),
    ];

    private static Fault Decides(string name, Func<Plan, Plan> change) =>
        new(name, planner => (wanted, remembered, observed, current) => change(planner(wanted, remembered, observed, current)));

    private static Fault Remembers(string name, Func<Memory, Memory> change) =>
        new(name, planner => (wanted, remembered, observed, current) => planner(wanted, change(remembered), observed, current));

    private static Fault Drops<TStep>(string name) => Steps(name, steps => steps.Where(step => step is not TStep));

    private static Fault Steps(string name, Func<IEnumerable<Step>, IEnumerable<Step>> change) => new(name, planner => (wanted, remembered, observed, current) =>
    {
        var plan = planner(wanted, remembered, observed, current);
        return plan with { Steps = change(plan.Steps).ToValueList() };
    });

    private static Fault Wants(string name, Func<SeatsConfiguration, SeatsConfiguration> change) =>
        new(name, planner => (wanted, remembered, observed, current) => planner(change(wanted), remembered, observed, current));

    private static Fault Sees(string name, Func<Inventory, Inventory> change) =>
        new(name, planner => (wanted, remembered, observed, current) => planner(wanted, remembered, change(observed), current));

    private static Fault Knows(string name, Func<Current, Current> change) =>
        new(name, planner => (wanted, remembered, observed, current) => planner(wanted, remembered, observed, change(current)));

    private static SeatsConfiguration WithSelectors(SeatsConfiguration wanted, Func<Selector, Selector> change, Selector[]? with = null) => wanted with
    {
        Seats = wanted.Seats.Select(seat =>
        {
            Selector[] devices = [.. seat.Devices.Select(change), .. seat.Devices.Any(selector => selector.Kind == SelectorKind.Name) ? with ?? [] : []];
            return seat with { Devices = devices.ToValueList(), Where = seat.Where with { Devices = devices.Select(_ => new Place(1, 1)).ToValueList() } };
        }).ToValueList(),
    };
}
