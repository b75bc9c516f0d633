using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>Reads a message's body into a value; runs on the bus's thread and returns at once.</summary>
public delegate T ReadBody<out T>(MessageReader body);

/// <summary>Reads the values of a message in their order. Throws a <see cref="BusException"/> where the next value has another type.</summary>
/// <remarks>A ref struct, since sd-bus lends the message for the length of a callback only.</remarks>
public readonly unsafe ref struct MessageReader
{
    private readonly nint _message;

    internal MessageReader(nint message) => _message = message;

    public byte ReadByte() => Read<byte>('y');

    // D-Bus booleans are four bytes wide on both sides of sd-bus.
    public bool ReadBoolean() => Read<int>('b') != 0;

    public ushort ReadUInt16() => Read<ushort>('q');

    public int ReadInt32() => Read<int>('i');

    public uint ReadUInt32() => Read<uint>('u');

    public long ReadInt64() => Read<long>('x');

    public ulong ReadUInt64() => Read<ulong>('t');

    public double ReadDouble() => Read<double>('d');

    public string ReadString() => ReadText('s');

    public string ReadObjectPath() => ReadText('o');

    /// <summary>A descriptor of the reader's own.</summary>
    public FileDescriptor ReadDescriptor()
    {
        // The message keeps what it brought, and closes it.
        using var borrowed = new FileDescriptor(Read<int>('h'), ownsHandle: false);
        return borrowed.Duplicate();
    }

    /// <summary>An <c>ay</c>, lent as long as the message: it must not be used once what reads it has returned.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        // Safety: sd-bus keeps the array in one piece, of that length, while the message lives.
        BusException.Check(NativeSystemd.sd_bus_message_read_array(_message, (byte)'y', out var bytes, out var size), "read bytes of a message");
        return new(bytes, checked((int)size));
    }

    /// <summary>Enters an array, struct, variant or dictionary entry: <c>Enter('a', "{sv}")</c>. False at the end of the array around it.</summary>
    public bool Enter(char container, string contents) =>
        BusException.Check(NativeSystemd.sd_bus_message_enter_container(_message, (byte)container, contents), $"read '{container}' of '{contents}'") > 0;

    /// <summary>Leaves what was entered; its values must have been read or skipped.</summary>
    public void Exit() => BusException.Check(NativeSystemd.sd_bus_message_exit_container(_message), "leave a container of a message");

    /// <summary>The type of the next value, and its contents where it is a container; <c>'\0'</c> at the end.</summary>
    public (char Type, string? Contents) Peek()
    {
        // Safety: the contents are borrowed from the message, and copied.
        var found = BusException.Check(NativeSystemd.sd_bus_message_peek_type(_message, out var type, out var contents), "look at a message's next value");
        return found == 0 ? ('\0', null) : ((char)type, Marshal.PtrToStringUTF8((nint)contents));
    }

    /// <summary>Passes over one value of the signature, <c>v</c>.</summary>
    public void Skip(string signature) => BusException.Check(NativeSystemd.sd_bus_message_skip(_message, signature), $"skip '{signature}' of a message");

    /// <param name="contents">Signature of one element.</param>
    public List<T> ReadArray<T>(string contents, ReadBody<T> element)
    {
        var list = new List<T>();
        if (!Enter('a', contents))
            return list;
        while (Peek().Type != '\0')
            list.Add(element(this));
        Exit();
        return list;
    }

    public List<string> ReadStrings() => ReadArray("s", static reader => reader.ReadString());

    /// <summary>An <c>a{s…}</c>, <c>a{o…}</c>; <paramref name="entry"/> reads the value alone.</summary>
    public Dictionary<string, T> ReadDictionary<T>(string contents, ReadBody<T> value)
    {
        var dictionary = new Dictionary<string, T>();
        if (!Enter('a', $"{{{contents}}}"))
            return dictionary;
        while (Enter('e', contents))
        {
            var key = contents[0] == 'o' ? ReadObjectPath() : ReadString();
            dictionary[key] = value(this);
            Exit();
        }
        Exit();
        return dictionary;
    }

    /// <summary>The value inside a variant, which must hold a <paramref name="contents"/>.</summary>
    public T ReadVariant<T>(string contents, ReadBody<T> value)
    {
        Enter('v', contents);
        var result = value(this);
        Exit();
        return result;
    }

    private T Read<T>(char type) where T : unmanaged
    {
        T value;
        // Safety: T has the width that sd-bus writes for the type (sd_bus_message_read_basic(3)).
        Require(NativeSystemd.sd_bus_message_read_basic(_message, (byte)type, &value), type);
        return value;
    }

    private string ReadText(char type)
    {
        byte* text;
        // Safety: the text is borrowed from the message, NUL-terminated UTF-8, and copied.
        Require(NativeSystemd.sd_bus_message_read_basic(_message, (byte)type, &text), type);
        return Marshal.PtrToStringUTF8((nint)text)!;
    }

    // 0 is the end of the message or container.
    private static void Require(int result, char type)
    {
        if (BusException.Check(result, $"read '{type}' of a message") == 0)
            throw new BusException(BusErrors.InvalidArgs, $"The message ends where a '{type}' was expected.");
    }
}
