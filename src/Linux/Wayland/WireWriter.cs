using System.Buffers.Binary;
using System.Text;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Wayland;

/// <summary>A message of the Wayland wire protocol that is to be sent: the words of its arguments in their order.</summary>
public sealed class WireWriter(uint target, ushort opcode)
{
    private readonly List<uint> _words = [];
    private readonly List<FileDescriptor> _descriptors = [];

    internal IReadOnlyList<FileDescriptor> Descriptors => _descriptors;

    /// <summary>A number, an object or the id of a new one.</summary>
    public WireWriter Add(uint value)
    {
        _words.Add(value);
        return this;
    }

    public WireWriter Add(int value) => Add((uint)value);

    public WireWriter Add(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Add((uint)bytes.Length + 1);
        Span<byte> word = stackalloc byte[sizeof(uint)];
        for (var at = 0; at <= bytes.Length; at += sizeof(uint))
        {
            word.Clear();
            bytes.AsSpan(at, Math.Min(sizeof(uint), bytes.Length - at)).CopyTo(word);
            Add(BinaryPrimitives.ReadUInt32LittleEndian(word));
        }

        return this;
    }

    /// <summary>Stays the caller's; a copy goes beside the message.</summary>
    public WireWriter Add(FileDescriptor descriptor)
    {
        _descriptors.Add(descriptor);
        return this;
    }

    internal byte[] ToBytes()
    {
        var bytes = new byte[WireMessage.Header + (_words.Count * sizeof(uint))];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, target);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), ((uint)bytes.Length << 16) | opcode);
        for (var at = 0; at < _words.Count; at++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(WireMessage.Header + (at * sizeof(uint))), _words[at]);
        return bytes;
    }
}
