using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Drm;

/// <summary>A buffer that the processor writes and any driver shows, as a framebuffer of 32 bits a pixel.</summary>
public sealed unsafe class DumbBuffer : IDisposable
{
    private readonly DrmCard _card;
    private readonly uint _handle;
    private readonly long _length;
    private byte* _pixels;

    internal DumbBuffer(DrmCard card, int width, int height, DrmFormat format)
    {
        (_card, Width, Height) = (card, width, height);
        (_handle, Pitch, _length) = card.CreateDumb(width, height);
        try
        {
            Framebuffer = card.AddFramebuffer(width, height, format, [new(_handle, 0, (uint)Pitch)], modifier: null);
            var address = NativeLibc.mmap(
                0, (nuint)_length, NativeLibc.PROT_READ | NativeLibc.PROT_WRITE, NativeLibc.MAP_SHARED, card.Descriptor, card.OffsetOfDumb(_handle));
            if (address == -1)
                throw LinuxException.Last($"could not map a buffer of {width} x {height} pixels");
            _pixels = (byte*)address;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bytes from a row to the next.</summary>
    public int Pitch { get; }

    /// <summary>The framebuffer's id, for a plane.</summary>
    public uint Framebuffer { get; }

    /// <summary>All rows; begins black. May be write-combined memory, of which reading is slow.</summary>
    public Span<byte> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pixels == null, this);
            // Safety: the kernel made the mapping at least that long (drm_mode_create_dumb), and it lasts until Dispose.
            return new(_pixels, Pitch * Height);
        }
    }

    /// <summary>The buffer as a dma-buf, for another process or card.</summary>
    public FileDescriptor Export() => _card.ExportHandle(_handle);

    public void Dispose()
    {
        // Safety: the mapping is ours, and no span of it is used after this.
        if (_pixels != null)
            _ = NativeLibc.munmap((nint)_pixels, (nuint)_length);
        _pixels = null;
        if (Framebuffer != 0)
            _card.RemoveFramebuffer(Framebuffer);
        _card.DestroyDumb(_handle);
    }
}
