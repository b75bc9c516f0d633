namespace Phyllome.Seats.Linux.Libc;

/// <summary>Event types, codes and counts that are named somewhere (linux/input-event-codes.h).</summary>
public static class InputCodes
{
    public const ushort EV_SYN = 0x00;
    public const ushort EV_KEY = 0x01;
    public const ushort EV_REL = 0x02;
    public const ushort EV_ABS = 0x03;
    public const ushort EV_MSC = 0x04;
    public const ushort EV_SW = 0x05;
    public const ushort EV_LED = 0x11;
    public const ushort EV_REP = 0x14;
    public const ushort EV_FF = 0x15;
    /// <summary>linux/uinput.h: what uinput asks of whoever made the device.</summary>
    public const ushort EV_UINPUT = 0x0101;
    public const ushort UI_FF_UPLOAD = 1;
    public const ushort UI_FF_ERASE = 2;

    public const ushort SYN_REPORT = 0;
    public const ushort SYN_MT_REPORT = 2;
    public const ushort SYN_DROPPED = 3;

    public const int KEY_CNT = 0x300;
    public const int REL_CNT = 0x10;
    public const int ABS_CNT = 0x40;
    public const int MSC_CNT = 0x08;
    public const int LED_CNT = 0x10;
    public const int SW_CNT = 0x11;
    public const int FF_CNT = 0x80;
    public const int INPUT_PROP_CNT = 0x20;

    public const ushort ABS_X = 0x00;
    public const ushort ABS_Y = 0x01;
    public const ushort ABS_Z = 0x02;
    public const ushort ABS_RX = 0x03;
    public const ushort ABS_RY = 0x04;
    public const ushort ABS_RZ = 0x05;
    public const ushort ABS_RUDDER = 0x07;
    public const ushort ABS_WHEEL = 0x08;
    public const ushort ABS_GAS = 0x09;
    public const ushort ABS_BRAKE = 0x0a;
    public const ushort ABS_HAT0X = 0x10;
    public const ushort ABS_HAT3Y = 0x17;
    public const ushort ABS_PRESSURE = 0x18;
    public const ushort ABS_MT_SLOT = 0x2f;
    public const ushort ABS_MT_TOUCH_MAJOR = 0x30;
    public const ushort ABS_MT_POSITION_X = 0x35;
    public const ushort ABS_MT_TRACKING_ID = 0x39;
    public const ushort ABS_MT_TOOL_Y = 0x3d;

    public const ushort BTN_JOYSTICK = 0x120;
    /// <summary>The first button after those of joysticks and gamepads.</summary>
    public const ushort BTN_DIGI = 0x140;

    public const ushort FF_RUMBLE = 0x50;
    public const ushort FF_PERIODIC = 0x51;
    public const ushort FF_CUSTOM = 0x5d;
    public const ushort FF_GAIN = 0x60;

    public const ushort LED_NUML = 0;
    public const ushort LED_CAPSL = 1;
    public const ushort LED_SCROLLL = 2;

    public const ushort BUS_VIRTUAL = 0x06;
}
