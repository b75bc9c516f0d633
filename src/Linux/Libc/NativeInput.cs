using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>ioctl numbers and structures of linux/input.h and linux/uinput.h; equal on x86-64 and arm64.</summary>
internal static unsafe class NativeInput
{
    internal const nuint EVIOCGVERSION = 0x80044501;
    internal const nuint EVIOCGID = 0x80084502;
    internal const nuint EVIOCGNAME = 0x80004506;
    internal const nuint EVIOCGPHYS = 0x80004507;
    internal const nuint EVIOCGPROP = 0x80004509;
    internal const nuint EVIOCGMTSLOTS = 0x8000450a;
    internal const nuint EVIOCGKEY = 0x80004518;
    internal const nuint EVIOCGLED = 0x80004519;
    internal const nuint EVIOCGSW = 0x8000451b;
    /// <summary>Plus the event type.</summary>
    internal const nuint EVIOCGBIT = 0x80004520;
    /// <summary>Plus the axis.</summary>
    internal const nuint EVIOCGABS = 0x80184540;
    internal const nuint EVIOCSFF = 0x40304580;
    /// <summary>Takes its argument by value.</summary>
    internal const nuint EVIOCRMFF = 0x40044581;
    internal const nuint EVIOCGEFFECTS = 0x80044584;
    /// <summary>Takes its argument by value.</summary>
    internal const nuint EVIOCGRAB = 0x40044590;
    internal const nuint EVIOCSCLOCKID = 0x400445a0;
    internal const int CLOCK_MONOTONIC = 1;

    internal const nuint UI_DEV_CREATE = 0x5501;
    internal const nuint UI_DEV_DESTROY = 0x5502;
    internal const nuint UI_DEV_SETUP = 0x405c5503;
    internal const nuint UI_ABS_SETUP = 0x401c5504;
    /// <summary>This and the other UI_SET_* but PHYS take their argument by value.</summary>
    internal const nuint UI_SET_EVBIT = 0x40045564;
    internal const nuint UI_SET_KEYBIT = 0x40045565;
    internal const nuint UI_SET_RELBIT = 0x40045566;
    internal const nuint UI_SET_ABSBIT = 0x40045567;
    internal const nuint UI_SET_MSCBIT = 0x40045568;
    internal const nuint UI_SET_LEDBIT = 0x40045569;
    internal const nuint UI_SET_FFBIT = 0x4004556b;
    internal const nuint UI_SET_PHYS = 0x4008556c;
    internal const nuint UI_SET_SWBIT = 0x4004556d;
    internal const nuint UI_SET_PROPBIT = 0x4004556e;
    internal const nuint UI_BEGIN_FF_UPLOAD = 0xc06855c8;
    internal const nuint UI_END_FF_UPLOAD = 0x406855c9;
    internal const nuint UI_BEGIN_FF_ERASE = 0xc00c55ca;
    internal const nuint UI_END_FF_ERASE = 0x400c55cb;
    internal const nuint UI_GET_SYSNAME = 0x8000552c;
    internal const nuint UI_GET_VERSION = 0x8004552d;

    internal const int UINPUT_MAX_NAME_SIZE = 80;

    /// <summary>The same request for an argument of this many bytes.</summary>
    internal static nuint OfSize(nuint request, int bytes) => request + ((nuint)bytes << 16);

    [StructLayout(LayoutKind.Sequential)]
    internal struct uinput_setup
    {
        public ushort bustype;
        public ushort vendor;
        public ushort product;
        public ushort version;
        public fixed byte name[UINPUT_MAX_NAME_SIZE];
        public uint ff_effects_max;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct uinput_abs_setup
    {
        public ushort code;
        public AxisInfo absinfo;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct input_id
    {
        public ushort bustype;
        public ushort vendor;
        public ushort product;
        public ushort version;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct uinput_ff_upload
    {
        public uint request_id;
        public int retval;
        public ForceEffect effect;
        public ForceEffect old;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct uinput_ff_erase
    {
        public uint request_id;
        public int retval;
        public uint effect_id;
    }
}
