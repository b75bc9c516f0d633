using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Planning;

/// <summary>
/// The steps from what is to what should be. Of equal arguments, in whatever order their lists are, it makes the same plan; of a
/// reached state, an empty one. A plan is applied, the world is looked at again, and the next plan has what had to wait: a device
/// that moves leaves one seat's route in one plan and enters the other's in the next, so that seats need not wait for each other.
/// </summary>
/// <remarks>
/// What a step changes: TakeSource adds to the router's sources, ReleaseSource and CloseSink remove; CreateSink and CreateClone add a sink that is
/// not live, but where it is the host's; AttachClone adds to a guest's inputs; AdoptGuest gives it its keyboard and pointer and the seat's mark; Route and Unroute change the router's seats; SetLive the sinks' Live; MakeGpuPart the parts of a card; StartGuest the guest's state, inputs and USB devices, and
/// <see cref="Current.Started"/>; AttachUsb and DetachUsb change the guest's USB devices; LendMonitor, TurnMonitor, TakeMonitorBack, ShowPicture, ShowNoPicture, SayOnScreen and AskOnScreen change <see cref="Current.Screens"/>; OpenRemote, ChangeRemote, CloseRemote and EndRemoteViewers change <see cref="Current.Doors"/>; KeepOffHost changes <see cref="Current.HostRules"/>; StopGuest asks once, and takes the guest out of <see cref="Current.Started"/>; SaveGuest ends the guest, leaves it saved, and takes it out of <see cref="Current.Started"/>; CloneGuest and DiscardGuest change which guests there are. A seat's steps are in an order in which each may fail without making a later one wrong.
/// </remarks>
public static class SeatPlanner
{
    public static Plan Plan(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current)
    {
        // Our own sinks are input devices too, and no seat may claim them.
        var sinks = current.Router.Sinks.Select(sink => sink.Input).ToHashSet();
        var devices = observed.Devices.Where(device => !device.Nodes.Any(node => sinks.Contains(node.Input))).ToValueList();
        var all = GpuChoice.Resolve(wanted, remembered, observed, current);
        var claims = ClaimBook.Make(all, remembered, devices, observed.Displays, current);
        var memory = remembered;
        var question = new Identification(all, memory, devices, observed, current, claims);
        if (question.Answer() is { } answer)
            Remember((answer.Seat is { } made ? memory.With(made) : memory).With(answer.Device, answer.Entry));
        else if (question.WhyNot is { } whyNotAsked)
        {
            var (seat, keyboard, whyNot) = Formation.Find(all, memory, devices, observed, current, claims, whyNotAsked);
            if (seat is not null)
                Remember(memory.With(seat) with { Devices = [.. memory.Devices, keyboard!] });
            else if (whyNot is not null)
                Mark(claims.FreeKeyboards, claim => claim with { Because = whyNot });
        }

        var asking = question.Asking();
        if (asking is not null)
            Mark(asking.Devices, claim => claim with { Reason = ClaimReason.Held, Because = "it is asked at which screen it is: press a key of it there, or click it" });
        memory = Recollection.After(memory, all, devices, observed, current, claims);

        var faults = MachineChecks.Check(all, observed, claims);
        var gpus = new SeatGpus(all, observed, current);
        var satAt = Sitting(devices, claims);
        var screens = new SeatScreens(all, memory, observed, current, satAt.Contains, asking);
        var doors = new SeatDoors(all, memory, observed, current);
        var targets = Targets(all, memory, observed with { Devices = devices }, current, claims, faults);
        var held = claims.Claims.Where(claim => claim.Reason == ClaimReason.Held).Select(claim => claim.Device).ToHashSet();
        Source[] nobodys = [.. devices.Where(device => held.Contains(device.Id)).SelectMany(Sources).OrderBy(source => source.Node.Input)];

        var problems = faults.Select(fault => new Problem(fault.Seat, fault.Diagnostic.ToString(), fault.Prevents))
            .Concat(targets.SelectMany(target => Waiting(target, observed)))
            .Concat(targets.SelectMany(target => Unsaved(target, current, doors)))
            .Concat(targets.SelectMany(target => Deaf(target, current)))
            .Concat(doors.Problems())
            .Concat(targets.SelectMany(target => screens.TooFewHeads(target.Seat, target.Reach is [var own, ..] ? own : null)))
            .Concat(screens.Problems())
            .Concat(targets.SelectMany(target => gpus.Without(target.Seat, target.Reach is [var own, ..] ? own : null)));
        var steps = KeptOff(all, memory, observed with { Devices = devices }, current, claims).Concat(Steps(targets, nobodys, gpus, screens, doors, observed, current))
            .Concat(TemplateGuest.Missing(all, memory, observed, satAt.Contains)).Concat(TemplateGuest.Left(all, memory, observed, satAt.Contains));
        return new(claims.Claims, steps.ToValueList(), problems.ToValueList())
        {
            Remembered = memory == remembered ? null : memory,
            Asking = asking,
            WhyNotAsking = question.WhyNot,
        };

        void Remember(Memory after)
        {
            memory = after;
            all = GpuChoice.Resolve(wanted, memory, observed, current);
            claims = ClaimBook.Make(all, memory, devices, observed.Displays, current);
            question = new(all, memory, devices, observed, current, claims);
        }

        void Mark(ValueList<string> of, Func<Claim, Claim> mark)
        {
            var marked = of.ToHashSet();
            claims = claims with { Claims = claims.Claims.Select(claim => marked.Contains(claim.Device) ? mark(claim) : claim).ToValueList() };
        }
    }

    /// <summary>Names of the seats that have something to type or point with.</summary>
    private static HashSet<string> Sitting(ValueList<Device> devices, ClaimBook claims)
    {
        var routed = devices.Where(UsbPassing.IsRouted).Select(device => device.Id).ToHashSet();
        return [.. claims.Claims.Where(claim => routed.Contains(claim.Device)).Select(claim => claim.Seat)];
    }

    private static IEnumerable<Step> KeptOff(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current, ClaimBook claims)
    {
        if (current.HostRules is not { } inForce)
            yield break;
        // A card that must not be taken from the host is the host's.
        var rules = HostRules.Of(wanted, remembered, observed, claims.Claims)
            .Where(rule => rule.By != MatchBy.Card || current.Refused.All(refused => refused.Address != rule.Value)).ToValueList();
        if (UdevRules.Render(rules) != inForce)
            yield return new KeepOffHost(rules);
    }

    /// <summary>A node that carries input, with its device.</summary>
    private readonly record struct Source(Device Device, InputNode Node);

    private static IEnumerable<Source> Sources(Device device) => device.Nodes.Where(ClaimBook.IsSource).Select(node => new Source(device, node));

    private static PassedUsb Passed(Device device) => new(device.Port!, device.Usb!.Bus, device.Usb.Number);

    /// <summary>What one seat should have. A seat without its own guest is not formed: its devices stay with the host.</summary>
    /// <param name="Reach">Its own guest first; null while it cannot be known, so that the route in force goes on.</param>
    private sealed record Target(SeatWish Seat, IReadOnlyList<Source> Sources, IReadOnlyList<Guest>? Reach, bool Startable, ValueList<GuestWish> Wishes)
    {
        public string Name => Seat.Name;

        /// <summary>USB devices for its own guest.</summary>
        public IReadOnlyList<Device> Whole { get; init; } = [];

        public GuestWish? Wish(Guest guest) => Wishes.FirstOrDefault(wish => wish.Name == guest.Name);

        /// <summary>Whether it reaches the host too, after its guests.</summary>
        public bool ReachesHost { get; init; }

        /// <summary>Whether anything of it goes to the host.</summary>
        public bool NeedsHost => ReachesHost || Seat.HostKeys.Count > 0;

        /// <summary>Those of its sources of which each guest has a clone, with what that is called.</summary>
        public ValueList<(Source Source, string Name)> Clones { get; } =
            Sources.Where(source => source.Node.NeedsClone).Select(source => (source, CloneName.Of(source.Device, source.Node))).ToValueList();

        /// <summary>Whatever its sources may go to.</summary>
        public IEnumerable<(Guid Uuid, string Name)> Guests() =>
            (Reach ?? []).Select(guest => (guest.Uuid, guest.Name)).Concat(ReachesHost ? [(HostReach.Id, HostReach.Word)] : []);

        public bool Reaches(Guid guest) => Reach is { } reach && reach.Any(other => other.Uuid == guest);
    }

    private static List<Target> Targets(
        SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current, ClaimBook claims, ValueList<SeatFault> faults)
    {
        var byId = observed.Devices.ToDictionary(device => device.Id);
        var byName = observed.Guests?.GroupBy(guest => guest.Name).ToDictionary(same => same.Key, same => same.MinBy(guest => guest.Uuid)!);
        var claimed = claims.Claims.ToLookup(claim => claim.Seat, claim => byId[claim.Device]);
        var targets = new List<Target>();
        foreach (var seat in wanted.Seats.Where(seat => !remembered.Taken.Contains(seat.Name)))
        {
            List<Guest>? reach = byName is null ? null : [.. seat.Guests.Where(byName.ContainsKey).Select(name => byName[name])];
            var formed = byName is null
                ? current.Router.Seats.Any(route => route.Name == seat.Name)
                : byName.ContainsKey(seat.Guests[0]);
            if (formed)
            {
                Source[] sources = [.. claimed[seat.Name].Where(UsbPassing.IsRouted).SelectMany(Sources).OrderBy(source => source.Node.Input)];
                // Nobody needs it before somebody sits there.
                var startable = !(seat.AwaitsSomebody && sources.Length == 0) && !faults.Any(fault => fault.Seat == seat.Name && fault.Prevents);
                targets.Add(new(seat, sources, reach, startable, wanted.Guests)
                {
                    ReachesHost = wanted.Host.Seat == seat.Name,
                    Whole = [.. claimed[seat.Name].Where(UsbPassing.IsWhole).OrderBy(device => device.Id, StringComparer.Ordinal)],
                });
            }
        }
        return targets;
    }

    private static IEnumerable<Step> Steps(List<Target> targets, Source[] nobodys, SeatGpus gpus, SeatScreens screens, SeatDoors doors, Inventory observed, Current current)
    {
        var now = new Situation(targets, nobodys, observed, current);
        foreach (var target in targets)
        {
            foreach (var step in OfSeat(target, gpus, screens, doors, now))
                yield return step;
        }
        foreach (var route in current.Router.Seats.Where(route => targets.All(target => target.Name != route.Name)).OrderBy(route => route.Name, StringComparer.Ordinal))
        {
            foreach (var step in OfFormer(route, now))
                yield return step;
        }
        foreach (var step in OfNobody(nobodys, now).Concat(screens.OfHost([.. targets.Select(target => target.Name)])).Concat(doors.OfOthers([.. targets.Select(target => target.Name)])))
            yield return step;
    }

    /// <summary>The arguments, with what is asked of them often.</summary>
    private sealed class Situation
    {
        public Situation(List<Target> targets, Source[] nobodys, Inventory observed, Current current)
        {
            Targets = targets;
            Current = current;
            Guests = observed.Guests?.OrderBy(guest => guest.Uuid).ToList();
            Held = [.. current.Router.Sources.Select(source => source.Input)];
            Wanted = [.. targets.SelectMany(target => target.Sources).Concat(nobodys).Select(source => source.Node.Input)];
            Sinks = current.Router.Sinks.OrderBy(sink => sink.Input).ToLookup(sink => sink.Guest);
            foreach (var route in current.Router.Seats)
            {
                foreach (var input in route.Route.Sources)
                    Routed[input] = route.Name;
            }
            foreach (var target in targets)
            {
                foreach (var guest in target.Reach ?? [])
                    Keeper.TryAdd(guest.Uuid, target.Name);
                if (target.NeedsHost)
                    Keeper.TryAdd(HostReach.Id, target.Name);
            }
        }

        private ILookup<string, int>? _surplus;
        private ILookup<string, RouterSink>? _idle;

        public List<Target> Targets { get; }
        public Current Current { get; }
        public List<Guest>? Guests { get; }

        /// <summary>Input numbers that the router holds.</summary>
        public HashSet<int> Held { get; }

        /// <summary>Input numbers that some seat should have, or the router for nobody.</summary>
        public HashSet<int> Wanted { get; }

        /// <summary>The seat in whose route an input is.</summary>
        public Dictionary<int, string> Routed { get; } = [];

        public ILookup<Guid, RouterSink> Sinks { get; }

        /// <summary>Of the seats that reach a guest, the one that sees to its sinks: the first in the file.</summary>
        public Dictionary<Guid, string> Keeper { get; } = [];

        public RouterSeat? Route(string seat) => Current.Router.Seats.FirstOrDefault(route => route.Name == seat);

        /// <summary>Sources to give back, of one seat or (null) of none, in order.</summary>
        public IEnumerable<int> Surplus(string? seat) => (_surplus ??=
            Held.Where(input => !Wanted.Contains(input)).Order().ToLookup(input => Routed.GetValueOrDefault(input, "")))[seat ?? ""];

        /// <summary>Guests whose sinks nobody needs: no seat reaches them and no QEMU has them.</summary>
        /// <param name="seat">The former seat that reached them, null for those that no route has.</param>
        public IEnumerable<RouterSink> Idle(string? seat) => (_idle ??= Idle())[seat ?? ""];

        private ILookup<string, RouterSink> Idle()
        {
            var clones = Targets.SelectMany(target => target.Guests().SelectMany(guest => target.Clones.Select(clone => (guest.Uuid, clone.Name)))).ToHashSet();
            // Without libvirt nobody knows who holds a sink, or whose guest is not to be found.
            var idle = Guests is null ? [] : Current.Router.Sinks.OrderBy(sink => sink.Input).Where(sink =>
                (!Keeper.ContainsKey(sink.Guest) || (sink.CloneOf is { } clone && !clones.Contains((sink.Guest, clone))))
                && (Guests.Find(guest => guest.Uuid == sink.Guest) is not { } guest || (guest.State == GuestState.Off && !guest.Inputs.Contains(sink.Event))));
            // Not while another seat starts the guest with it.
            return idle.ToLookup(sink => Targets.Find(target => target.Reach is [var own, ..] && own.Uuid == sink.Guest)?.Name ?? Current.Router.Seats.Where(route => route.Route.Reach.Contains(sink.Guest)).Min(route => route.Name) ?? "");
        }

        /// <summary>What a guest's sinks should be, where that differs from what they are.</summary>
        public SetLive? Live(string seat, Guest guest)
        {
            var live = Holds(guest);
            var clones = live ? Sinks[guest.Uuid].Where(sink => sink.Kind == SinkKind.Clone && guest.Inputs.Contains(sink.Event)).Select(sink => sink.Input).ToValueList() : [];
            return Sinks[guest.Uuid].Any(sink => sink.Live != (sink.Kind == SinkKind.Clone ? clones.Contains(sink.Input) : live))
                ? new(seat, guest.Uuid, live) { Clones = clones }
                : null;
        }

        /// <summary>Whether the guest runs and its running definition has its keyboard and its pointer. A clone may come later.</summary>
        public bool Holds(Guest guest) =>
            guest.State == GuestState.Running && Main(guest.Uuid).Any() && Main(guest.Uuid).All(sink => guest.Inputs.Contains(sink.Event));

        /// <summary>Whether it runs without a keyboard and a pointer that it could have, since somebody else started it.</summary>
        public bool IsDeaf(Guest guest) => guest.State == GuestState.Running && !Holds(guest) && Main(guest.Uuid).Select(sink => sink.Kind).Distinct().Count() == 2;

        /// <summary>The seat that is to give it them: that for which it runs, else whose own it is, else the one that sees to its sinks.</summary>
        public string Adopter(Guest guest) => Targets.Find(target => target.Name == guest.Seat && target.Reaches(guest.Uuid))?.Name
            ?? Targets.Find(target => target.Reach is [var own, ..] && own.Uuid == guest.Uuid)?.Name ?? Keeper[guest.Uuid];

        /// <summary>A guest's keyboard and pointer.</summary>
        public IEnumerable<RouterSink> Main(Guid guest) => Sinks[guest].Where(sink => sink.Kind != SinkKind.Clone);
    }

    private static IEnumerable<Step> OfSeat(Target target, SeatGpus gpus, SeatScreens screens, SeatDoors doors, Situation now)
    {
        foreach (var input in now.Surplus(target.Name))
            yield return new ReleaseSource(target.Name, input);

        Guest[] kept = [.. (target.Reach ?? []).Where(guest => now.Keeper[guest.Uuid] == target.Name)];
        foreach (var (guest, name) in kept.Select(guest => (guest.Uuid, guest.Name)).Concat(target.NeedsHost && now.Keeper[HostReach.Id] == target.Name ? [(HostReach.Id, HostReach.Word)] : []))
        {
            foreach (var kind in new[] { SinkKind.Keyboard, SinkKind.Pointer }.Where(kind => now.Sinks[guest].All(sink => sink.Kind != kind)))
                yield return new CreateSink(target.Name, guest, name, kind);
        }

        // Each seat sees to the clones of its own devices, whoever keeps the guest.
        foreach (var (guest, name) in target.Guests())
        {
            foreach (var (source, clone) in target.Clones.Where(clone => now.Sinks[guest].All(sink => sink.CloneOf != clone.Name)))
                yield return new CreateClone(target.Name, guest, name, source.Device, source.Node);
        }

        // The router refuses a source that another seat has: what still is there comes with the next plan.
        var free = target.Sources.Where(source => now.Routed.GetValueOrDefault(source.Node.Input, target.Name) == target.Name).ToArray();
        var route = now.Route(target.Name)?.Route;
        var to = new SeatRoute(
            free.Select(source => source.Node.Input).ToValueList(),
            target.Reach?.Select(guest => guest.Uuid).Concat(target.ReachesHost ? [HostReach.Id] : []).ToValueList() ?? route!.Reach)
        {
            HostKeys = target.Seat.HostKeys,
            Clones = target.Clones.Where(clone => free.Contains(clone.Source)).Select(clone => new SourceClone(clone.Source.Node.Input, clone.Name)).ToValueList(),
        };
        if (route is null || !to.Sources.SequenceEqual(route.Sources.Order()) || to.Reach != route.Reach || to.HostKeys != route.HostKeys || to.Clones != route.Clones)
            yield return new Route(target.Name, to);

        // After the route, so that a keyboard that is taken goes somewhere at once.
        foreach (var source in free.Where(source => !now.Held.Contains(source.Node.Input)))
            yield return new TakeSource(target.Name, source.Device, source.Node);

        foreach (var sink in now.Idle(target.Name))
            yield return new RemoveSink(target.Name, sink.Guest, sink.Input);

        foreach (var guest in kept)
        {
            if (now.Live(target.Name, guest) is { } live)
                yield return live;
        }

        var left = Left(target, now.Current, doors);
        var leaving = Leaving(target, left);
        foreach (var guest in (target.Reach ?? []).Where(guest => now.IsDeaf(guest) && (guest.Seat is null || guest.TakesKeyboard) && now.Adopter(guest) == target.Name && (leaving is null || guest != left)))
            yield return new AdoptGuest(target.Name, guest.Uuid, guest.Name) { Wish = target.Wish(guest) };

        foreach (var guest in (target.Reach ?? []).Where(guest => guest.Seat is not null && now.Holds(guest)))
        {
            foreach (var sink in now.Sinks[guest.Uuid].Where(sink => target.Clones.Any(clone => clone.Name == sink.CloneOf) && !guest.Inputs.Contains(sink.Event)))
                yield return new AttachClone(target.Name, guest.Uuid, guest.Name, sink.CloneOf!, sink.Event) { Wish = target.Wish(guest) };
        }

        foreach (var step in screens.Steps(target.Name, target.Reach, now.Route(target.Name)?.Focus).Concat(doors.Steps(target.Name)))
            yield return step;

        if (target.Reach is [var own, ..] && target.Startable && own.State == GuestState.Off && !now.Current.Started.Contains(own.Uuid)
            && now.Targets.First(other => other.Reach is [var first, ..] && first.Uuid == own.Uuid) == target
            && (now.Keeper[own.Uuid] == target.Name || now.Main(own.Uuid).Select(sink => sink.Kind).Distinct().Count() == 2)
            && Holder(target, own, now.Guests) is null)
        {
            var start = new StartGuest(target.Name, own.Uuid, own.Name, null)
            {
                Wish = target.Wish(own),
                Screen = screens.SizeOf(target.Name),
                Heads = screens.HeadsFor(target.Seat),
                ScreenCard = screens.Of(target.Name)?.Gpu,
                Remote = doors.ScreenOf(own.Name, target.Seat),
                Usb = target.Whole.Select(Passed).Where(usb => now.Guests!.All(guest => guest.Usb.All(had => had.Port != usb.Port))).ToValueList(),
            };
            foreach (var step in gpus.Starting(start, target.Seat))
                yield return step;
        }

        foreach (var step in OfUsb(target, doors, now))
            yield return step;

        if (leaving is not null)
            yield return leaving;
    }

    /// <summary>How a guest ends that is left; null while it does not.</summary>
    private static Step? Leaving(Target target, Guest? left) => (target.Seat.Away, left) switch
    {
        (WhenAway.ShutDown, { State: GuestState.Running }) => new StopGuest(target.Name, left.Uuid, left.Name),
        // It is paused as soon as saving begins.
        (WhenAway.Save, { State: GuestState.Running or GuestState.Paused, Passed.Count: 0, Usb.Count: 0 }) => new SaveGuest(target.Name, left.Uuid, left.Name),
        _ => null,
    };

    /// <summary>A seat's guest for which nobody has sat there for too long, sees it from elsewhere, nor sits in front of it at another seat; null where there is none.</summary>
    private static Guest? Left(Target target, Current current, SeatDoors doors) =>
        target.Reach is [var own, ..] && own.Seat == target.Name && target is { Seat.Away: not WhenAway.Keep, Sources.Count: 0 } && current.Lingered.Contains(target.Name) && !doors.IsSeen(target.Name, own.Name)
        && current.Router.Seats.All(route => route.Route.Sources.Count == 0 || route.Focus != own.Uuid) ? own : null;

    /// <summary>A device that another guest has still comes with the next plan.</summary>
    private static IEnumerable<Step> OfUsb(Target target, SeatDoors doors, Situation now)
    {
        if (target.Reach is not [var own, ..] || own.Seat != target.Name || own.State == GuestState.Off)
            yield break;
        // Before a state is saved all that is passed through goes.
        var whole = target.Seat.Away == WhenAway.Save && Left(target, now.Current, doors) is { Passed.Count: 0 } ? [] : target.Whole;
        var wanted = whole.Select(device => (Device: device, Usb: Passed(device))).ToArray();
        foreach (var usb in own.Usb.Where(usb => wanted.All(one => one.Usb != usb)).OrderBy(usb => usb.Port, StringComparer.Ordinal))
            yield return new DetachUsb(target.Name, own.Uuid, own.Name, usb);
        // Of a port it has one at a time: what was there before goes first.
        foreach (var (device, usb) in wanted.Where(one => own.State == GuestState.Running && now.Guests!.All(guest => guest.Usb.All(had => had.Port != one.Usb.Port))))
            yield return new AttachUsb(target.Name, own.Uuid, own.Name, device, usb);
    }

    /// <summary>What ends a route that should not be (any more).</summary>
    private static IEnumerable<Step> OfFormer(RouterSeat route, Situation now)
    {
        foreach (var input in now.Surplus(route.Name))
            yield return new ReleaseSource(route.Name, input);
        yield return new Unroute(route.Name);
        foreach (var sink in now.Idle(route.Name))
            yield return new RemoveSink(route.Name, sink.Guest, sink.Input);
    }

    private static IEnumerable<Step> OfNobody(Source[] nobodys, Situation now)
    {
        foreach (var input in now.Surplus(null))
            yield return new ReleaseSource(Step.Host, input);
        foreach (var source in nobodys.Where(source => !now.Held.Contains(source.Node.Input)))
            yield return new TakeSource(Step.Host, source.Device, source.Node);
        foreach (var sink in now.Idle(null))
            yield return new RemoveSink(Step.Host, sink.Guest, sink.Input);
        foreach (var guest in (now.Guests ?? []).Where(guest => !now.Keeper.ContainsKey(guest.Uuid) && guest.State != GuestState.Off))
        {
            if (now.Live(Step.Host, guest) is { } live)
                yield return live;
        }
        foreach (var guest in (now.Guests ?? []).Where(guest => guest.Usb.Count > 0 && !now.Targets.Exists(target => target.Reach is [var own, ..] && own.Uuid == guest.Uuid && guest.Seat == target.Name)))
        {
            foreach (var usb in guest.Usb.OrderBy(usb => usb.Port, StringComparer.Ordinal))
                yield return new DetachUsb(Step.Host, guest.Uuid, guest.Name, usb);
        }
    }

    /// <summary>Another guest that has the seat's graphics card: it moves only while that one is off.</summary>
    private static Guest? Holder(Target target, Guest own, IEnumerable<Guest>? guests) => target.Seat.Gpu is { } gpu
        ? guests?.Where(guest => guest.Uuid != own.Uuid && guest.Passed.Contains(gpu)).MinBy(guest => guest.Uuid)
        : null;

    private static IEnumerable<Problem> Waiting(Target target, Inventory observed)
    {
        if (target.Reach is [{ State: GuestState.Off } own, ..] && Holder(target, own, observed.Guests) is { } holder)
            yield return new(target.Name, $"guest '{own.Name}' waits for the gpu {target.Seat.Gpu}, which guest '{holder.Name}' has: shut that one down");
    }

    /// <summary>A guest that was adopted as far as an older libvirt can.</summary>
    private static IEnumerable<Problem> Deaf(Target target, Current current) => (target.Reach ?? [])
        .Where(guest => guest is { State: GuestState.Running, Seat: not null, TakesKeyboard: false } && current.Router.Sinks.Any(sink => sink.Guest == guest.Uuid && sink.Kind == SinkKind.Keyboard && !guest.Inputs.Contains(sink.Event)))
        .Select(guest => new Problem(target.Name, $"guest '{guest.Name}' runs without the keyboard of its seat, which this libvirt cannot plug into a guest that runs: shut it down, then start it with 'seatctl seat start {target.Name}'"));

    /// <summary>A guest that should be saved and cannot be.</summary>
    private static IEnumerable<Problem> Unsaved(Target target, Current current, SeatDoors doors)
    {
        if (target.Seat.Away == WhenAway.Save && Left(target, current, doors) is { Passed: [var bound, ..] } own)
            yield return new(target.Name, $"nobody sits here, and guest '{own.Name}' runs on: it has {bound}, and nobody can save the state of a device that is passed through; set away = \"shut-down\", or shut it down");
    }
}
