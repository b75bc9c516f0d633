using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>The hubs in monitors, and whose the monitors are. Pure.</summary>
/// <param name="wanted">All seats, each with its card where it has one.</param>
internal sealed class MonitorHubs(SeatsConfiguration wanted, ValueList<Display> displays)
{
    /// <summary>The port of each hub in a monitor that a seat has, with the seat and words for the monitor. The host's say nothing: what is plugged into one may be meant for a seat.</summary>
    public IEnumerable<(string Port, string Seat, string Monitor)> Seats =>
        from display in displays
        where display.Connected && display.UsbPorts.Count > 0
        let seat = wanted.Seats.FirstOrDefault(seat => Has(seat, display))
        where seat is not null
        from port in display.UsbPorts
        orderby display.Connector, port
        select (port, seat.Name, $"monitor {(display.Monitor is { } name ? $"{Words.Quote(name)} ({display.Connector})" : display.Connector)}");

    private static bool Has(SeatWish seat, Display display) =>
        seat.Gpu is { } card ? card == display.Gpu : seat.Displays.Any(selector => SelectorMatch.Matches(selector, display));
}
