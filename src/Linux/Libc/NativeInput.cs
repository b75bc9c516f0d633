using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>ioctl numbers and structures of linux/input.h and linux/uinput.h; equal on x86-64 and arm64.</summary>
internal static unsafe class NativeInput
{
    internal const nuint EVIOCGVERSION = 0x80044501;
    internal const nuint EVIOCGPHYS = 0x80004507;
    internal const nuint EVIOCGKEY = 0x80004518;
    internal const nuint EVIOCGLED = 0x80004519;
    /// <summary>Plus the event type.</summary>
    internal const nuint EVIOCGBIT = 0x80004520;
    /// <summary>Takes its argument by value.</summary>
    internal const nuint EVIOCGRAB = 0x40044590;
    internal const nuint EVIOCSCLOCKID = 0x400445a0;
    internal const int CLOCK_MONOTONIC = 1;

    internal const nuint UI_DEV_CREATE = 0x5501;
    internal const nuint UI_DEV_DESTROY = 0x5502;
    internal const nuint UI_DEV_SETUP = 0x405c5503;
    /// <summary>This and the other UI_SET_* but PHYS take their argument by value.</summary>
    internal const nuint UI_SET_EVBIT = 0x40045564;
    internal const nuint UI_SET_KEYBIT = 0x40045565;
    internal const nuint UI_SET_RELBIT = 0x40045566;
    internal const nuint UI_SET_LEDBIT = 0x40045569;
    internal const nuint UI_SET_PHYS = 0x4008556c;
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
}
