using System.Buffers.Binary;
using System.Text;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Wayland;

/// <summary>A message of the Wayland wire protocol that came. Its arguments are read in their order, as its interface has them.</summary>
/// <param name="target">The object that it is to (a request) or from (an event).</param>
/// <param name="descriptors">Those that came on the connection and that no message before has taken.</param>
public sealed class WireMessage(uint target, ushort opcode, byte[] arguments, Queue<FileDescriptor> descriptors)
{
    /// <summary>What the header takes: the object, and opcode and length in one word.</summary>
    internal const int Header = 8;

    private int _at;

    public uint Target => target;

    public ushort Opcode => opcode;

    /// <exception cref="LinuxException">EPROTO where there is no such argument, as for all of these.</exception>
    public uint ReadUint() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public int ReadInt() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Empty where it is null.</summary>
    public string ReadString()
    {
        var bytes = ReadArray();
        return bytes.Length == 0 ? "" : Encoding.UTF8.GetString(bytes[..^1]);
    }

    public ReadOnlySpan<byte> ReadArray()
    {
        var length = ReadUint();
        if (length > (uint)arguments.Length)
            throw Malformed();
        var bytes = Take((int)length);
        // Each argument begins at a whole word.
        _at = (_at + 3) & ~3;
        return bytes;
    }

    /// <summary>The caller's to dispose of.</summary>
    public FileDescriptor ReadDescriptor() => descriptors.TryDequeue(out var descriptor) ? descriptor : throw Malformed();

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > arguments.Length - _at)
            throw Malformed();
        _at += length;
        return arguments.AsSpan(_at - length, length);
    }

    private LinuxException Malformed() => new(Errno.EPROTO, $"could not read message {opcode} of Wayland object {target}, which lacks an argument");
}
