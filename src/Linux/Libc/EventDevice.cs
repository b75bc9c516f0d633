using System.Runtime.InteropServices;
using System.Text;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>What can be asked of an open <c>/dev/input/eventM</c>.</summary>
public static unsafe class EventDevice
{
    /// <summary>Bytes of the bitmap of all key codes.</summary>
    public const int KeyBytes = InputCodes.KEY_CNT / 8;

    /// <summary>Whether it is an event node: ENOTTY where it is something else.</summary>
    public static Errno Check(FileDescriptor node)
    {
        int version;
        // Safety: the kernel writes one int.
        return Result(NativeLibc.ioctl(node, NativeInput.EVIOCGVERSION, (nint)(&version)));
    }

    /// <summary>Timestamps of this reader from CLOCK_MONOTONIC. Where events wait already, the kernel queues a SYN_DROPPED.</summary>
    public static Errno UseMonotonicClock(FileDescriptor node)
    {
        var clock = NativeInput.CLOCK_MONOTONIC;
        // Safety: the kernel reads one int.
        return Result(NativeLibc.ioctl(node, NativeInput.EVIOCSCLOCKID, (nint)(&clock)));
    }

    /// <summary>
    /// Takes the device from every other reader and every handler of the kernel. EBUSY while somebody has it, even this very reader.
    /// It ends with the last copy of the descriptor.
    /// </summary>
    public static Errno Grab(FileDescriptor node) => Result(NativeLibc.ioctl(node, NativeInput.EVIOCGRAB, 1));

    public static Errno Ungrab(FileDescriptor node) => Result(NativeLibc.ioctl(node, NativeInput.EVIOCGRAB, 0));

    /// <summary>
    /// The keys that are down on the device, one bit a code. Events of keys that wait for this reader are thrown away by it
    /// (drivers/input/evdev.c, __evdev_flush_queue), so that the bitmap is newer than every key event still to be read.
    /// </summary>
    /// <param name="keys"><see cref="KeyBytes"/> bytes.</param>
    public static Errno ReadKeys(FileDescriptor node, Span<byte> keys) => ReadBits(node, NativeInput.EVIOCGKEY, keys);

    /// <summary>The keys that the device has, one bit a code.</summary>
    /// <param name="keys"><see cref="KeyBytes"/> bytes.</param>
    public static Errno ReadKeyAbilities(FileDescriptor node, Span<byte> keys) => ReadBits(node, NativeInput.EVIOCGBIT + InputCodes.EV_KEY, keys);

    /// <summary>The lights that are on, one bit a code.</summary>
    public static Errno ReadLeds(FileDescriptor node, out ushort leds) => ReadBits(node, NativeInput.EVIOCGLED, out leds);

    /// <summary>The lights that the device has, one bit a code.</summary>
    public static Errno ReadLedAbilities(FileDescriptor node, out ushort leds) => ReadBits(node, NativeInput.EVIOCGBIT + InputCodes.EV_LED, out leds);

    /// <summary>Where the device says that it is attached; empty where it says nothing.</summary>
    public static string Phys(FileDescriptor node)
    {
        const int Size = 256;
        var text = stackalloc byte[Size];
        // Safety: the request says how many bytes the buffer has; the kernel counts the NUL in its result.
        var length = NativeLibc.ioctl(node, NativeInput.OfSize(NativeInput.EVIOCGPHYS, Size), (nint)text);
        if (length >= 0)
            return Encoding.UTF8.GetString(text, Math.Max(0, length - 1));
        return (Errno)Marshal.GetLastPInvokeError() == Errno.ENOENT ? "" : throw LinuxException.Last("could not ask where an input device is attached");
    }

    private static Errno ReadBits(FileDescriptor node, nuint request, out ushort bits)
    {
        bits = 0;
        return ReadBits(node, request, MemoryMarshal.AsBytes(new Span<ushort>(ref bits)));
    }

    private static Errno ReadBits(FileDescriptor node, nuint request, Span<byte> bits)
    {
        // Safety: pinned for the call, and the request says how long it is.
        fixed (byte* pointer = bits)
            return Result(NativeLibc.ioctl(node, NativeInput.OfSize(request, bits.Length), (nint)pointer));
    }

    private static Errno Result(int result) => result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
}
