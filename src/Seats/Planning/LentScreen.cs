using Phyllome.Seats.Devices;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Planning;

/// <summary>A monitor that was lent to a presenter.</summary>
/// <param name="Seat">A seat's name, or <see cref="Step.Host"/> where it shows the host's own page.</param>
/// <param name="Connector">The kernel's name, <c>card0-DP-1</c>.</param>
public sealed record LentScreen(string Seat, string Connector)
{
    /// <summary>How far what is shown is turned.</summary>
    public Rotation Rotation { get; init; }

    /// <summary>The desktop that gave it; null where it is a lease of ours.</summary>
    public DesktopLoan? Loan { get; init; }

    /// <summary>Name of the guest that its presenter shows; null for none.</summary>
    public string? Guest { get; init; }

    /// <summary>Which of that guest's screens; null where it has one.</summary>
    public GuestHead? Head { get; init; }

    /// <summary>What its status screen says while there is no picture; null before it was told, and while it asks.</summary>
    public ShowStatus? Says { get; init; }

    /// <summary>What it asks in place of that; null where it asks nothing.</summary>
    public AskWhoIsThere? Asks { get; init; }
}
