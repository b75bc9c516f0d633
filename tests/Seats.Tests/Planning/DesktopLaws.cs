using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The laws of monitors whose card a desktop has, and of those that are nobody's.</summary>
internal static partial class Laws
{
    /// <summary>Whether a card of the host's is nobody else's.</summary>
    private static bool IsOurs(World world, Display display) => world.Screens!.Exists(screen => screen.Loan is null && CardOf(screen.Connector) == CardOf(display.Connector)) || !world.DesktopCards.Contains(CardOf(display.Connector));

    private static bool IsGiven(World world, Display display) =>
        world.Desktops.Exists(desktop => desktop.Offered.Contains(display.Connector) || desktop.Outputs.Any(output => display.Connector == $"{CardOf(display.Connector)}-{output}"));

    private static void Given(World world, LentScreen screen)
    {
        if (screen.Loan is not { } loan)
            return;
        var giving = world.Desktops.Find(desktop => desktop.Number == loan.Desktop);
        Law(giving is not null && (loan.IsWindow ? giving.Outputs.Any(output => screen.Connector == $"{CardOf(screen.Connector)}-{output}") : giving.Offered.Contains(screen.Connector)), "what a desktop has given it still gives");
        Law(!loan.IsWindow || !world.Desktops.Exists(desktop => desktop.Offered.Contains(screen.Connector)), "a lease goes before a window");
        Law(world.Screens!.TrueForAll(other => other.Loan is not null || CardOf(other.Connector) != CardOf(screen.Connector)), "a card has one master");
    }

    /// <summary>The monitors that are nobody's, where a new seat could be: all but the host's own, and those of a desktop that does not offer them.</summary>
    private static string[] Free(SeatsConfiguration wanted, Inventory observed, Current current)
    {
        var lent = (current.Screens ?? []).Where(screen => screen.Seat != Step.Host).Select(screen => screen.Connector).ToHashSet();
        Display[] unnamed = [.. observed.Displays.Where(display => display.Connected && !wanted.Seats.Any(seat => seat.Displays.Any(selector => SelectorMatch.Matches(selector, display))))
            .OrderBy(display => display.Connector, StringComparer.Ordinal)];
        bool IsOffered(Display display) => observed.Desktops.Any(desktop => desktop.Offered.Contains(display.Connector))
            || (current.Screens ?? []).Any(screen => screen.Seat == Step.Host && screen.Connector == display.Connector && screen.Loan is { } loan && observed.Desktops.Any(desktop => desktop.Number == loan.Desktop));
        var hosts = unnamed.FirstOrDefault(display => !IsOffered(display));
        return current.Screens is null ? [] : [.. unnamed.Where(display => (IsOffered(display) || (observed.HasDesktop == false && !observed.DesktopCards.Contains(CardOf(display.Connector)) && display != hosts)) && !lent.Contains(display.Connector))
            .Select(display => display.Connector)];
    }

    /// <summary>Where a seat is that formed at a monitor.</summary>
    private static string? At(RememberedSeat seat, Inventory observed) => seat.Displays is [.., var connector]
        ? observed.Displays.FirstOrDefault(display => display.Connected && $"connector:{display.Place ?? display.Connector}" == connector)?.Connector : null;

    private static string CardOf(string connector) => connector.Split('-')[0];
}
