using System.Globalization;

namespace Phyllome.Seats.VirtualPc.Guests;

/// <summary>One line of what a guest reports of itself (see guest/listen.c). Device names have _ for each space.</summary>
public abstract record GuestLine
{
    /// <summary>Reads a line. One that is none of the known kinds is a <see cref="GuestSaid"/>, never lost.</summary>
    public static GuestLine Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Split(' ') switch
        {
            ["ready"] => new GuestReady(),
            ["device", "+", var device] => new GuestDeviceAdded(device),
            ["device", "-", var device] => new GuestDeviceRemoved(device),
            ["dropped", var device] => new GuestDropped(device),
            ["event", var device, var type, var code, var value]
                when int.TryParse(type, CultureInfo.InvariantCulture, out var t) && int.TryParse(code, CultureInfo.InvariantCulture, out var c)
                && int.TryParse(value, CultureInfo.InvariantCulture, out var v) => new GuestEvent(device, t, c, v),
            _ => new GuestSaid(line),
        };
    }
}

/// <summary>The guest has started and listens. A guest that starts again says it again.</summary>
public sealed record GuestReady : GuestLine;

public sealed record GuestDeviceAdded(string Device) : GuestLine;

public sealed record GuestDeviceRemoved(string Device) : GuestLine;

/// <summary>The guest's own queue overflowed: what it reports of the device is no longer complete.</summary>
public sealed record GuestDropped(string Device) : GuestLine;

/// <summary>An input event that the guest received; numbers as in linux/input-event-codes.h.</summary>
public sealed record GuestEvent(string Device, int Type, int Code, int Value) : GuestLine
{
    public bool IsKey => Type == 1;
    public bool IsRelative => Type == 2;
}

public sealed record GuestSaid(string Text) : GuestLine;
