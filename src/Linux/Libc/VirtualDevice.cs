using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>What a virtual input device is and can do.</summary>
/// <param name="Name">Cut to the 79 bytes that uinput takes.</param>
/// <param name="Phys">Where it says that it is attached: by this a udev rule knows it, since uinput gives no serial number.</param>
/// <param name="Repeats">Whether the kernel repeats a held key on it (EV_REP: after 250 ms, each 33 ms, value 2).</param>
public sealed record VirtualDeviceDescription(
    string Name, string Phys, ushort Vendor, ushort Product, ushort Version,
    IReadOnlyList<ushort> Keys, IReadOnlyList<ushort> Axes, IReadOnlyList<ushort> Leds, bool Repeats = false)
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
            Declare(descriptor, InputCodes.EV_KEY, NativeInput.UI_SET_KEYBIT, description.Keys);
            Declare(descriptor, InputCodes.EV_REL, NativeInput.UI_SET_RELBIT, description.Axes);
            Declare(descriptor, InputCodes.EV_LED, NativeInput.UI_SET_LEDBIT, description.Leds);
            if (description.Repeats)
                Request(descriptor, NativeInput.UI_SET_EVBIT, InputCodes.EV_REP);
            var phys = Encoding.UTF8.GetBytes(description.Phys + '\0');
            // Safety: a NUL-terminated text, pinned; the kernel copies it.
            fixed (byte* text = phys)
                Request(descriptor, NativeInput.UI_SET_PHYS, (nint)text);
            var setup = new NativeInput.uinput_setup
            {
                bustype = InputCodes.BUS_VIRTUAL,
                vendor = description.Vendor,
                product = description.Product,
                version = description.Version,
            };
            // Safety: one byte less than the array, so that its last stays NUL.
            Encoding.UTF8.GetBytes(
                VirtualDeviceDescription.Cut(description.Name, NativeInput.UINPUT_MAX_NAME_SIZE - 1),
                new Span<byte>(setup.name, NativeInput.UINPUT_MAX_NAME_SIZE - 1));
            // Safety: the kernel reads one uinput_setup.
            Request(descriptor, NativeInput.UI_DEV_SETUP, (nint)(&setup));
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
        return NativeLibc.ioctl(descriptor, NativeInput.UI_GET_VERSION, (nint)(&version)) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
    }

    /// <summary>Ends the device for all who have it open, whoever else holds a copy of the descriptor.</summary>
    public static Errno Destroy(FileDescriptor descriptor) =>
        NativeLibc.ioctl(descriptor, NativeInput.UI_DEV_DESTROY, 0) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

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
