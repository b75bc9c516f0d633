using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Drm;

/// <summary>Objects of a card that were lent: whoever holds the descriptor is their master, and sees no others.</summary>
/// <param name="Lessee">The number by which it is revoked.</param>
/// <param name="Descriptor">The lease ends with its last copy, and with the card's descriptor.</param>
public sealed record DrmLease(uint Lessee, FileDescriptor Descriptor) : IDisposable
{
    public void Dispose() => Descriptor.Dispose();
}
