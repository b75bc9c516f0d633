using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>A desktop in whose session an agent says what it has, and that may lend its monitors (<see cref="Desktops.DesktopTrust"/>).</summary>
/// <param name="Number">Of the agent's connection; never used again.</param>
/// <param name="User">The number of its user.</param>
/// <param name="Cards">Nodes of the cards of which it can lease, <c>card0</c>.</param>
/// <param name="Outputs">The monitors that it shows, by the kernel's names without the card: <c>DP-1</c>.</param>
/// <param name="Offered">The monitors that it offers for lease, <c>card0-DP-2</c>.</param>
public sealed record Desktop(int Number, uint User, ValueList<string> Cards, ValueList<string> Outputs, ValueList<string> Offered)
{
    /// <summary>Nodes of the cards of which it leases or shows monitors.</summary>
    /// <param name="displays">All that there are.</param>
    public IEnumerable<string> CardsAmong(IReadOnlyCollection<Display> displays) =>
        Cards.Concat(Offered.Concat(Outputs.Select(output => Shown(output, displays)?.Connector).OfType<string>()).Select(DesktopMonitors.CardOf)).Distinct();

    /// <summary>The monitor that it calls by a name without its card; null where there is none, or where two cards have one of that name.</summary>
    internal static Display? Shown(string output, IEnumerable<Display> displays) =>
        displays.Where(display => display is { Connected: true, Remembered: false } && display.Connector.AsSpan(DesktopMonitors.CardOf(display.Connector).Length).TrimStart('-').SequenceEqual(output)).ToArray() is [var only] ? only : null;
}

/// <summary>How a desktop gives a monitor.</summary>
/// <param name="Desktop">Its number.</param>
/// <param name="IsWindow">Whether by a window over all of it; else by a lease.</param>
public sealed record DesktopLoan(int Desktop, bool IsWindow = false);
