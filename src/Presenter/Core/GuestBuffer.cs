using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>A guest's picture in a graphics card's memory (a dma-buf), which is shown where it is. It may be written again once another is on the screen.</summary>
/// <param name="Descriptor">Closed where the guest has gone on to another one.</param>
/// <param name="Pitch">Bytes from a row to the next.</param>
/// <param name="Format">Four letters, as drm_fourcc.h has them.</param>
/// <param name="Modifier">How pixels lie in memory, as drm_fourcc.h has it.</param>
/// <param name="UpsideDown">Whether its first row is the lowest of the picture.</param>
internal sealed record GuestBuffer(FileDescriptor Descriptor, int Width, int Height, uint Pitch, uint Format, ulong Modifier, bool UpsideDown) : IDisposable
{
    /// <summary>What makes it the same buffer again, with another descriptor.</summary>
    public BufferKey Key => new(Descriptor.Inode(), Width, Height, Pitch, Format, Modifier, UpsideDown);

    public void Dispose() => Descriptor.Dispose();
}

/// <inheritdoc cref="GuestBuffer" />
internal readonly record struct BufferKey(ulong Inode, int Width, int Height, uint Pitch, uint Format, ulong Modifier, bool UpsideDown);
