using System.Globalization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>The keyboards that the kernel has, before udev has looked at them.</summary>
internal static class KernelKeyboards
{
    public static IEnumerable<Device> Read(string sys)
    {
        var inputs = Path.Combine(sys, "class/input");
        if (!Directory.Exists(inputs))
            yield break;
        foreach (var link in Directory.EnumerateFileSystemEntries(inputs, "input*"))
        {
            var path = new DirectoryInfo(link) is { LinkTarget: not null } symbolic ? symbolic.ResolveLinkTarget(returnFinalTarget: true)?.FullName : link;
            if (path is not null && !path.Contains("/devices/virtual/", StringComparison.Ordinal) && IsKeyboard(Attribute(path, "capabilities/key")))
                yield return Describe(path);
        }
    }

    /// <summary>udev's own measure: all of the keys 1 to 31, Escape to D (systemd, udev-builtin-input_id.c). The last word has the lowest.</summary>
    internal static bool IsKeyboard(string keys) =>
        ulong.TryParse(keys.AsSpan(keys.LastIndexOf(' ') + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lowest)
        && (lowest & 0xffff_fffe) == 0xffff_fffe;

    private static Device Describe(string path)
    {
        var usb = UsbDevice(path);
        var bluetooth = Attribute(path, "id/bustype") == "0005";
        return new(
            usb ?? path, DeviceKind.Keyboard, Attribute(path, "name"), usb is null ? null : Path.GetFileName(usb), null,
            usb is null ? null : Attribute(usb, "idVendor"), usb is null ? null : Attribute(usb, "idProduct"),
            usb is not null && Attribute(usb, "serial") is { Length: > 0 } serial ? serial : null, bluetooth ? Attribute(path, "uniq") : null, []);
    }

    private static string? UsbDevice(string path)
    {
        for (var above = Path.GetDirectoryName(path); above is { Length: > 1 }; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(Path.Combine(above, "idVendor")))
                return above;
        }
        return null;
    }

    private static string Attribute(string device, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, name)).Trim();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
