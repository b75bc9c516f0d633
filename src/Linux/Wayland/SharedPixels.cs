using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Wayland;

/// <summary>Memory that a compositor reads pixels from (wl_shm): a memfd that both have mapped.</summary>
public sealed unsafe class SharedPixels : IDisposable
{
    private readonly int _length;
    private byte* _bytes;

    public SharedPixels(int length)
    {
        _length = length;
        var number = NativeLibc.memfd_create("pixels", NativeLibc.MFD_CLOEXEC);
        Descriptor = number >= 0 ? new(number) : throw LinuxException.Last("could not make memory for pixels");
        try
        {
            var last = (byte)0;
            // A file is as long as what is written to it. Safety: one byte of this stack.
            if (NativeLibc.pwrite(Descriptor, &last, 1, length - 1) != 1)
                throw LinuxException.Last($"could not make {length} bytes for pixels");
            var address = NativeLibc.mmap(0, (nuint)length, NativeLibc.PROT_READ | NativeLibc.PROT_WRITE, NativeLibc.MAP_SHARED, Descriptor, 0);
            _bytes = address != -1 ? (byte*)address : throw LinuxException.Last($"could not map {length} bytes for pixels");
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    public FileDescriptor Descriptor { get; }

    /// <summary>All of it; begins black.</summary>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_bytes == null, this);
            // Safety: the mapping is that long, and lasts until Dispose. Nobody else can make the file shorter: who has it but the compositor is us, and one
            // that did so would end this process alone (SIGBUS).
            return new(_bytes, _length);
        }
    }

    public void Dispose()
    {
        // Safety: the mapping is ours, and no span of it is used after this.
        if (_bytes != null)
            _ = NativeLibc.munmap((nint)_bytes, (nuint)_length);
        _bytes = null;
        Descriptor.Dispose();
    }
}
