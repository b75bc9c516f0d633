using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>A guest's picture in a graphics card's memory (dma-bufs), which is shown where it is. It may be written again once another is on the screen.</summary>
/// <param name="Planes">One, or as many as the format and the modifier have; they may be parts of one dma-buf. Closed where the guest has gone on to another buffer.</param>
/// <param name="Width">Of all that is in memory, of which <paramref name="Part"/> is the picture: a guest with several screens has them side by side.</param>
/// <param name="Height">As <paramref name="Width"/>.</param>
/// <param name="Part">In rows of the memory, be it upside down.</param>
/// <param name="Format">Four letters, as drm_fourcc.h has them.</param>
/// <param name="Modifier">How pixels lie in memory, as drm_fourcc.h has it.</param>
/// <param name="UpsideDown">Whether its first row is the lowest of the picture.</param>
internal sealed record GuestBuffer(ValueList<BufferPlane> Planes, int Width, int Height, Area Part, uint Format, ulong Modifier, bool UpsideDown) : IDisposable
{
    /// <summary>What makes it the same buffer again, with other descriptors.</summary>
    public BufferKey Key => new(
        Planes.Select(plane => new PlaneKey(plane.Descriptor.Inode(), plane.Offset, plane.Pitch)).ToValueList(), Width, Height, Part, Format, Modifier, UpsideDown);

    public bool IsClosed => Planes.Any(plane => plane.Descriptor.IsClosed);

    /// <summary>Why nobody can show it; null where somebody might.</summary>
    public string? Fault =>
        Planes.Count is < 1 or > FramebufferPlane.Most ? $"its picture has {Planes.Count} planes"
        : Part.Width is < 1 or > LargestSide || Part.Height is < 1 or > LargestSide ? $"its picture has {Part.Width} x {Part.Height} pixels"
        : Part.X < 0 || Part.Y < 0 || Width - Part.Width < Part.X || Height - Part.Height < Part.Y
            ? $"its picture, {Part.Width} x {Part.Height} pixels at {Part.X}, {Part.Y}, is not within its memory's {Width} x {Height}"
        : null;

    /// <summary>Of a picture, in pixels.</summary>
    public const int LargestSide = 16384;

    public void Dispose()
    {
        foreach (var plane in Planes)
            plane.Descriptor.Dispose();
    }
}

/// <summary>Where the pixels of a buffer are, or a part of what makes them up.</summary>
/// <param name="Offset">Of its first byte in the dma-buf.</param>
/// <param name="Pitch">Bytes from a row to the next.</param>
internal sealed record BufferPlane(FileDescriptor Descriptor, uint Offset, uint Pitch);

/// <inheritdoc cref="GuestBuffer" />
internal sealed record BufferKey(ValueList<PlaneKey> Planes, int Width, int Height, Area Part, uint Format, ulong Modifier, bool UpsideDown);

/// <inheritdoc cref="BufferPlane" />
internal readonly record struct PlaneKey(ulong Inode, uint Offset, uint Pitch);
