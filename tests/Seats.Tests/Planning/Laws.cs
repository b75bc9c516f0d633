using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Tests.Planning;

internal delegate Plan Planner(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current);

internal sealed class LawBroken(string law) : Exception(law);

/// <summary>
/// What of the design's "What never bends" is the planner's to keep, said without the planner: of each single plan, and of what the
/// plans of a history come to. <see cref="World"/> adds what the router, the helper and libvirt refuse.
/// </summary>
internal static partial class Laws
{
    private const int Rounds = 7;

    /// <summary>Lives through a history, and settles after each thing that happens in it.</summary>
    public static void HoldOver(Planner planner, History history)
    {
        var world = new World(history.Seed) { Doors = [] }.WithCards();
        var wanted = SeatsConfiguration.Default;
        var random = new Random(history.Seed);
        foreach (var happening in history.Happenings)
        {
            switch (happening)
            {
                case Plug plug: world.Plug(plug.Device); break;
                case Unplug unplug: world.Unplug(unplug.Device); break;
                case GuestChanges changes when world.Guests.GetValueOrDefault(changes.Guest.Name) is { Passed.Count: > 0 }: break;
                case GuestChanges changes: world.SetGuest(changes.Guest); break;
                case GuestEnds ends: world.EndGuest(ends.Guest); break;
                case GuestIsUndefined undefined when world.Guests.GetValueOrDefault(undefined.Guest) is { State: not GuestState.Off }: break;
                case GuestIsUndefined undefined: world.Guests.Remove(undefined.Guest); break;
                case MonitorComes comes: world.PlugMonitor(comes.Display); break;
                case MonitorGoes goes: world.UnplugMonitor(goes.Connector); break;
                case PresenterEnds ends: world.Screens?.RemoveAll(screen => screen.Connector == ends.Connector); break;
                case HostUses uses: world.Use(uses.Device, uses.Used); break;
                // No desktop begins on a card of which we are the master.
                case DesktopComes when world.Screens?.Exists(screen => screen.Loan is null) == true: break;
                case DesktopComes comes: world.Come(comes.Desktop); world.HasDesktop = true; break;
                case DesktopGoes goes: world.Go(goes.Number); world.HasDesktop = world.Desktops.Count > 0; break;
                case SomebodyAnswers answers when planner(wanted, world.Memory, world.Observed, world.Current).Asking is { } asking:
                    var source = asking.Sources[answers.Source % asking.Sources.Count];
                    world.Answers = [new(source, asking.Screens.Count > 0 ? asking.Screens[answers.Screen % asking.Screens.Count].Connector : null)];
                    break;
                case FocusMoves moves when Wish(moves.Seat) is { } seat: world.MoveFocus(seat.Name, moves.At); break;
                case ViewerComes comes when Wish(comes.Seat) is { } seat: world.Comes(seat); break;
                case ViewersLeave leave when Wish(leave.Seat) is { } seat: world.Leave(seat.Name); break;
                case DoorEnds ends when Wish(ends.Seat) is { } seat: world.EndDoor(seat.Name); break;
                case RemoteIsSaid said when Wish(said.Seat) is { } seat:
                    world.Memory = world.Memory.With(seat.Name, remote => remote with { Password = said.Password ?? remote.Password, ViewOnly = said.ViewOnly });
                    break;
                case Libvirt libvirt: world.LibvirtIsThere = libvirt.IsThere; break;
                case RouterRestarts: world.RestartRouter(); break;
                case ManagerRestarts: world.RestartManager(); break;
                case MinutePasses: world.PassMinute(); break;
                case LingerEnds: world.EndLinger(); break;
                case MemoryIsLost: world.Memory = Memory.Of(wanted, world.Observed, world.Current); break;
                case Assign assign when world.Devices.GetValueOrDefault(assign.Device) is { } device:
                    world.Memory = world.Memory.With(device, assign.Seat);
                    break;
                case SeatIsRemoved removed: world.Memory = world.Memory.Without(removed.Seat); break;
                case HostTakes takes: world.Memory = world.Memory.WithTaken([takes.Seat]); break;
                case HostGivesBack gives: world.Memory = world.Memory.WithoutTaken(gives.Seat); break;
                case Configure configure: wanted = configure.Wanted; break;
                case ManagerCrashes crashes:
                    world.Apply(LookAt(planner, world, wanted), most: crashes.Steps);
                    world.RestartManager();
                    break;
                case StepsFail fail:
                    for (var round = 0; round < 2; round++)
                        world.Apply(LookAt(planner, world, wanted), _ => random.Next(fail.OneIn) == 0);
                    break;
            }
            // Sometimes the next thing happens in the middle.
            if (random.Next(3) == 0)
                world.Apply(LookAt(planner, world, wanted), most: random.Next(4));
            else
                Settle(planner, world, wanted);
            // Who answered has been understood, or never is.
            world.Answers = [];
        }
        Settle(planner, world, wanted);

        SeatWish? Wish(int at) => wanted.Seats.Count == 0 ? null : wanted.Seats[at % wanted.Seats.Count];
    }

    /// <summary>Applies plans until there is nothing left to do, which is soon, and then all is as it should be.</summary>
    public static void Settle(Planner planner, World world, SeatsConfiguration wanted)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var plan = LookAt(planner, world, wanted);
            if (plan.Steps.Count == 0 && plan.Remembered is null)
            {
                Reached(world, wanted, plan);
                return;
            }
            world.Apply(plan);
        }
        throw new LawBroken($"a state is reached within {Rounds} rounds; left: {string.Join("; ", LookAt(planner, world, wanted).Steps.Select(step => step.Sentence))}");
    }

    /// <summary>A plan, held against the laws of a single one.</summary>
    private static Plan LookAt(Planner planner, World world, SeatsConfiguration wanted)
    {
        var (observed, current) = (world.Observed, world.Current);
        var before = world.Memory;
        var plan = planner(wanted, before, observed, current);
        Law(world.Chance(3) || planner(wanted, before, world.Observed, world.Current) == plan, "the plan does not depend on the order in which things were found");
        var sinks = current.Router.Sinks.Select(sink => sink.Input).ToHashSet();
        var devices = observed.Devices.Where(device => !device.Nodes.Any(node => sinks.Contains(node.Input))).ToDictionary(device => device.Id);
        var after = plan.Remembered ?? before;
        Formed(wanted, before, after, devices, observed, current, plan);
        Claims(wanted, after, devices, current, plan);
        Steps(Roster.With(wanted, after), observed, current, devices, plan);
        Clones(Roster.With(wanted, after), observed, devices, plan);
        Remotes(Roster.With(wanted, after), observed, current, plan);
        return plan;
    }

    private static void Steps(SeatsConfiguration wanted, Inventory observed, Current current, Dictionary<string, Device> devices, Plan plan)
    {
        var seats = wanted.Seats.Select(seat => seat.Name).Concat(current.Router.Seats.Select(seat => seat.Name)).Concat((current.Doors ?? []).Select(door => door.Seat)).Append(Step.Host).ToHashSet();
        Law(plan.Steps.All(step => seats.Contains(step.Seat)), "a step is of a seat that is wanted, or that the router or a door has, or of the host");
        Law(plan.Steps.Distinct().Count() == plan.Steps.Count, "nothing is done twice");
        foreach (var (seat, guest) in plan.Steps.Select(OfGuest).OfType<(string Seat, Guid Guest)>())
        {
            var reaching = wanted.Seats.Where(wish => wish.Guests.Select(Machine.Uuid).Contains(guest) || (guest == HostReach.Id && (wanted.Host.Seat == wish.Name || wish.HostKeys.Count > 0))).Select(wish => wish.Name)
                .Concat(current.Router.Seats.Where(route => route.Route.Reach.Contains(guest)).Select(route => route.Name)).ToArray();
            Law(reaching.Contains(seat) || seat == Step.Host, "what is done to a guest is done by a seat that reaches it, or by the host");
        }
        foreach (var own in plan.Steps.GroupBy(step => step.Seat))
        {
            var steps = own.ToArray();
            Law(Array.FindLastIndex(steps, step => step is ReleaseSource) <= First(steps, step => step is TakeSource or Route or Unroute or CreateSink or CreateClone), "release comes before attach");
            Law(Array.FindLastIndex(steps, step => step is Route) <= First(steps, step => step is TakeSource), "a device is routed before it is taken, so that it goes somewhere at once");
            Law(Array.FindLastIndex(steps, step => step is CreateSink or CreateClone) <= First(steps, step => step is StartGuest or Route), "a guest is routed to and started with its sinks");
        }
        foreach (var take in plan.Steps.OfType<TakeSource>())
        {
            Law(plan.Claims.Any(claim => claim.Device == take.Device.Id && claim.Seat == take.Seat && (claim.Seat != Step.Host || claim.Reason == ClaimReason.Held))
                && take.Device.Nodes.Contains(take.Node), "only what a seat claims, or nobody may have, is taken");
            Law(IsSource(take.Node), "what carries neither keys nor motion stays with the host");
        }
        foreach (var route in plan.Steps.OfType<Route>())
        {
            var nodes = plan.Claims.Where(claim => claim.Seat == route.Seat).SelectMany(claim => devices[claim.Device].Nodes).Where(IsSource).Select(node => node.Input);
            Law(route.To.Sources.All(nodes.Contains), "a seat's route has its own sources only");
        }
        foreach (var start in plan.Steps.OfType<StartGuest>())
        {
            var seat = wanted.Seats.First(seat => seat.Name == start.Seat);
            Law(start.GuestName == seat.Guests[0] && start.Gpu == seat.Gpu, "a seat's own guest is started, with the seat's card");
            Law(seat is { IsRemembered: false, Away: WhenAway.Keep } || plan.Claims.Any(claim => claim.Seat == seat.Name && !claim.IsWhole), "a guest that is not for ever is there for as long as somebody sits at its seat");
            Law(!current.Started.Contains(start.Guest), "a guest that its user shut down is not started again behind their back");
        }
        foreach (var (leaving, way) in plan.Steps.OfType<StopGuest>().Select(stop => (stop.Seat, WhenAway.ShutDown)).Concat(plan.Steps.OfType<SaveGuest>().Select(save => (save.Seat, WhenAway.Save))))
        {
            Law(current.Lingered.Contains(leaving) && plan.Claims.All(claim => claim.Seat != leaving || claim.IsWhole), "the guest is kept while its seat is sat at, and for a while after");
            Law(wanted.Seats.First(seat => seat.Name == leaving).Away == way, "a guest that is left ends as its seat has it");
        }
        foreach (var (seat, guest, usb) in plan.Steps.OfType<AttachUsb>().Select(step => (step.Seat, step.GuestName, step.Usb))
            .Concat(plan.Steps.OfType<StartGuest>().SelectMany(step => step.Usb.Select(usb => (step.Seat, step.GuestName, usb)))))
        {
            var device = devices.Values.FirstOrDefault(device => device.Port == usb.Port && device.Usb?.Number == usb.Number);
            Law(device is { Usb.HostsUse: null }, "what is not there, and what the host uses, goes to no guest");
            Law(plan.Claims.Any(claim => claim.Device == device!.Id && claim.Seat == seat) && wanted.Seats.Any(wish => wish.Name == seat && wish.Guests[0] == guest),
                "a seat's own guest gets what the seat claims");
        }
        foreach (var remove in plan.Steps.OfType<RemoveSink>())
            Law(observed.Guests is not null, "while libvirt cannot be asked, nothing is known of who holds a sink");
        foreach (var release in plan.Steps.OfType<ReleaseSource>())
            Law(!plan.Claims.Any(claim => devices[claim.Device].Nodes.Any(node => node.Input == release.Input) && observed.Guests is null
                && current.Router.Seats.Any(seat => seat.Name == claim.Seat)), "while libvirt cannot be asked, no seat loses what it has");
    }

    /// <summary>What the planner is for.</summary>
    private static void Reached(World world, SeatsConfiguration wanted, Plan plan)
    {
        var routed = world.Routes.Values.SelectMany(route => route.Sources).ToArray();
        Law(routed.Distinct().Count() == routed.Length, "a device is in one seat at most");
        var held = plan.Claims.Where(claim => claim.Reason == ClaimReason.Held).SelectMany(claim => world.Devices[claim.Device].Nodes).Where(IsSource).Select(node => node.Input);
        Law(world.Sources.SetEquals(routed.Concat(held)), "what the router holds is in some seat or may be nobody's, and what is in a seat it holds");
        wanted = Roster.With(wanted, world.Memory);
        wanted = wanted with { Seats = wanted.Seats.Where(seat => !world.Memory.Taken.Contains(seat.Name)).ToValueList() };
        Law(world.Current.Lingered.Count == 0 || !world.LibvirtIsThere || world.Current.Lingered.All(name => wanted.Seats.All(seat => seat.Name != name || seat.Away == WhenAway.Keep
            || (seat.Away == WhenAway.Save && world.Guests.GetValueOrDefault(seat.Guests[0]) is { Passed.Count: > 0 })
            || world.Guests.GetValueOrDefault(seat.Guests[0]) is not { State: GuestState.Running } guest || guest.Seat != name || IsUsedElsewhere(world, seat, guest))), "a guest is not kept for ever when its seat was left");
        foreach (var (seat, route) in world.Routes)
        {
            var nodes = plan.Claims.Where(claim => claim.Seat == seat).SelectMany(claim => world.Devices[claim.Device].Nodes).Where(IsSource);
            Law(nodes.Select(node => node.Input).Order().SequenceEqual(route.Sources), "a seat has all of what it claims, composite devices as one");
        }
        foreach (var device in plan.Claims.Where(claim => claim.Seat == Step.Host && claim.Reason != ClaimReason.Held).Select(claim => world.Devices[claim.Device]))
            Law(HostRules.First(world.HostRules, device) is not { Seat: not null }, "udev takes nothing from the host that no seat has");
        foreach (var claim in plan.Claims.Where(claim => world.Routes.ContainsKey(claim.Seat) && claim.Reason == ClaimReason.Configured && claim.Because.Contains("port:", StringComparison.Ordinal)))
            Law(HostRules.First(world.HostRules, world.Devices[claim.Device])?.Seat == claim.Seat, "udev gives to a seat what the configuration gives it by its port");
        foreach (var card in world.HostRules.Where(rule => rule.By == MatchBy.Card))
            Law(world.Gpus.All(gpu => gpu.Address != card.Value || !gpu.Boot), "udev takes no card from the host that the boot was shown on");
        MonitorsReached(world, wanted, plan);
        DoorsReached(world, wanted, plan);
        if (!world.LibvirtIsThere)
            return;
        Usb(world, wanted, plan);
        ClonesReached(world, wanted, plan);
        Law(wanted.Seats.Where(seat => world.Guests.ContainsKey(seat.Guests[0])).Select(seat => seat.Name).ToHashSet().SetEquals(world.Routes.Keys),
            "the seats whose guest is there are formed, and no others");
        foreach (var seat in wanted.Seats.Where(seat => world.Routes.ContainsKey(seat.Name)))
        {
            var reach = seat.Guests.Where(world.Guests.ContainsKey).Select(Machine.Uuid).Concat(wanted.Host.Seat == seat.Name ? [HostReach.Id] : []).ToArray();
            Law(reach.SequenceEqual(world.Routes[seat.Name].Reach), "a seat reaches its guests, its own first, then the host where it is said to, and nothing else");
            Law(seat.HostKeys == world.Routes[seat.Name].HostKeys, "a seat leaves to the host the keys that it is said to");
            Law(seat.HostKeys.Count == 0 || world.Sinks.Count(sink => sink.Guest == HostReach.Id && sink.Kind != SinkKind.Clone) == 2, "keys that are left to the host have a way there");
            foreach (var guest in reach)
            {
                Law(world.Sinks.Where(sink => sink.Guest == guest && sink.Kind != SinkKind.Clone).Select(sink => sink.Kind).Order().SequenceEqual([SinkKind.Keyboard, SinkKind.Pointer]),
                    "every guest in reach has a keyboard and a pointer");
                Law(world.Guests.Values.FirstOrDefault(one => one.Uuid == guest) is not { State: GuestState.Running, TakesKeyboard: true } running
                    || world.Sinks.Where(sink => sink.Guest == guest && sink.Kind != SinkKind.Clone).All(sink => running.Inputs.Contains(sink.Event)), "a guest that runs has the keyboard and the pointer of its seat, whoever started it");
                Law(ClonesOf(world, plan, seat.Name).All(name => world.Sinks.Count(sink => sink.Guest == guest && sink.CloneOf == name) == 1),
                    "every guest in reach has one clone of each device that needs one");
            }

            Law(world.Routes[seat.Name].Clones.Select(clone => clone.CloneOf).Order().SequenceEqual(ClonesOf(world, plan, seat.Name).Order()), "what has clones goes to them");
            Started(world, wanted, seat);
        }
        Law(world.Sinks.All(sink => sink.Guest != HostReach.Id) || world.Routes.Values.Any(route => route.Reach.Contains(HostReach.Id) || route.HostKeys.Count > 0), "the host has sinks of its own only while a seat reaches it or leaves keys to it");
        foreach (var sink in world.Sinks.Where(sink => sink.Guest != HostReach.Id))
        {
            var guest = world.Guests.Values.FirstOrDefault(guest => guest.Uuid == sink.Guest);
            var runs = guest is { State: GuestState.Running } && world.Sinks.Where(other => other.Guest == sink.Guest && other.Kind != SinkKind.Clone).All(other => guest.Inputs.Contains(other.Event));
            Law(sink.Live == (runs && guest!.Inputs.Contains(sink.Event)), "just what a running QEMU holds is written to");
            var cloned = sink.CloneOf is null || world.Routes.Any(route => route.Value.Reach.Contains(sink.Guest) && ClonesOf(world, plan, route.Key).Contains(sink.CloneOf));
            Law(!cloned || !runs || guest!.Seat is null || sink.Live, "a clone is plugged into a guest that runs for a seat");
            Law(cloned || guest is not (null or { State: GuestState.Off }), "no clone is left that nobody needs");
            Law(guest is not (null or { State: GuestState.Off }) || world.Routes.Values.Any(route => route.Reach.Contains(sink.Guest)), "no idle sink is left");
        }
    }

    private static void Usb(World world, SeatsConfiguration wanted, Plan plan)
    {
        foreach (var guest in world.Guests.Values)
        {
            var seat = wanted.Seats.FirstOrDefault(seat => seat.Name == guest.Seat && seat.Guests[0] == guest.Name)?.Name;
            var claimed = plan.Claims.Where(claim => claim.Seat == seat && claim.IsWhole).Select(claim => world.Devices[claim.Device])
                .Select(device => new PassedUsb(device.Port!, device.Usb!.Bus, device.Usb.Number)).ToHashSet();
            Law(guest.Usb.All(claimed.Contains), "a guest has no USB device that was pulled, or is not its seat's");
            Law(guest.State != GuestState.Running || claimed.All(guest.Usb.Contains), "what is plugged in at a seat its running guest has");
        }
    }

    private static void Started(World world, SeatsConfiguration wanted, SeatWish seat)
    {
        var own = world.Guests[seat.Guests[0]];
        var viable = seat.Gpu is null or "0000:01:00.0" or "0000:02:00.0";
        var free = seat.Gpu is null || world.Guests.Values.All(other => other == own || !other.Passed.Contains(seat.Gpu));
        var first = wanted.Seats.First(other => other.Guests[0] == own.Name) == seat;
        var sat = !seat.AwaitsSomebody || world.Routes[seat.Name].Sources.Count > 0;
        Law(!sat || own.State != GuestState.Off || world.Current.Started.Contains(own.Uuid) || !viable || !free || !first, "a seat's own guest is started");
        Law(viable || own.Seat != seat.Name || !own.Passed.Contains(seat.Gpu!), "a card goes with its whole group or not at all");
    }

    private static IEnumerable<string> ClonesOf(World world, Plan plan, string seat) => plan.Claims.Where(claim => claim.Seat == seat).Select(claim => world.Devices[claim.Device])
        .SelectMany(device => device.Nodes.Where(node => node.NeedsClone).Select(node => CloneName.Of(device, node)));

    private static (string Seat, Guid Guest)? OfGuest(Step step) => step switch
    {
        CreateSink create => (step.Seat, create.Guest),
        CreateClone clone => (step.Seat, clone.Guest),
        AttachClone attach => (step.Seat, attach.Guest),
        RemoveSink remove => (step.Seat, remove.Guest),
        SetLive live => (step.Seat, live.Guest),
        StartGuest start => (step.Seat, start.Guest),
        AttachUsb attach => (step.Seat, attach.Guest),
        DetachUsb detach => (step.Seat, detach.Guest),
        _ => null,
    };

    private static bool IsSource(InputNode node) => (node.Abilities & ~(InputAbilities.Switch | InputAbilities.Accelerometer)) != 0;

    private static int First(Step[] steps, Predicate<Step> match) => Array.FindIndex(steps, match) is >= 0 and var found ? found : int.MaxValue;

    private static void Law(bool holds, string law)
    {
        if (!holds)
            throw new LawBroken(law);
    }
}
