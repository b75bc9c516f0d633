namespace Phyllome.Seats.Routing;

/// <summary>
/// What a guest's virtual devices can produce (codes of linux/input-event-codes.h): the helper declares it to uinput, and the router
/// writes nothing else.
/// </summary>
public static class SinkCodes
{
    /// <summary>How many key codes there are (KEY_CNT).</summary>
    public const int KeyCount = 0x300;

    /// <summary>
    /// Left out of the keyboard: Scroll Lock, since it is the <c>grabToggle</c> that QEMU gets, which no sink may produce; and the power
    /// keys (POWER, SLEEP, WAKEUP, SUSPEND, and above 0x160 POWER2 and RESTART), since logind acts on them in whichever node has them.
    /// </summary>
    private static ReadOnlySpan<ushort> LeftOut => [70, 116, 142, 143, 205, 0x164, 0x198];

    /// <summary>
    /// KEY_ESC to KEY_MICMUTE (the first 31 make it a keyboard to udev), and the consumer keys 0x160 to 0x1bf. Not all up to KEY_MAX: older
    /// kernels write every code into the uevent's MODALIAS, and drop an uevent that is longer than 2048 bytes.
    /// </summary>
    public static ValueList<ushort> KeyboardKeys { get; } = Keys();

    /// <summary>The host's own keyboard has the keys that are left out too: it is nobody's grab toggle, and what it says is said to logind.</summary>
    public static ValueList<ushort> HostKeyboardKeys { get; } = [.. KeyboardKeys.Concat(LeftOut.ToArray()).Order()];

    /// <summary>
    /// Declared and never written: the kernel sizes each reader's ring by what a device declares (drivers/input/input.c,
    /// input_estimate_events_per_packet; drivers/input/evdev.c), and these ten axes make it 256 events instead of 64. A key that repeats
    /// fills 64 in a second, and a QEMU that did not read meanwhile never hears of its key-up. REL_X and REL_Y would make it a mouse, and a
    /// wheel too.
    /// </summary>
    public static ValueList<ushort> KeyboardAxes { get; } = [2, 3, 4, 5, 7, 9, 10, 13, 14, 15];

    /// <summary>BTN_LEFT to BTN_TASK.</summary>
    public static ValueList<ushort> PointerButtons { get; } = [0x110, 0x111, 0x112, 0x113, 0x114, 0x115, 0x116, 0x117];

    /// <summary>REL_X, REL_Y, REL_HWHEEL, REL_WHEEL, REL_WHEEL_HI_RES, REL_HWHEEL_HI_RES.</summary>
    public static ValueList<ushort> PointerAxes { get; } = [0, 1, 6, 8, 11, 12];

    /// <summary>Num Lock, Caps Lock, Scroll Lock.</summary>
    public static ValueList<ushort> KeyboardLeds { get; } = [0, 1, 2];

    private static ValueList<ushort> Keys()
    {
        var keys = new List<ushort>();
        for (ushort code = 1; code < 0x1c0; code++)
        {
            if (code is <= 248 or >= 0x160 && !LeftOut.Contains(code))
                keys.Add(code);
        }

        return keys.ToValueList();
    }
}
