using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Something with the lights of a keyboard.</summary>
internal interface ILights
{
    /// <param name="lights">Those that are on, one bit a code of LED_*.</param>
    void Show(ushort lights);
}

/// <summary>The lights that a guest can set, as bits and as events.</summary>
internal static class Lights
{
    /// <summary>How many events <see cref="Write"/> makes.</summary>
    public static readonly int EventCount = SinkCodes.KeyboardLeds.Count + 1;

    /// <summary>The events that set each light, and the frame's end.</summary>
    public static void Write(ushort lights, Span<InputEvent> events)
    {
        var count = 0;
        foreach (var code in SinkCodes.KeyboardLeds)
            events[count++] = new(InputCodes.EV_LED, code, (lights >> code) & 1);
        events[count] = new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);
    }

    /// <summary>The lights after some more events.</summary>
    public static ushort After(ushort lights, ReadOnlySpan<InputEvent> events)
    {
        foreach (ref readonly var one in events)
            lights = After(lights, one);
        return lights;
    }

    /// <summary>The lights after one more event.</summary>
    public static ushort After(ushort lights, in InputEvent one)
    {
        if (one.Type != InputCodes.EV_LED || one.Code >= InputCodes.LED_CNT)
            return lights;
        var bit = 1 << one.Code;
        return (ushort)(one.Value != 0 ? lights | bit : lights & ~bit);
    }
}
