using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Which of a guest's sinks an event goes to.</summary>
internal enum Way : byte
{
    /// <summary>Neither can produce it.</summary>
    None,
    Keyboard,
    Pointer,
}

/// <summary>The way of each key, button and axis: of a guest, and where the host differs, of the host.</summary>
internal static class Ways
{
    private static readonly Way[] Keys = Table(SinkCodes.KeyCount, SinkCodes.KeyboardKeys, SinkCodes.PointerButtons);
    private static readonly Way[] HostKeys = Table(SinkCodes.KeyCount, SinkCodes.HostKeyboardKeys, SinkCodes.PointerButtons);

    public static Way OfKey(int code) => (uint)code < (uint)Keys.Length ? Keys[code] : Way.None;

    public static Way OfHostKey(int code) => (uint)code < (uint)HostKeys.Length ? HostKeys[code] : Way.None;

    /// <summary>The relative axes that a pointer can produce, one bit a code.</summary>
    public static uint PointerAxes
    {
        get
        {
            var axes = 0U;
            foreach (var code in SinkCodes.PointerAxes)
                axes |= 1U << code;
            return axes;
        }
    }

    private static Way[] Table(int size, ValueList<ushort> keyboard, ValueList<ushort> pointer)
    {
        var table = new Way[size];
        foreach (var code in keyboard)
            table[code] = Way.Keyboard;
        foreach (var code in pointer)
            table[code] = Way.Pointer;
        return table;
    }
}
