namespace Phyllome.Seats.Linux.Libc;

/// <summary>Event types, codes and counts that are named somewhere (linux/input-event-codes.h).</summary>
public static class InputCodes
{
    public const ushort EV_SYN = 0x00;
    public const ushort EV_KEY = 0x01;
    public const ushort EV_REL = 0x02;
    public const ushort EV_MSC = 0x04;
    public const ushort EV_LED = 0x11;
    public const ushort EV_REP = 0x14;

    public const ushort SYN_REPORT = 0;
    public const ushort SYN_DROPPED = 3;

    public const int KEY_CNT = 0x300;
    public const int REL_CNT = 0x10;
    public const int LED_CNT = 0x10;

    public const ushort LED_NUML = 0;
    public const ushort LED_CAPSL = 1;
    public const ushort LED_SCROLLL = 2;

    public const ushort BUS_VIRTUAL = 0x06;
}
