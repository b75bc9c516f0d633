using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>Something in a seat's entry that the machine does not bear out.</summary>
/// <param name="Prevents">Whether the seat cannot be used at all because of it.</param>
public sealed record SeatFault(string Seat, Diagnostic Diagnostic, bool Prevents = false);

/// <summary>Which device is in which seat, why, and what stands against a claim. A device is in one seat at most.</summary>
/// <param name="Claims">Of every device, in the order of their ids.</param>
public sealed record ClaimBook(ValueList<Claim> Claims, ValueList<SeatFault> Faults)
{
    private const InputAbilities Useful =
        InputAbilities.Key | InputAbilities.Keyboard | InputAbilities.Mouse | InputAbilities.Touchpad | InputAbilities.Touchscreen
        | InputAbilities.Tablet | InputAbilities.Joystick | InputAbilities.PointingStick;

    /// <summary>Ids of new keyboards that nobody asks for: what a new seat could be made of.</summary>
    public ValueList<string> FreeKeyboards { get; init; } = [];

    /// <summary>Whether a node carries keys or motion: the others (lid switches, accelerometers) stay with the host.</summary>
    public static bool IsSource(InputNode node) => (node.Abilities & Useful) != 0;

    /// <param name="wanted">With the remembered seats, each with its card where it has one, see <see cref="GpuChoice"/>.</param>
    public static ClaimBook Make(SeatsConfiguration wanted, Memory remembered, ValueList<Device> observed, ValueList<Display> displays, Current current) =>
        new Claiming(wanted, remembered, observed, displays, current).Make();
}
