using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A small machine that steps change as the router, the helper and libvirt do, and that refuses what those refuse.</summary>
internal sealed partial class World(int seed)
{
    /// <summary>Two cards behind one bridge: neither goes alone.</summary>
    public const string SharedCard = "0000:03:00.0";

    private readonly Random _random = new(seed);
    private readonly HashSet<int> _sources = [];
    private readonly Dictionary<string, SeatRoute> _routes = [];
    private readonly HashSet<Guid> _started = [];
    private List<RouterSink> _sinks = [];
    private int _nextInput = 1000;
    private ValueList<HostRule> _hostRules = [];

    public Dictionary<string, Device> Devices { get; } = [];
    public Dictionary<string, Guest> Guests { get; } = [];
    public List<Display> Displays { get; } = [];
    public List<Gpu> Gpus { get; } = [];
    public bool LibvirtIsThere { get; set; } = true;
    public Memory Memory { get; set; } = Memory.Empty;
    public HostRoom Room { get; set; } = HostRoom.Unknown;

    /// <summary>The monitors that are lent; null where nobody lends any.</summary>
    public List<LentScreen>? Screens { get; set; }

    /// <summary>The desktops that are there. One that leases a monitor offers it no more.</summary>
    public List<Desktop> Desktops { get; } = [];

    /// <summary>The cards that they have or had, as the manager keeps it.</summary>
    public HashSet<string> DesktopCards { get; } = [];

    /// <summary>Who has answered, as the manager keeps it.</summary>
    public ValueList<Answered> Answers { get; set; } = [];

    public bool Identify { get; set; }

    public bool? HasDesktop { get; set; }

    /// <summary>Ids of devices that have been there for longer than a minute.</summary>
    private readonly HashSet<string> _settled = [];
    private readonly HashSet<string> _lingered = [];

    public IReadOnlySet<int> Sources => _sources;
    public IReadOnlyDictionary<string, SeatRoute> Routes => _routes;
    public IReadOnlyList<RouterSink> Sinks => _sinks;

    /// <summary>What udev keeps off the host.</summary>
    public ValueList<HostRule> HostRules => _hostRules;

    /// <summary>What is seen: lists in an order of chance, and our own sinks among the devices, as udev has them.</summary>
    public Inventory Observed => new(
        Shuffled(Devices.Values.Concat(_sinks.Select(SinkAsDevice))), Shuffled(Displays), Shuffled(Gpus),
        LibvirtIsThere ? Shuffled(Guests.Values) : null)
    {
        Room = Room,
        HasDesktop = HasDesktop,
        Desktops = Shuffled(Desktops.Select(desktop => desktop with { Offered = desktop.Offered.Where(offered => Screens?.Exists(screen => screen.Connector == offered && screen.Loan is { IsWindow: false }) != true).ToValueList() })),
        DesktopCards = Shuffled(DesktopCards),
    };

    public Current Current => new(
        new(
            Shuffled(_sources.Select(input => new RouterSource(input, true))), Shuffled(_sinks),
            Shuffled(_routes.Select(route => new RouterSeat(route.Key, route.Value, FocusOf(route.Key)))),
            RouterState.Empty.Hotkeys, RouterState.Empty.Counters),
        Shuffled(_started))
    {
        HostRules = UdevRules.Render(_hostRules),
        Answers = Answers,
        Identify = Identify,
        CodeSecret = "secret",
        Screens = Screens is null ? null : Shuffled(Screens),
        Doors = Doors is null ? null : Shuffled(Doors),
        New = Newcomer.Among(Devices.Values.ToValueList(), Memory, _settled),
        Lingered = Shuffled(_lingered.Where(seat => _routes.TryGetValue(seat, out var route) && route.Sources.Count == 0)),
    };

    /// <summary>False once in so many times.</summary>
    public bool Chance(int oneIn) => _random.Next(oneIn) != 0;

    public void PassMinute() => _settled.UnionWith(Devices.Keys);

    public void EndLinger() => _lingered.UnionWith(_routes.Where(route => route.Value.Sources.Count == 0).Select(route => route.Key));

    public static string Card(int number) => $"0000:0{number}:00.0";

    /// <summary>With a card that showed the boot, two that can be passed through, and two that share a group.</summary>
    public World WithCards()
    {
        Gpus.Add(new("0000:00:02.0", "i915", "8086", "4680", true, 0, ["0000:00:02.0"]));
        for (var card = 1; card <= 2; card++)
            Gpus.Add(new(Card(card), null, "10de", "2484", false, card, [Card(card), $"0000:0{card}:00.1"]));
        Gpus.Add(new(SharedCard, null, "1002", "73df", false, 3, [SharedCard, "0000:04:00.0"]));
        return this;
    }

    public void Plug(Device device)
    {
        // The kernel gives a number once: what is plugged in again has others.
        Unplug(device.Id);
        var nodes = device.Nodes.Select(node => node with { Input = ++_nextInput, Event = _nextInput }).ToValueList();
        Devices[device.Id] = device with { Nodes = nodes, Usb = device.Usb is { } usb ? usb with { Number = ++_nextInput } : null };
    }

    public void Use(string id, bool used)
    {
        if (Devices.GetValueOrDefault(id) is { Usb: { } usb } device && Guests.Values.All(guest => guest.Usb.All(passed => passed.Port != device.Port)))
            Devices[id] = device with { Usb = usb with { HostsUse = used ? "/mnt is mounted from it" : null } };
    }

    public void Unplug(string id)
    {
        _settled.Remove(id);
        if (Devices.Remove(id, out var device))
            _sources.ExceptWith(device.Nodes.Select(node => node.Input));
    }

    public void RestartRouter()
    {
        _sources.Clear();
        _focus.Clear();
        _routes.Clear();
        _sinks.Clear();
    }

    /// <summary>Also one that was there before, and has something else now.</summary>
    public void Come(Desktop desktop)
    {
        Desktops.RemoveAll(before => before.Number == desktop.Number);
        Desktops.Add(desktop);
        NoteDesktopCards();
        // A lease or a window of it that it does not give any more has ended.
        Screens?.RemoveAll(screen => screen.Loan is { } loan && loan.Desktop == desktop.Number && !(loan.IsWindow ? desktop.Outputs.Contains(NameOf(screen.Connector)) : desktop.Offered.Contains(screen.Connector)));
    }

    private void NoteDesktopCards() => DesktopCards.UnionWith(Desktops.SelectMany(desktop => desktop.CardsAmong(Displays)));

    /// <summary><c>DP-1</c> of <c>card0-DP-1</c>.</summary>
    private static string NameOf(string connector) => connector[(connector.IndexOf('-', StringComparison.Ordinal) + 1)..];

    public void Go(int desktop)
    {
        Desktops.RemoveAll(before => before.Number == desktop);
        Screens?.RemoveAll(screen => screen.Loan?.Desktop == desktop);
    }

    /// <summary>All that it remembers by itself is gone; those that run for a seat say so in their definition.</summary>
    public void RestartManager()
    {
        _settled.Clear();
        _lingered.Clear();
        ForgetDoors();
        DesktopCards.Clear();
        NoteDesktopCards();
        _started.Clear();
        for (var i = 0; i < Screens?.Count; i++)
            Screens[i] = Screens[i] with { Head = Screens[i].Head is { } head ? new(head.Number, 0, []) : null };
        _started.UnionWith(Guests.Values.Where(guest => guest.Seat is not null && guest.State != GuestState.Off).Select(guest => guest.Uuid));
    }

    public void SetGuest(Guest guest)
    {
        Guests[guest.Name] = guest;
        if (guest.State == GuestState.Off)
            ShowNoMore(guest.Name);
        if (guest.State == GuestState.Off || guest.Vnc is null)
            SeeNoMore(guest.Name);
    }

    public void EndGuest(string name)
    {
        if (Guests.TryGetValue(name, out var guest))
            Guests[name] = new(guest.Uuid, name, GuestState.Off, guest.Persistent, null, []) { ThrowawayOf = guest.ThrowawayOf };
        ShowNoMore(name);
        SeeNoMore(name);
    }

    /// <summary>A monitor of the card that showed the boot. Once one was there, monitors can be lent.</summary>
    public void PlugMonitor(Display display)
    {
        Displays.RemoveAll(other => other.Connector == display.Connector);
        Displays.Add(display);
        NoteDesktopCards();
        Screens ??= [];
    }

    public void UnplugMonitor(string connector)
    {
        Displays.RemoveAll(display => display.Connector == connector);
        Displays.Add(new(connector, "0000:00:02.0", false, null, null, null));
    }

    /// <summary>Presenters tell by themselves that a guest has ended.</summary>
    private void ShowNoMore(string guest, Predicate<int>? where = null)
    {
        for (var i = 0; i < Screens?.Count; i++)
        {
            if (Screens[i].Guest == guest && where?.Invoke(i) != false)
                Screens[i] = Screens[i] with { Guest = null, Head = null };
        }
    }

    /// <summary>Remembers what a plan says, and applies it: each seat's steps in their order, the seats among each other in any.</summary>
    /// <param name="fails">Steps that fail; those after them in the same seat are then left out.</param>
    /// <param name="most">After so many steps none is begun.</param>
    public void Apply(Plan plan, Func<Step, bool>? fails = null, int most = int.MaxValue)
    {
        Memory = plan.Remembered ?? Memory;
        var seats = plan.Steps.GroupBy(step => step.Seat).Select(seat => new Queue<Step>(seat)).ToList();
        while (seats.Count > 0 && most-- > 0)
        {
            var seat = seats[_random.Next(seats.Count)];
            var step = seat.Dequeue();
            if (fails?.Invoke(step) == true)
                seat.Clear();
            else
                Apply(step);
            if (seat.Count == 0)
                seats.Remove(seat);
        }
    }

    private void Apply(Step step)
    {
        switch (step)
        {
            case TakeSource take:
                Refuse(Devices.Values.All(device => !device.Nodes.Contains(take.Node)), step, "no such node");
                Refuse(!_sources.Add(take.Node.Input), step, "held already");
                break;
            case ReleaseSource release:
                Refuse(!_sources.Remove(release.Input), step, "not held");
                break;
            case CreateSink create:
                Refuse(_sinks.Exists(sink => sink.Guest == create.Guest && sink.Kind == create.Kind), step, "there already");
                _sinks.Add(new(++_nextInput, _nextInput, create.Guest, create.Kind, create.Guest == HostReach.Id));
                break;
            case CreateClone clone:
                var cloneOf = CloneName.Of(clone.Device, clone.Node);
                Refuse(_sinks.Exists(sink => sink.Guest == clone.Guest && sink.CloneOf == cloneOf), step, "there already");
                Refuse(Devices.Values.All(device => !device.Nodes.Contains(clone.Node)), step, "no such node");
                _sinks.Add(new(++_nextInput, _nextInput, clone.Guest, SinkKind.Clone, clone.Guest == HostReach.Id) { CloneOf = cloneOf });
                break;
            case AttachClone attach:
                var plugged = Guests[attach.GuestName];
                Refuse(plugged.State != GuestState.Running || plugged.Inputs.Contains(attach.Event), step, "off, or there already");
                Refuse(!_sinks.Exists(sink => sink.Guest == attach.Guest && sink.Event == attach.Event), step, "no such clone");
                Guests[attach.GuestName] = plugged with { Inputs = [.. plugged.Inputs, attach.Event] };
                break;
            case RemoveSink remove:
                var sink = _sinks.Find(sink => sink.Input == remove.Input);
                Refuse(sink is null || Guests.Values.Any(guest => guest.State != GuestState.Off && guest.Inputs.Contains(sink.Event)), step, "QEMU has it");
                _sinks.Remove(sink!);
                break;
            case Route route:
                Refuse(_routes.Any(other => other.Key != route.Seat && other.Value.Sources.Intersect(route.To.Sources).Any()), step, "source in two seats");
                _routes[route.Seat] = route.To;
                Reach(route.Seat, route.To.Reach);
                break;
            case Unroute unroute:
                Refuse(!_routes.Remove(unroute.Seat), step, "no such seat");
                _focus.Remove(unroute.Seat);
                break;
            case SetLive set:
                Refuse(_sinks.TrueForAll(sink => sink.Guest != set.Guest), step, "no sink");
                _sinks = [.. _sinks.Select(sink => sink.Guest == set.Guest ? sink with { Live = sink.Kind == SinkKind.Clone ? set.Clones.Contains(sink.Input) : set.Live } : sink)];
                break;
            case CloneGuest clone:
                Refuse(Guests.ContainsKey(clone.GuestName), step, "there is a guest of that name");
                Refuse(!Guests.ContainsKey(clone.CloneOf.Base), step, "no such base");
                Guests[clone.GuestName] = Machine.Guest(clone.GuestName) with { ThrowawayOf = clone.CloneOf.Persistent ? null : clone.CloneOf.Base };
                break;
            case DiscardGuest discard:
                Refuse(Guests.GetValueOrDefault(discard.GuestName) is not { State: GuestState.Off, ThrowawayOf: not null }, step, "it runs, or is its owner's");
                Guests.Remove(discard.GuestName);
                // The next one of that name has another UUID; here it has the same.
                _started.Remove(discard.Guest);
                break;
            case StartGuest start:
                Start(start);
                break;
            case AdoptGuest adopt:
                var deaf = Guests[adopt.GuestName];
                Refuse(deaf.State != GuestState.Running || _sinks.Count(sink => sink.Guest == adopt.Guest && sink.Kind != SinkKind.Clone) != 2, step, "off, or no sinks");
                Guests[adopt.GuestName] = deaf with
                {
                    Seat = deaf.Seat ?? adopt.Seat,
                    Inputs = !deaf.TakesKeyboard ? deaf.Inputs : deaf.Inputs.Union(_sinks.Where(sink => sink.Guest == adopt.Guest && sink.Kind != SinkKind.Clone).Select(sink => sink.Event)).ToValueList(),
                };
                if (deaf.Seat is null)
                    _started.Add(adopt.Guest);
                break;
            case AttachUsb attach:
                Attach(attach.GuestName, attach.Usb, step);
                break;
            case DetachUsb detach:
                var has = Guests[detach.GuestName];
                Refuse(!has.Usb.Contains(detach.Usb), step, "it does not have it");
                Guests[has.Name] = has with { Usb = has.Usb.Where(usb => usb != detach.Usb).ToValueList() };
                break;
            case StopGuest stop:
                Refuse(Guests[stop.GuestName].State != GuestState.Running, step, "it does not run");
                EndGuest(stop.GuestName);
                _started.Remove(stop.Guest);
                _lingered.Remove(stop.Seat);
                break;
            case SaveGuest save:
                var saved = Guests[save.GuestName];
                Refuse(saved is not { State: GuestState.Running or GuestState.Paused, Passed.Count: 0, Usb.Count: 0 }, step, "off, or with what has no state to save");
                EndGuest(save.GuestName);
                Guests[save.GuestName] = Guests[save.GuestName] with { End = GuestEnd.Saved };
                _started.Remove(save.Guest);
                _lingered.Remove(save.Seat);
                break;
            case KeepOffHost keep:
                Refuse(!keep.Rules.All(UdevRules.CanSay), step, "no udev rule");
                Refuse(keep.Rules == _hostRules, step, "nothing new");
                _hostRules = keep.Rules;
                break;
            case LendMonitor lend:
                Refuse(Screens!.Exists(screen => screen.Connector == lend.Connector), step, "lent already");
                Refuse(!Displays.Exists(display => display is { Connected: true } && display.Connector == lend.Connector && display.Gpu == lend.Card), step, "no such monitor");
                Refuse(lend.Loan is { } loan ? !Desktops.Exists(desktop => desktop.Number == loan.Desktop
                        && (loan.IsWindow ? desktop.Outputs.Contains(NameOf(lend.Connector)) : desktop.Offered.Contains(lend.Connector)))
                    // As long as we are its master no desktop is, whatever one may say.
                    : DesktopCards.Contains(lend.Connector.Split('-')[0]) && !Screens.Exists(screen => screen.Loan is null && screen.Connector.Split('-')[0] == lend.Connector.Split('-')[0]), step, "the desktop does not offer it, or has the card");
                Screens.Add(new(lend.Seat, lend.Connector) { Rotation = lend.Rotation, Loan = lend.Loan });
                break;
            case TakeMonitorBack back:
                Refuse(Screens!.RemoveAll(screen => screen.Connector == back.Connector) == 0, step, "not lent");
                break;
            case TurnMonitor turn:
                OnScreen(turn.Connector, step, screen =>
                {
                    Refuse(screen.Rotation == turn.Rotation, step, "it stands so");
                    return screen with { Rotation = turn.Rotation };
                });
                break;
            case SayOnScreen say:
                OnScreen(say.Connector, step, screen => screen with { Says = say.Words, Asks = null });
                break;
            case AskOnScreen ask:
                OnScreen(ask.Connector, step, screen => screen with { Says = null, Asks = ask.Question });
                break;
            case ShowPicture show:
                Refuse(Guests.Values.All(guest => guest.Uuid != show.Guest || guest.State == GuestState.Off || guest.Screen != show.Display || (guest.Heads > 1) != (show.Head is not null) || show.Head?.Of > guest.Heads || show.Head?.Number >= guest.Heads), step, "it has no such display");
                // QEMU's display has one client: who comes takes the place of who is there.
                ShowNoMore(show.GuestName, at => Screens![at].Seat != show.Seat);
                OnScreen(show.Connector, step, screen => screen with { Guest = show.GuestName, Head = show.Head });
                break;
            case ShowNoPicture none:
                OnScreen(none.Connector, step, screen => screen with { Guest = null, Head = null });
                break;
            case OpenRemote open: Open(open); break;
            case ChangeRemote change: Tell(change, change.Door); break;
            case CloseRemote close: Close(close); break;
            case EndRemoteViewers end: SendAway(end); break;
            default:
                throw new InvalidOperationException($"no such step: {step}");
        }
    }

    private void OnScreen(string connector, Step step, Func<LentScreen, LentScreen> change)
    {
        var at = Screens!.FindIndex(screen => screen.Connector == connector);
        Refuse(at < 0 || Screens[at].Seat != step.Seat, step, "not lent to it");
        Screens[at] = change(Screens[at]);
    }

    private void Start(StartGuest start)
    {
        var guest = Guests[start.GuestName];
        var events = _sinks.Where(sink => sink.Guest == start.Guest).Select(sink => sink.Event).ToValueList();
        Refuse(guest.State != GuestState.Off || _sinks.Count(sink => sink.Guest == start.Guest && sink.Kind != SinkKind.Clone) != 2, start, "not off, or no sinks");
        ValueList<string> passed = start.Gpu is { } gpu ? [gpu] : [];
        Refuse(Guests.Values.Any(other => other.Passed.Intersect(passed).Any()), start, "another guest has the card");
        Refuse(passed.Any(card => Gpus.Find(gpu => gpu.Address == card) is not { IommuGroup: not null } found
            || found.GroupMembers.Any(member => member[..^2] != card[..^2])), start, "the group is not viable");
        Guests[start.GuestName] = guest with { State = GuestState.Running, End = GuestEnd.Unknown, Inputs = events, Seat = start.Seat, Passed = passed, Screen = start.Screen is null ? null : 0, Heads = start.Screen is null ? 1 : start.Heads, Vnc = start.Remote is null ? null : 0 };
        _started.Add(start.Guest);
        foreach (var usb in start.Usb)
            Attach(start.GuestName, usb, start);
    }

    private void Attach(string guest, PassedUsb usb, Step step)
    {
        Refuse(Guests[guest].State != GuestState.Running, step, "it does not run");
        Refuse(Guests.Values.Any(other => other.Usb.Any(had => had.Port == usb.Port)), step, "a guest has what is or was there");
        Refuse(!Devices.Values.Any(device => device.Port == usb.Port && device.Usb?.Number == usb.Number && device.Usb.HostsUse is null), step, "it is not there, or the host's");
        Guests[guest] = Guests[guest] with { Usb = [.. Guests[guest].Usb, usb] };
    }

    private static void Refuse(bool wrong, Step step, string why)
    {
        if (wrong)
            throw new InvalidOperationException($"{step.Sentence}: {why}");
    }

    private static Device SinkAsDevice(RouterSink sink) => new(
        $"/sys/devices/virtual/input/input{sink.Input}", sink.Kind == SinkKind.Keyboard ? DeviceKind.Keyboard : DeviceKind.Mouse, "Keyboard 1", null, null,
        null, null, null, null, [new InputNode(sink.Input, sink.Event, InputAbilities.Key | InputAbilities.Keyboard, "Keyboard 1")]);

    private ValueList<T> Shuffled<T>(IEnumerable<T> items)
    {
        T[] all = [.. items];
        _random.Shuffle(all);
        return all.ToValueList();
    }
}
