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

    /// <summary>The switches that are on, one bit a code.</summary>
    public static Errno ReadSwitches(FileDescriptor node, out uint switches)
    {
        switches = 0;
        return ReadBits(node, NativeInput.EVIOCGSW, MemoryMarshal.AsBytes(new Span<uint>(ref switches)));
    }

    /// <summary>The switches that the device has, one bit a code.</summary>
    public static Errno ReadSwitchAbilities(FileDescriptor node, out uint switches)
    {
        switches = 0;
        return ReadBits(node, NativeInput.EVIOCGBIT + InputCodes.EV_SW, MemoryMarshal.AsBytes(new Span<uint>(ref switches)));
    }

    /// <summary>The absolute axes that the device has, one bit a code.</summary>
    public static Errno ReadAxisAbilities(FileDescriptor node, out ulong axes)
    {
        axes = 0;
        return ReadBits(node, NativeInput.EVIOCGBIT + InputCodes.EV_ABS, MemoryMarshal.AsBytes(new Span<ulong>(ref axes)));
    }

    /// <summary>An absolute axis. EINVAL where the device has no absolute axes at all; all zeros where it lacks this one.</summary>
    public static Errno ReadAxis(FileDescriptor node, ushort code, out AxisInfo axis)
    {
        axis = default;
        fixed (AxisInfo* pointer = &axis)
        {
            // Safety: the kernel writes one input_absinfo, which AxisInfo is laid out as.
            return Result(NativeLibc.ioctl(node, NativeInput.EVIOCGABS + code, (nint)pointer));
        }
    }

    /// <summary>One axis of every contact (ABS_MT_*). EINVAL for a device without slots.</summary>
    /// <param name="request">Its first is the axis; the kernel writes the value of slot 0 and so on behind it, as far as there is room.</param>
    public static Errno ReadSlots(FileDescriptor node, Span<int> request)
    {
        // Safety: pinned for the call, and the request says how long it is.
        fixed (int* pointer = request)
            return Result(NativeLibc.ioctl(node, NativeInput.OfSize(NativeInput.EVIOCGMTSLOTS, request.Length * sizeof(int)), (nint)pointer));
    }

    /// <summary>Whether the device has force feedback.</summary>
    public static bool HasForces(FileDescriptor node)
    {
        Span<byte> forces = stackalloc byte[InputCodes.FF_CNT / 8];
        forces.Clear();
        return ReadBits(node, NativeInput.EVIOCGBIT + InputCodes.EV_FF, forces) == Errno.None && forces.ContainsAnyExcept((byte)0);
    }

    /// <summary>All that the device says of itself. Fails with a <see cref="LinuxException"/>.</summary>
    public static InputDeviceDescription Describe(FileDescriptor node)
    {
        NativeInput.input_id id;
        var effects = 0;
        // Safety: the kernel writes one input_id.
        Must(NativeLibc.ioctl(node, NativeInput.EVIOCGID, (nint)(&id)));
        var forces = Codes(node, InputCodes.EV_FF, InputCodes.FF_CNT);
        if (forces.Count > 0)
        {
            // Safety: the kernel writes one int.
            Must(NativeLibc.ioctl(node, NativeInput.EVIOCGEFFECTS, (nint)(&effects)));
        }

        var axes = new List<AbsoluteAxis>();
        foreach (var code in Codes(node, InputCodes.EV_ABS, InputCodes.ABS_CNT))
        {
            if (ReadAxis(node, code, out var info) != Errno.None)
                throw LinuxException.Last("could not ask an input device for its axes");
            axes.Add(new(code, info));
        }

        return new(Name(node), id.bustype, id.vendor, id.product, id.version)
        {
            Properties = Codes(node, NativeInput.EVIOCGPROP, InputCodes.INPUT_PROP_CNT),
            Keys = Codes(node, InputCodes.EV_KEY, InputCodes.KEY_CNT),
            Axes = Codes(node, InputCodes.EV_REL, InputCodes.REL_CNT),
            AbsoluteAxes = axes,
            Miscellanea = Codes(node, InputCodes.EV_MSC, InputCodes.MSC_CNT),
            Switches = Codes(node, InputCodes.EV_SW, InputCodes.SW_CNT),
            Leds = Codes(node, InputCodes.EV_LED, InputCodes.LED_CNT),
            Forces = forces,
            MostEffects = effects,
        };
    }

    /// <summary>
    /// Gives the device an effect, or changes one that it has. ENOSPC where it keeps no more, EINVAL for what it can't do.
    /// </summary>
    /// <param name="effect">With -1 for its number, which the device then sets.</param>
    public static Errno UploadEffect(FileDescriptor node, ref ForceEffect effect)
    {
        // Safety: the kernel reads and writes one ff_effect, which ForceEffect is laid out as.
        fixed (ForceEffect* pointer = &effect)
            return Result(NativeLibc.ioctl(node, NativeInput.EVIOCSFF, (nint)pointer));
    }

    /// <summary>Ends and forgets an effect. EACCES where another reader has uploaded it.</summary>
    public static Errno EraseEffect(FileDescriptor node, short effect) => Result(NativeLibc.ioctl(node, NativeInput.EVIOCRMFF, effect));

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

    private static string Name(FileDescriptor node)
    {
        const int Size = 256;
        var text = stackalloc byte[Size];
        // Safety: the request says how many bytes the buffer has; the kernel counts the NUL in its result.
        var length = Must(NativeLibc.ioctl(node, NativeInput.OfSize(NativeInput.EVIOCGNAME, Size), (nint)text));
        return Encoding.UTF8.GetString(text, Math.Max(0, length - 1));
    }

    private static List<ushort> Codes(FileDescriptor node, ushort type, int count) => Codes(node, NativeInput.EVIOCGBIT + type, count);

    private static List<ushort> Codes(FileDescriptor node, nuint request, int count)
    {
        // Whole words, as the kernel keeps them.
        Span<byte> bits = stackalloc byte[(count + 63) / 64 * 8];
        bits.Clear();
        if (ReadBits(node, request, bits) != Errno.None)
            throw LinuxException.Last("could not ask an input device what it can do");
        var codes = new List<ushort>();
        for (ushort code = 0; code < count; code++)
        {
            if ((bits[code / 8] & (1 << (code % 8))) != 0)
                codes.Add(code);
        }

        return codes;
    }

    private static int Must(int result) => result >= 0 ? result : throw LinuxException.Last("could not ask an input device what it is");

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
