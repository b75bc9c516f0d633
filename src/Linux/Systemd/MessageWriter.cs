using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>Writes a message's body; runs on the bus's thread and returns at once.</summary>
public delegate void WriteBody(MessageWriter body);

/// <summary>Appends values to a message in their order.</summary>
public readonly unsafe ref struct MessageWriter
{
    private readonly nint _message;

    internal MessageWriter(nint message) => _message = message;

    public void Write(byte value) => Append('y', &value);

    public void Write(bool value)
    {
        int wide = value ? 1 : 0;
        Append('b', &wide);
    }

    public void Write(ushort value) => Append('q', &value);

    public void Write(int value) => Append('i', &value);

    public void Write(uint value) => Append('u', &value);

    public void Write(long value) => Append('x', &value);

    public void Write(ulong value) => Append('t', &value);

    public void Write(double value) => Append('d', &value);

    public void Write(string value) => AppendText('s', value);

    public void WriteObjectPath(string value) => AppendText('o', value);

    /// <summary>A descriptor; the message gets a copy of it.</summary>
    public void Write(FileDescriptor value)
    {
        var number = value.Number;
        Append('h', &number);
        GC.KeepAlive(value);
    }

    /// <summary>An <c>ay</c>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        // Safety: pinned for the call, which copies them.
        fixed (byte* pointer = bytes)
            BusException.Check(NativeSystemd.sd_bus_message_append_array(_message, (byte)'y', pointer, (nuint)bytes.Length), "write bytes to a message");
    }

    /// <summary>Opens an array, struct, variant or dictionary entry: <c>Open('a', "{sv}")</c>; <see cref="Close"/> ends it.</summary>
    public void Open(char container, string contents) =>
        BusException.Check(NativeSystemd.sd_bus_message_open_container(_message, (byte)container, contents), $"write '{container}' of '{contents}'");

    public void Close() => BusException.Check(NativeSystemd.sd_bus_message_close_container(_message), "close a container of a message");

    public void Write(IEnumerable<string> values)
    {
        Open('a', "s");
        foreach (var value in values)
            Write(value);
        Close();
    }

    /// <param name="contents">The signature of what <paramref name="value"/> writes.</param>
    public void WriteVariant(string contents, WriteBody value)
    {
        Open('v', contents);
        value(this);
        Close();
    }

    /// <summary>One entry of an open <c>a{sv}</c>.</summary>
    public void WriteEntry(string key, string contents, WriteBody value)
    {
        Open('e', "sv");
        Write(key);
        WriteVariant(contents, value);
        Close();
    }

    // Safety: the value has the width of the type and is copied into the message.
    private void Append(char type, void* value) =>
        BusException.Check(NativeSystemd.sd_bus_message_append_basic(_message, (byte)type, value), $"write '{type}' to a message");

    private void AppendText(char type, string value)
    {
        var text = Marshal.StringToCoTaskMemUTF8(value);
        try
        {
            // Safety: strings are given by pointer itself, and copied into the message.
            Append(type, (void*)text);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
