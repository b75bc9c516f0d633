namespace Phyllome.Seats.Devices;

/// <summary>What the kernel says of a USB device, whatever its drivers make of it.</summary>
/// <param name="Bus">The number of its bus.</param>
/// <param name="Number">Its number on that bus. Given anew whenever it is plugged in.</param>
/// <param name="Interfaces">Class, subclass and protocol of each interface, six lower-case hexadecimal digits (USB's list of class codes).</param>
public sealed record UsbPart(int Bus, int Number, ValueList<string> Interfaces)
{
    /// <summary>Whether a program has its interfaces in place of the kernel's drivers, as QEMU has those of a guest's device.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>What the host has on it, in words: <c>/boot is mounted from it</c>; null for nothing.</summary>
    public string? HostsUse { get; init; }

    public bool Has(UsbClass one) => Interfaces.Any(face => IsOf(face, one));

    public bool IsOnly(UsbClass one) => Interfaces.Count > 0 && Interfaces.All(face => IsOf(face, one));

    /// <summary>Whether firmware types or points with it (USB HID 1.11, boot protocol).</summary>
    public bool IsBootInput => Interfaces.Any(face => face.StartsWith("0301", StringComparison.Ordinal));

    private static bool IsOf(string face, UsbClass one) => face.StartsWith(((byte)one).ToString("x2", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
}

/// <summary>Class codes of USB interfaces.</summary>
public enum UsbClass : byte
{
    Audio = 0x01,
    Input = 0x03,
    Printer = 0x07,
    Storage = 0x08,
    Hub = 0x09,
    Video = 0x0e,
    Wireless = 0xe0,
}
