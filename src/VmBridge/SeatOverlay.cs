namespace Phyllome.Seats.VmBridge;

/// <summary>What a seat brings to a guest's stored definition.</summary>
/// <param name="Seat">The seat's name, written into the running definition's metadata.</param>
/// <param name="Keyboard">Event node of the guest's permanent keyboard, <c>/dev/input/eventN</c>.</param>
/// <param name="Pointer">Event node of the guest's permanent pointer.</param>
/// <param name="Gpu">PCI addresses of the seat's GPU with all its functions, <c>0000:01:00.0</c>; empty for virtio.</param>
public sealed record SeatOverlay(string Seat, string Keyboard, string Pointer, ValueList<string> Gpu);
