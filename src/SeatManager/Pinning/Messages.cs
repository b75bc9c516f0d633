using Phyllome.Seats.Guests;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.SeatManager.Pinning;

/// <summary>A guest is about to be started: which processors does it get? Answered by a <see cref="PinningAnswer"/>.</summary>
/// <param name="Gpu">PCI address of its card; null for none.</param>
internal sealed record GuestStarts(string Seat, string Name, Guid Guest, string? Gpu, GuestProcessors Processors);

/// <param name="Pinning">Null for none of its own.</param>
internal sealed record PinningAnswer(GuestPinning? Pinning);

/// <summary>It runs now, or could not be started.</summary>
internal sealed record GuestStartEnded(Guid Guest);

/// <summary>The processors as they are split now.</summary>
internal sealed record ProcessorsSplit(PinPlan Plan);
