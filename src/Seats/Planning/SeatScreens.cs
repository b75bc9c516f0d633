using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Planning;

/// <summary>Which monitor of a card of the host's is lent for which seat, or for the host's own page, and what is to be seen on it. Pure.</summary>
internal sealed class SeatScreens
{
    private readonly SeatsConfiguration _wanted;
    private readonly Inventory _observed;
    private readonly ValueList<LentScreen> _lent;
    private readonly ValueList<AskingScreen> _asking;
    private readonly string? _clicking;
    private readonly Dictionary<string, Display[]> _displays = new(StringComparer.Ordinal);

    /// <summary>The seat at whose monitors each guest is seen.</summary>
    private readonly Dictionary<Guid, string> _seenAt = [];

    /// <param name="wanted">All seats, each with its card where it has one.</param>
    /// <param name="isSatAt">Whether a seat has a keyboard or a pointer.</param>
    /// <param name="asking">What is asked at which monitors; null where nothing is.</param>
    public SeatScreens(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current, Func<string, bool> isSatAt, Asking? asking)
    {
        (_wanted, _observed, _lent, _asking, _clicking) = (wanted, observed, current.Screens ?? [], asking?.Screens ?? [], asking?.Clicking);
        if (current.Screens is null)
            return;
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var seat in wanted.Seats.Where(seat => !remembered.Taken.Contains(seat.Name) && (!seat.IsRemembered || isSatAt(seat.Name) || IsKept(seat))))
        {
            // What is remembered of a monitor are several names of it.
            _displays[seat.Name] = [.. Lendable(seat, wanted, observed).Where(display => taken.Add(display.Connector)).Take(seat.IsRemembered ? 1 : int.MaxValue)];
        }

        Place(current.Router.Seats);
    }

    /// <summary>
    /// A guest that several seats have their focus on is seen at the monitors of one: QEMU's display has one client, and a second one takes the place of the
    /// first. What is seen somewhere stays there; else the first in the file has it.
    /// </summary>
    private void Place(ValueList<RouterSeat> routes)
    {
        var focus = routes.ToDictionary(route => route.Name, route => route.Focus, StringComparer.Ordinal);
        foreach (var guest in (_observed.Guests ?? []).Where(guest => guest is { Screen: not null, State: not GuestState.Off }))
        {
            string[] seats = [.. _wanted.Seats.Where(seat => (focus.GetValueOrDefault(seat.Name) is { } at ? at == guest.Uuid : seat.Guests[0] == guest.Name) && CanShow(seat.Name, guest)).Select(seat => seat.Name)];
            if ((seats.FirstOrDefault(seat => Lent(seat).Any(screen => screen.Guest == guest.Name)) ?? seats.FirstOrDefault()) is { } first)
                _seenAt[guest.Uuid] = first;
        }
    }

    private bool CanShow(string seat, Guest guest) => All(seat).Take(guest.Heads == 1 ? 1 : int.MaxValue)
        .Any(display => WayTo(display).WhyNot is null && _lent.All(screen => screen.Connector != display.Connector || screen.Seat == seat));

    /// <summary>Whether the guest of a seat that formed by itself runs on though nobody sits there; the monitor of one that is off is the host's.</summary>
    private bool IsKept(SeatWish seat) => _observed.Guests is { } guests
        ? guests.Any(guest => guest.Name == seat.Guests[0] && guest.Seat == seat.Name && guest.State != GuestState.Off) : Lent(seat.Name).Any();

    /// <summary>The monitors that could be lent for a seat, in the order of its selectors: those that it names, on cards of the host's that no seat has whole.</summary>
    internal static IEnumerable<Display> Lendable(SeatWish seat, SeatsConfiguration wanted, Inventory observed) => seat.Gpu is not null ? []
        : seat.Displays.SelectMany(selector => observed.Displays.OrderBy(display => display.Connector, StringComparer.Ordinal).Where(display => SelectorMatch.Matches(selector, display)))
            .Where(display => SharedMonitors.CanBeLent(display, wanted, observed));

    /// <summary>The seat's main monitor, the first that is there; null for none.</summary>
    public Display? Of(string seat) => All(seat) is [var main, ..] ? main : null;

    /// <summary>The monitors that are the seat's, the main one first.</summary>
    private Display[] All(string seat) => _displays.GetValueOrDefault(seat) ?? [];

    /// <summary>How many screens the seat's guest is started with: one for each monitor that is named, be it that it is not there now.</summary>
    public int HeadsFor(SeatWish seat) => Of(seat.Name) is null || seat.IsRemembered ? 1 : Math.Max(1, seat.Displays.Count(selector => selector.Kind != SelectorKind.Remote));

    /// <param name="own">The seat's own guest; null while it is not known.</param>
    public IEnumerable<Problem> TooFewHeads(SeatWish seat, Guest? own)
    {
        if (own is { Screen: not null, State: GuestState.Running or GuestState.Paused } && own.Seat == seat.Name && All(seat.Name) is var monitors && monitors.Length > own.Heads)
            yield return new(seat.Name, $"guest '{own.Name}' has {(own.Heads == 1 ? "one screen" : $"{own.Heads} screens")} for the {monitors.Length} monitors of this seat: shut it down, then start it with 'seatctl seat start {seat.Name}'; only a virtio card has several");
    }

    /// <summary>The size of that monitor as somebody in front of it sees it; null where it is not known, too.</summary>
    public ScreenSize? SizeOf(string seat) => Of(seat) is { } display ? display.Size?.Turned(RotationOf(seat, display)) : null;

    /// <summary>Why monitors of seats can't be had of the desktop that has their card. A seat waits for its main one.</summary>
    public IEnumerable<Problem> Problems() => _displays.OrderBy(one => one.Key, StringComparer.Ordinal)
        .SelectMany(one => one.Value.Select(display => (Seat: one.Key, WayTo(display).WhyNot, IsMain: display == one.Value[0])))
        .Where(one => one.WhyNot is not null).Select(one => new Problem(one.Seat, one.WhyNot!) { Waits = one.IsMain });

    private DesktopMonitors.Way WayTo(Display display) =>
        DesktopMonitors.WayTo(display, _lent.FirstOrDefault(screen => screen.Connector == display.Connector), _lent, _observed);

    /// <param name="reach">The guests of the seat, its own first.</param>
    /// <param name="focus">Where its keyboard goes; null while that is not known.</param>
    public IEnumerable<Step> Steps(string seat, IReadOnlyList<Guest>? reach, Guid? focus)
    {
        var monitors = All(seat);
        foreach (var other in Lent(seat).Where(screen => monitors.All(display => screen.Connector != display.Connector)))
            yield return new TakeMonitorBack(seat, other.Connector);
        foreach (var step in monitors.SelectMany(display => StepsOf(seat, display, reach, focus)))
            yield return step;
    }

    private IEnumerable<Step> StepsOf(string seat, Display display, IReadOnlyList<Guest>? reach, Guid? focus)
    {
        // One that another seat has still comes with the next plan.
        if (_lent.Any(screen => screen.Connector == display.Connector && screen.Seat != seat))
            yield break;
        var lent = Lent(seat).FirstOrDefault(screen => screen.Connector == display.Connector);
        var way = WayTo(display);
        // A desktop has its monitor while no guest is there to be seen on it.
        var isIdle = !way.IsOurs && (reach is null ? lent is null : reach.All(guest => guest.State is GuestState.Off or GuestState.Crashed));
        if (lent is not null && (isIdle || lent.Loan != way.Loan || way.WhyNot is not null))
            yield return new TakeMonitorBack(seat, display.Connector);
        if (isIdle || way.WhyNot is not null || (lent is not null && lent.Loan != way.Loan))
            yield break;
        if (lent is null)
            yield return new LendMonitor(seat, display.Connector, display.Gpu!) { Rotation = RotationOf(seat, display), Loan = way.Loan };
        else if (lent.Rotation != RotationOf(seat, display))
            yield return new TurnMonitor(seat, display.Connector, RotationOf(seat, display));
        // While libvirt cannot be asked, what is shown goes on.
        if (reach is not [var own, ..])
            yield break;
        var guest = focus is null ? own : reach.FirstOrDefault(guest => guest.Uuid == focus);
        var heads = HeadsOn(seat, guest);
        var isMain = display == Of(seat);
        var elsewhere = guest is not null && _seenAt.TryGetValue(guest.Uuid, out var at) && at != seat ? at : null;
        var words = isMain ? ScreenWords.Of(seat, guest, own, guest is null && way.IsOurs && HostPages.ShowsHost(display.Gpu!, _observed) ? Page(display.Gpu!) : null, elsewhere)
            : ScreenWords.Beside(guest, hasScreen: elsewhere is not null || heads.ContainsKey(display.Connector) || heads.Count < guest?.Heads);
        if (_clicking == seat && isMain)
            words = words with { Lines = [ScreenWords.Click, .. words.Lines] };
        if (lent?.Says != words)
            yield return new SayOnScreen(seat, display.Connector, words);
        if (guest is { Screen: { } screen, State: not GuestState.Off } && heads.TryGetValue(display.Connector, out var head))
        {
            if (lent?.Guest != guest.Name || lent.Head != head)
                yield return new ShowPicture(seat, display.Connector, guest.Uuid, guest.Name, screen) { Head = head };
        }
        // Its presenter tells by itself that a guest has ended.
        else if (lent?.Guest is { } shown && (shown != guest?.Name || !heads.ContainsKey(display.Connector)))
            yield return new ShowNoPicture(seat, display.Connector);
    }

    /// <summary>
    /// Which of a guest's screens is on which of a seat's monitors, by the connector. Of a guest with one it is on the main monitor; else what is shown
    /// somewhere stays there, and what is not comes on those that are lent, in their order.
    /// </summary>
    private Dictionary<string, GuestHead?> HeadsOn(string seat, Guest? guest)
    {
        if (guest is not { Screen: not null } || _seenAt.GetValueOrDefault(guest.Uuid) != seat || All(seat) is not [var main, ..] monitors)
            return [];
        if (guest.Heads == 1)
            return new() { [main.Connector] = null };
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        // One that is lent in this plan comes with the next: a screen of the guest's is on once somebody can see it.
        LentScreen[] lent = [.. monitors.Select(display => Lent(seat).FirstOrDefault(screen => screen.Connector == display.Connector)).OfType<LentScreen>()];
        foreach (var screen in lent.Where(screen => screen.Guest == guest.Name && screen.Head is { } head && head.Number < guest.Heads && !numbers.ContainsValue(head.Number)))
            numbers[screen.Connector] = screen.Head!.Number;
        foreach (var screen in lent.Where(screen => !numbers.ContainsKey(screen.Connector) && numbers.Count < guest.Heads))
            numbers[screen.Connector] = Enumerable.Range(0, guest.Heads).First(number => !numbers.ContainsValue(number));
        var on = numbers.Values.Order().ToValueList();
        return numbers.ToDictionary(one => one.Key, one => (GuestHead?)new GuestHead(one.Value, guest.Heads, on), StringComparer.Ordinal);
    }

    /// <summary>What was lent for seats that are no more, and the monitors that ask who is there or have the host's own page.</summary>
    /// <param name="seats">Those that there are.</param>
    public IEnumerable<Step> OfHost(IReadOnlyCollection<string> seats)
    {
        Display[] asking = [.. _asking.Select(screen => _observed.Displays.First(display => display.Connector == screen.Connector))];
        Display[] monitors = [.. asking, .. HostPages.Monitors([.. seats.SelectMany(All).Concat(asking).Where(display => WayTo(display).IsOurs)], _wanted, _observed)];
        foreach (var screen in _lent.OrderBy(screen => screen.Connector, StringComparer.Ordinal)
            .Where(screen => screen.Seat == Step.Host ? monitors.All(monitor => monitor.Connector != screen.Connector) : !seats.Contains(screen.Seat)))
            yield return new TakeMonitorBack(Step.Host, screen.Connector);
        foreach (var monitor in monitors.Where(monitor => _lent.All(screen => screen.Connector != monitor.Connector || screen.Seat == Step.Host)))
        {
            var lent = Lent(Step.Host).FirstOrDefault(screen => screen.Connector == monitor.Connector);
            // The seats' own first: a card may drive fewer monitors than it has.
            if (lent is null && seats.Any(seat => All(seat).Any(other => other.Gpu == monitor.Gpu && WayTo(other).IsOurs && !Has(seat, other))))
                continue;
            var way = WayTo(monitor);
            if (lent is not null && lent.Loan != way.Loan)
                yield return new TakeMonitorBack(Step.Host, monitor.Connector);
            if (way.WhyNot is not null || (lent is not null && lent.Loan != way.Loan))
                continue;
            if (lent is null)
                yield return new LendMonitor(Step.Host, monitor.Connector, monitor.Gpu!) { Loan = way.Loan };
            if (_asking.FirstOrDefault(screen => screen.Connector == monitor.Connector) is { } asks)
            {
                if (lent?.Asks != asks.Question)
                    yield return new AskOnScreen(Step.Host, monitor.Connector, asks.Question);
            }
            else if (Page(monitor.Gpu!) is var words && (lent?.Says != words || lent.Asks is not null))
                yield return new SayOnScreen(Step.Host, monitor.Connector, words);
        }
    }

    /// <summary>A desktop turns what it shows itself, a window of ours with it.</summary>
    private Rotation RotationOf(string seat, Display display) => WayTo(display).Loan is { IsWindow: true } ? Rotation.None : _wanted.Seats.First(wish => wish.Name == seat).RotationOf(display);

    private ShowStatus Page(string card) => ScreenWords.OfHost(
        _observed.HostName, _displays.OrderBy(one => one.Key, StringComparer.Ordinal)
            .SelectMany(one => one.Value.Where(display => display.Gpu == card && Has(one.Key, display)).Select(display => (one.Key, display))));

    private bool Has(string seat, Display display) => _lent.Any(screen => screen.Seat == seat && screen.Connector == display.Connector);

    private IEnumerable<LentScreen> Lent(string seat) => _lent.Where(screen => screen.Seat == seat).OrderBy(screen => screen.Connector, StringComparer.Ordinal);
}
