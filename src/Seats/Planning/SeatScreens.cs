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
    private readonly Dictionary<string, Display> _displays = new(StringComparer.Ordinal);

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
            if (Lendable(seat, wanted, observed).FirstOrDefault(display => !taken.Contains(display.Connector)) is not { } display)
                continue;
            taken.Add(display.Connector);
            _displays[seat.Name] = display;
        }
    }

    /// <summary>Whether the guest of a seat that formed by itself runs on though nobody sits there; the monitor of one that is off is the host's.</summary>
    private bool IsKept(SeatWish seat) => _observed.Guests is { } guests
        ? guests.Any(guest => guest.Name == seat.Guests[0] && guest.Seat == seat.Name && guest.State != GuestState.Off) : Lent(seat.Name).Any();

    /// <summary>The monitors that could be lent for a seat, in the order of its selectors: those that it names, on cards of the host's that no seat has whole.</summary>
    internal static IEnumerable<Display> Lendable(SeatWish seat, SeatsConfiguration wanted, Inventory observed) => seat.Gpu is not null ? []
        : seat.Displays.SelectMany(selector => observed.Displays.OrderBy(display => display.Connector, StringComparer.Ordinal).Where(display => SelectorMatch.Matches(selector, display)))
            .Where(display => SharedMonitors.CanBeLent(display, wanted, observed));

    /// <summary>The monitor that is the seat's; null for none.</summary>
    public Display? Of(string seat) => _displays.GetValueOrDefault(seat);

    /// <summary>The size of that monitor as somebody in front of it sees it; null where it is not known, too.</summary>
    public ScreenSize? SizeOf(string seat) => Of(seat) is { } display ? display.Size?.Turned(RotationOf(seat, display)) : null;

    /// <param name="reach">The guests of the seat, its own first.</param>
    /// <param name="focus">Where its keyboard goes; null while that is not known.</param>
    public IEnumerable<Step> Steps(string seat, IReadOnlyList<Guest>? reach, Guid? focus)
    {
        var display = Of(seat);
        foreach (var other in Lent(seat).Where(screen => screen.Connector != display?.Connector))
            yield return new TakeMonitorBack(seat, other.Connector);
        // One that another seat has still comes with the next plan.
        if (display is null || _lent.Any(screen => screen.Connector == display.Connector && screen.Seat != seat))
            yield break;
        var lent = Lent(seat).FirstOrDefault(screen => screen.Connector == display.Connector);
        if (lent is null)
            yield return new LendMonitor(seat, display.Connector, display.Gpu!) { Rotation = RotationOf(seat, display) };
        else if (lent.Rotation != RotationOf(seat, display))
            yield return new TurnMonitor(seat, display.Connector, RotationOf(seat, display));
        // While libvirt cannot be asked, what is shown goes on.
        if (reach is not [var own, ..])
            yield break;
        var guest = focus is null ? own : reach.FirstOrDefault(guest => guest.Uuid == focus);
        var words = ScreenWords.Of(seat, guest, own, guest is null && HostPages.ShowsHost(display.Gpu!, _observed) ? Page(display.Gpu!) : null);
        if (_clicking == seat)
            words = words with { Lines = [ScreenWords.Click, .. words.Lines] };
        if (lent?.Says != words)
            yield return new SayOnScreen(seat, display.Connector, words);
        if (guest is { Screen: { } screen, State: not GuestState.Off })
        {
            if (lent?.Guest != guest.Name)
                yield return new ShowPicture(seat, display.Connector, guest.Uuid, guest.Name, screen);
        }
        // Its presenter tells by itself that a guest has ended.
        else if (lent?.Guest is { } shown && shown != guest?.Name)
            yield return new ShowNoPicture(seat, display.Connector);
    }

    /// <summary>What was lent for seats that are no more, and the monitors that ask who is there or have the host's own page.</summary>
    /// <param name="seats">Those that there are.</param>
    public IEnumerable<Step> OfHost(IReadOnlyCollection<string> seats)
    {
        Display[] asking = [.. _asking.Select(screen => _observed.Displays.First(display => display.Connector == screen.Connector))];
        Display[] monitors = [.. asking, .. HostPages.Monitors([.. seats.Select(Of).OfType<Display>(), .. asking], _wanted, _observed)];
        foreach (var screen in _lent.OrderBy(screen => screen.Connector, StringComparer.Ordinal)
            .Where(screen => screen.Seat == Step.Host ? monitors.All(monitor => monitor.Connector != screen.Connector) : !seats.Contains(screen.Seat)))
            yield return new TakeMonitorBack(Step.Host, screen.Connector);
        foreach (var monitor in monitors.Where(monitor => _lent.All(screen => screen.Connector != monitor.Connector || screen.Seat == Step.Host)))
        {
            var lent = Lent(Step.Host).FirstOrDefault(screen => screen.Connector == monitor.Connector);
            // The seats' own first: a card may drive fewer monitors than it has.
            if (lent is null && seats.Any(seat => Of(seat) is { } other && other.Gpu == monitor.Gpu && !Has(seat, other)))
                continue;
            if (lent is null)
                yield return new LendMonitor(Step.Host, monitor.Connector, monitor.Gpu!);
            if (_asking.FirstOrDefault(screen => screen.Connector == monitor.Connector) is { } asks)
            {
                if (lent?.Asks != asks.Question)
                    yield return new AskOnScreen(Step.Host, monitor.Connector, asks.Question);
            }
            else if (Page(monitor.Gpu!) is var words && (lent?.Says != words || lent.Asks is not null))
                yield return new SayOnScreen(Step.Host, monitor.Connector, words);
        }
    }

    private Rotation RotationOf(string seat, Display display) => _wanted.Seats.First(wish => wish.Name == seat).RotationOf(display);

    private ShowStatus Page(string card) => ScreenWords.OfHost(
        _observed.HostName, _displays.Where(one => one.Value.Gpu == card && Has(one.Key, one.Value)).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value)));

    private bool Has(string seat, Display display) => _lent.Any(screen => screen.Seat == seat && screen.Connector == display.Connector);

    private IEnumerable<LentScreen> Lent(string seat) => _lent.Where(screen => screen.Seat == seat).OrderBy(screen => screen.Connector, StringComparer.Ordinal);
}
