using System.Globalization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>
/// Which way a monitor of a card of the host's comes to a seat. A card that a desktop has is not ours to take, also when that desktop has ended: the
/// greeter and the next session need it. Where no agent of a desktop was ever there, nothing is known of desktops, and all cards are. Pure.
/// </summary>
internal static class DesktopMonitors
{
    /// <summary>The way of a monitor.</summary>
    /// <param name="Loan">What a desktop gives; null for a lease of ours, and where there is no way.</param>
    /// <param name="WhyNot">Why there is no way, and what to do; null where there is one.</param>
    internal sealed record Way(DesktopLoan? Loan, string? WhyNot)
    {
        public static Way Ours { get; } = new(null, null);

        public bool IsOurs => this == Ours;
    }

    /// <param name="lent">What is lent of it now; null for nothing.</param>
    /// <param name="screens">All that is lent.</param>
    public static Way WayTo(Display display, LentScreen? lent, IEnumerable<LentScreen> screens, Inventory observed)
    {
        var card = CardOf(display.Connector);
        // As long as we are its master no desktop is, whatever one may say.
        if ((observed.Desktops.Count == 0 && observed.DesktopCards.Count == 0) || screens.Any(screen => screen.Loan is null && CardOf(screen.Connector) == card))
            return Way.Ours;
        var desktops = observed.Desktops.OrderBy(desktop => desktop.Number).ToArray();
        // One that is lent is offered no more.
        if (lent?.Loan is { IsWindow: false } loan && Array.Exists(desktops, desktop => desktop.Number == loan.Desktop))
            return new(loan, null);
        if (Array.Find(desktops, desktop => desktop.Offered.Contains(display.Connector)) is { } offering)
            return new(new(offering.Number), null);
        if (Array.Find(desktops, desktop => desktop.Outputs.Any(output => Desktop.Shown(output, observed.Displays)?.Connector == display.Connector)) is { } showing)
            return new(new(showing.Number, IsWindow: true), null);
        var name = ScreenWords.Name(display);
        if (Array.Find(desktops, desktop => desktop.CardsAmong(observed.Displays).Contains(card)) is { } holder)
        {
            return new(null, string.Create(
                CultureInfo.InvariantCulture,
                $"its monitor {name} shows nothing of it: the desktop of user {holder.User} has the card, and neither offers that monitor for lease nor shows anything on it; switch it on there, or offer it, see phyllome-desktop(1)"));
        }

        return observed.DesktopCards.Contains(card)
            ? new(null, $"its monitor {name} waits for the desktop that had the card and has ended, or is not in front: log in there again")
            : Way.Ours;
    }

    /// <summary>Whether a desktop offers a monitor for lease, or has leased it to us, to be asked at.</summary>
    public static bool IsOffered(Display display, IEnumerable<LentScreen> screens, Inventory observed) => observed.Desktops.Any(desktop =>
        desktop.Offered.Contains(display.Connector) || screens.Any(screen => screen.Connector == display.Connector && screen.Seat == Step.Host && screen.Loan?.Desktop == desktop.Number));

    /// <summary><c>card0</c> of <c>card0-DP-1</c>.</summary>
    internal static string CardOf(string connector) => connector.Split('-')[0];
}
