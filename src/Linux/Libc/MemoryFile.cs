using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>
/// A document in a memfd (memfd_create(2)), for who comes after: it lives as long as any copy of its descriptor. A writer that is killed
/// at whatever moment leaves the document before or the one after.
/// </summary>
public sealed class MemoryFile
{
    /// <summary>The largest document, in bytes.</summary>
    public const int Largest = 1 << 20;

    /// <summary>The two places where documents are written in turn; before them stands which is the newest, and how long it is.</summary>
    private static readonly long[] Places = [4096, 4096 + Largest];

    private int _place;

    /// <summary>Takes over a descriptor that <see cref="Create"/> made.</summary>
    public MemoryFile(FileDescriptor descriptor)
    {
        Descriptor = descriptor;
        _place = Newest().Place;
    }

    public FileDescriptor Descriptor { get; }

    public static MemoryFile Create(string name)
    {
        var number = NativeLibc.memfd_create(name, NativeLibc.MFD_CLOEXEC);
        return number >= 0 ? new(new FileDescriptor(number)) : throw LinuxException.Last($"could not make the memory file '{name}'");
    }

    /// <returns>The document; empty where there is none.</returns>
    public byte[] Read()
    {
        var (place, length) = Newest();
        var document = new byte[length];
        return ReadAt(document, Places[place]) == length ? document : [];
    }

    public void Write(ReadOnlySpan<byte> document)
    {
        if (document.Length > Largest)
            throw new LinuxException(Errno.EMSGSIZE, $"could not write {document.Length} bytes to a memory file");
        var place = 1 - _place;
        WriteAt(document, Places[place]);
        // Eight bytes of one page: no signal comes between them.
        WriteAt(MemoryMarshal.AsBytes<int>([place, document.Length]), 0);
        _place = place;
    }

    private (int Place, int Length) Newest()
    {
        Span<int> head = stackalloc int[2];
        return ReadAt(MemoryMarshal.AsBytes(head), 0) == sizeof(int) * 2 && head[0] is 0 or 1 && head[1] is >= 0 and <= Largest ? (head[0], head[1]) : (0, 0);
    }

    private unsafe int ReadAt(Span<byte> buffer, long offset)
    {
        // Safety: pinned for the call, and the kernel writes no more than its length.
        fixed (byte* pointer = buffer)
        {
            var count = NativeLibc.pread(Descriptor, pointer, (nuint)buffer.Length, offset);
            return count >= 0 ? (int)count : throw LinuxException.Last("could not read a memory file");
        }
    }

    private unsafe void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        // Safety: pinned for the call, and the kernel reads no more than its length.
        fixed (byte* pointer = bytes)
        {
            if (NativeLibc.pwrite(Descriptor, pointer, (nuint)bytes.Length, offset) != bytes.Length)
                throw LinuxException.Last("could not write a memory file");
        }
    }
}
