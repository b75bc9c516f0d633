using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>The monitors of cards that stay the host's: each can be lent for a seat of its own. Pure.</summary>
public static class SharedMonitors
{
    /// <summary>Whether a monitor could be lent for a seat: it is there, on a card of the host's that no seat has whole, and neither it nor its card is kept for the host.</summary>
    internal static bool CanBeLent(Display display, SeatsConfiguration wanted, Inventory observed) =>
        display is { Connected: true, Remembered: false, Gpu: not null }
        && observed.Gpus.Any(gpu => gpu.Address == display.Gpu && gpu.IsHosts)
        && wanted.Seats.All(other => other.Gpu != display.Gpu)
        && !wanted.Host.Keep.Contains(new Selector(SelectorKind.Pci, display.Gpu))
        && !(wanted.Host.Display is { } hosts && SelectorMatch.Matches(hosts, display));

    /// <summary>
    /// Those that a new seat could have, in order: no seat names them, no desktop draws on them or one offers them for lease, and they are not the host's
    /// own, which is the one that <c>display</c> of [host] names, else the first that no seat names and no desktop offers on the card that showed the boot,
    /// a built-in one before others.
    /// </summary>
    public static Display[] Free(SeatsConfiguration wanted, Inventory observed, Current current)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(current);
        if (current.Screens is not { } lent || (observed.HasDesktop != false && observed.Desktops.Count == 0))
            return [];
        bool IsOffered(Display display) => DesktopMonitors.IsOffered(display, lent, observed);
        bool IsNobodys(Display display) => observed.HasDesktop == false && !observed.DesktopCards.Contains(DesktopMonitors.CardOf(display.Connector));
        var all = InOrder(observed.Displays, wanted);
        bool IsNamed(Display display) => wanted.Seats.Any(seat => seat.Displays.Any(selector => SelectorMatch.Matches(selector, display)));
        var own = wanted.Host.Display is null
            ? Array.Find(all, display => display is { Connected: true, Gpu: { } card } && HostPages.ShowsHost(card, observed) && !IsNamed(display) && !IsOffered(display))
            : null;
        return [.. all.Where(display => display != own && (IsNobodys(display) || IsOffered(display)) && CanBeLent(display, wanted, observed) && !IsNamed(display) && lent.All(screen => screen.Connector != display.Connector || screen.Seat == Step.Host))];
    }

    /// <summary>The monitors in the order in which the host's own is chosen.</summary>
    internal static Display[] InOrder(IEnumerable<Display> displays, SeatsConfiguration wanted) =>
    [
        .. displays.OrderByDescending(display => wanted.Host.Display is { } own && SelectorMatch.Matches(own, display)).ThenByDescending(display => display.IsBuiltIn)
            .ThenBy(display => display.Gpu, StringComparer.Ordinal).ThenBy(display => display.Connector, StringComparer.Ordinal),
    ];

    /// <summary>
    /// The selectors of a monitor that pick it after a restart too: by itself where no other one has its key, else and when it was exchanged
    /// by the connector on its card.
    /// </summary>
    internal static ValueList<string> SelectorsOf(Display display, Inventory observed)
    {
        var connector = new Selector(SelectorKind.Connector, display.Place ?? display.Connector).ToString();
        return display.Edid is { } edid && observed.Displays.Count(other => other.Edid == edid) == 1 ? [new Selector(SelectorKind.Edid, edid).ToString(), connector] : [connector];
    }
}
