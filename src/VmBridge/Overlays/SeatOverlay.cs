using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Processors;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a seat and its host bring to a guest's stored definition.</summary>
/// <param name="Seat">The seat's name, written into the running definition's metadata.</param>
/// <param name="Keyboard">Event node of the guest's permanent keyboard, <c>/dev/input/eventN</c>.</param>
/// <param name="Pointer">Event node of the guest's permanent pointer.</param>
/// <param name="Gpu">PCI addresses of the seat's GPU with all its functions, <c>0000:01:00.0</c>; empty for virtio.</param>
public sealed record SeatOverlay(string Seat, string Keyboard, string Pointer, ValueList<string> Gpu)
{
    /// <summary>The guest's clones of devices that its keyboard and pointer can't stand for.</summary>
    public ValueList<CloneInput> Clones { get; init; } = [];

    /// <summary>The UUID of the mediated device that it has instead; null for none.</summary>
    public Guid? Mediated { get; init; }

    /// <summary>Whether it is a part of a card, which no monitor hangs on: the guest keeps the display that it has.</summary>
    public bool IsPart { get; init; }

    /// <summary>The size of the monitor on which a presenter shows the guest; null where none does.</summary>
    public ScreenSize? Screen { get; init; }

    /// <summary>How many monitors the seat has at most, each of which is to show a screen of the guest's.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>The render node of the card whose monitor that is, <c>/dev/dri/renderDN</c>; null where it has none.</summary>
    public string? RenderNode { get; init; }

    /// <summary>How its display for viewers elsewhere is to be; null where it needs none.</summary>
    public RemoteScreen? Remote { get; init; }

    /// <summary>The profile that is configured; null where it is to be found.</summary>
    public GuestProfile? Profile { get; init; }

    /// <summary>The input bus that is configured; null for the profile's own.</summary>
    public InputBus? Input { get; init; }

    /// <summary>Whether the host can emulate a TPM (swtpm).</summary>
    public bool HasTpm { get; init; }

    /// <summary>The seat's USB devices that are plugged in.</summary>
    public ValueList<PassedUsb> Usb { get; init; } = [];

    /// <summary>The host's processors that it gets; null for those that the host's scheduler finds.</summary>
    public GuestPinning? Pinning { get; init; }
}

/// <summary>A clone of a device, for a guest.</summary>
/// <param name="CloneOf">What it is a clone of; of <c>[0-9a-z]</c> alone.</param>
/// <param name="Node">Its event node, <c>/dev/input/eventN</c>.</param>
public sealed record CloneInput(string CloneOf, string Node);
