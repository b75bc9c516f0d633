using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>
/// Where the host says what it is: on the monitors that no seat has of the card that shows it, while others of that card are lent. The
/// kernel draws its console on none of them then (it does where the card has no master). Pure.
/// </summary>
internal static class HostPages
{
    /// <summary>The host's own monitor first: a card may drive fewer monitors than it has.</summary>
    /// <param name="seats">The monitors that are the seats'.</param>
    public static Display[] Monitors(IReadOnlyCollection<Display> seats, SeatsConfiguration wanted, Inventory observed) =>
    [
        .. SharedMonitors.InOrder(observed.Displays, wanted)
            .Where(display => display is { Connected: true, Remembered: false, Gpu: { } card } && seats.Any(seat => seat.Gpu == card) && ShowsHost(card, observed)
                && seats.All(seat => seat.Connector != display.Connector)),
    ];

    /// <summary>Whether the host's console is on a card: the one that showed the boot, or any where none says that it did.</summary>
    public static bool ShowsHost(string card, Inventory observed) => observed.Gpus.Any(gpu => gpu.Address == card && gpu.Boot) || observed.Gpus.All(gpu => !gpu.Boot);
}
