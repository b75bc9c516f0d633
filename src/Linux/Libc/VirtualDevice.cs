using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>What a virtual input device is and can do.</summary>
/// <param name="Device">Its name is cut to the 79 bytes that uinput takes.</param>
/// <param name="Phys">Where it says that it is attached: by this a udev rule knows it, since uinput gives no serial number.</param>
/// <param name="Repeats">Whether the kernel repeats a held key on it (EV_REP: after 250 ms, each 33 ms, value 2).</param>
public sealed record VirtualDeviceDescription(InputDeviceDescription Device, string Phys, bool Repeats = false)
{
    /// <summary>The longest beginning of a text that fits so many bytes of UTF-8, with no character cut in two.</summary>
    public static string Cut(string text, int bytes)
    {
        var used = 0;
        var kept = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > bytes)
                break;
            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}

/// <summary>A device made through <c>/dev/uinput</c>. It lives as long as any copy of its descriptor.</summary>
public static unsafe class VirtualDevice
{
    private const string Node = "/dev/uinput";

    /// <summary>Makes the device. Opening the node loads the kernel's module where needed.</summary>
    /// <returns>The descriptor that events are written to, and N of its <c>inputN</c>.</returns>
    public static (FileDescriptor Descriptor, int Input) Create(VirtualDeviceDescription description)
    {
        var descriptor = FileDescriptor.OpenReadWrite(Node, nonBlocking: true);
        try
        {
            var device = description.Device;
            Declare(descriptor, InputCodes.EV_KEY, NativeInput.UI_SET_KEYBIT, device.Keys);
            Declare(descriptor, InputCodes.EV_REL, NativeInput.UI_SET_RELBIT, device.Axes);
            Declare(descriptor, InputCodes.EV_MSC, NativeInput.UI_SET_MSCBIT, device.Miscellanea);
            Declare(descriptor, InputCodes.EV_SW, NativeInput.UI_SET_SWBIT, device.Switches);
            Declare(descriptor, InputCodes.EV_LED, NativeInput.UI_SET_LEDBIT, device.Leds);
            Declare(descriptor, InputCodes.EV_FF, NativeInput.UI_SET_FFBIT, device.Forces);
            foreach (var property in device.Properties)
                Request(descriptor, NativeInput.UI_SET_PROPBIT, property);
            if (description.Repeats)
                Request(descriptor, NativeInput.UI_SET_EVBIT, InputCodes.EV_REP);
            var phys = Encoding.UTF8.GetBytes(description.Phys + '\0');
            // Safety: a NUL-terminated text, pinned; the kernel copies it.
            fixed (byte* text = phys)
                Request(descriptor, NativeInput.UI_SET_PHYS, (nint)text);
            var setup = new NativeInput.uinput_setup
            {
                bustype = device.Bus,
                vendor = device.Vendor,
                product = device.Product,
                version = device.Version,
                ff_effects_max = (uint)device.MostEffects,
            };
            // Safety: one byte less than the array, so that its last stays NUL.
            Encoding.UTF8.GetBytes(
                VirtualDeviceDescription.Cut(device.Name, NativeInput.UINPUT_MAX_NAME_SIZE - 1),
                new Span<byte>(setup.name, NativeInput.UINPUT_MAX_NAME_SIZE - 1));
            // Safety: the kernel reads one uinput_setup.
            Request(descriptor, NativeInput.UI_DEV_SETUP, (nint)(&setup));
            if (device.AbsoluteAxes.Count > 0)
                Request(descriptor, NativeInput.UI_SET_EVBIT, InputCodes.EV_ABS);
            foreach (var axis in device.AbsoluteAxes)
            {
                var absolute = new NativeInput.uinput_abs_setup { code = axis.Code, absinfo = axis.Info };
                // Safety: the kernel reads one uinput_abs_setup. It declares the axis, but not that there are any.
                Request(descriptor, NativeInput.UI_ABS_SETUP, (nint)(&absolute));
            }

            Request(descriptor, NativeInput.UI_DEV_CREATE, 0);
            return (descriptor, Number(descriptor));
        }
        catch
        {
            // A failed creation throws away all that was declared, so there is nothing to mend.
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Whether a descriptor is of <c>/dev/uinput</c>: ENOTTY where it is something else.</summary>
    public static Errno Check(FileDescriptor descriptor)
    {
        uint version;
        // Safety: the kernel writes one unsigned int.
        return Result(NativeLibc.ioctl(descriptor, NativeInput.UI_GET_VERSION, (nint)(&version)));
    }

    /// <summary>Ends the device for all who have it open, whoever else holds a copy of the descriptor.</summary>
    public static Errno Destroy(FileDescriptor descriptor) => Result(NativeLibc.ioctl(descriptor, NativeInput.UI_DEV_DESTROY, 0));

    /// <summary>
    /// What somebody wants to upload to the device, who waits until <see cref="EndUpload"/> (the kernel lets them wait 30 s at most).
    /// </summary>
    /// <param name="request">The value of the EV_UINPUT event UI_FF_UPLOAD.</param>
    public static Errno BeginUpload(FileDescriptor descriptor, int request, out ForceEffect effect)
    {
        var upload = new NativeInput.uinput_ff_upload { request_id = (uint)request };
        // Safety: the kernel reads the number in it and writes one uinput_ff_upload.
        var errno = Result(NativeLibc.ioctl(descriptor, NativeInput.UI_BEGIN_FF_UPLOAD, (nint)(&upload)));
        effect = upload.effect;
        return errno;
    }

    /// <param name="result">What the one who waits is told: <see cref="Errno.None"/> where the effect was taken.</param>
    public static Errno EndUpload(FileDescriptor descriptor, int request, in ForceEffect effect, Errno result)
    {
        var upload = new NativeInput.uinput_ff_upload { request_id = (uint)request, retval = -(int)result, effect = effect };
        // Safety: the kernel reads one uinput_ff_upload.
        return Result(NativeLibc.ioctl(descriptor, NativeInput.UI_END_FF_UPLOAD, (nint)(&upload)));
    }

    /// <summary>Which effect somebody wants to be forgotten, who waits until <see cref="EndErase"/>.</summary>
    /// <param name="request">The value of the EV_UINPUT event UI_FF_ERASE.</param>
    public static Errno BeginErase(FileDescriptor descriptor, int request, out short effect)
    {
        var erase = new NativeInput.uinput_ff_erase { request_id = (uint)request };
        // Safety: the kernel reads the number in it and writes one uinput_ff_erase.
        var errno = Result(NativeLibc.ioctl(descriptor, NativeInput.UI_BEGIN_FF_ERASE, (nint)(&erase)));
        effect = (short)erase.effect_id;
        return errno;
    }

    public static Errno EndErase(FileDescriptor descriptor, int request, Errno result)
    {
        var erase = new NativeInput.uinput_ff_erase { request_id = (uint)request, retval = -(int)result };
        // Safety: the kernel reads one uinput_ff_erase.
        return Result(NativeLibc.ioctl(descriptor, NativeInput.UI_END_FF_ERASE, (nint)(&erase)));
    }

    private static Errno Result(int result) => result < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    private static int Number(FileDescriptor descriptor)
    {
        const int Size = 32;
        const string Prefix = "input";
        var text = stackalloc byte[Size];
        // Safety: the request says how many bytes the buffer has; the kernel ends the text with a NUL.
        Request(descriptor, NativeInput.OfSize(NativeInput.UI_GET_SYSNAME, Size), (nint)text);
        var name = Marshal.PtrToStringUTF8((nint)text)!;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LinuxException(Errno.EPROTO, $"could not tell the number of the virtual input device '{name}'");
    }

    private static void Declare(FileDescriptor descriptor, ushort type, nuint request, IReadOnlyList<ushort> codes)
    {
        if (codes.Count == 0)
            return;
        Request(descriptor, NativeInput.UI_SET_EVBIT, type);
        foreach (var code in codes)
            Request(descriptor, request, code);
    }

    private static void Request(FileDescriptor descriptor, nuint request, nint argument)
    {
        if (NativeLibc.ioctl(descriptor, request, argument) < 0)
            throw LinuxException.Last($"could not make a virtual input device (request 0x{request:x} of {Node})");
    }
}
