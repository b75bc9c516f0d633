using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>
/// Reads what is plugged in now. To miss nothing, first subscribe (<see cref="UdevWatch"/>), then read: a device that comes in between
/// is then told of twice, which is why readers key everything by <see cref="UdevRecord.SysPath"/>.
/// </summary>
public static class UdevEnumeration
{
    /// <summary>All devices of the subsystems that udev has run its rules for, each once. Any thread.</summary>
    public static IReadOnlyList<UdevRecord> Read(params ReadOnlySpan<string> subsystems)
    {
        using var udev = NativeUdev.udev_new();
        if (udev.IsInvalid)
            throw LinuxException.Last("could not open libudev");
        using var enumerate = NativeUdev.udev_enumerate_new(udev);
        if (enumerate.IsInvalid)
            throw LinuxException.Last("could not list devices");
        foreach (var subsystem in subsystems)
            UdevError.ThrowIfNegative(NativeUdev.udev_enumerate_add_match_subsystem(enumerate, subsystem), $"could not list devices of {subsystem}");
        UdevError.ThrowIfNegative(NativeUdev.udev_enumerate_scan_devices(enumerate), "could not list devices");

        var records = new Dictionary<string, UdevRecord>(StringComparer.Ordinal);
        for (var entry = NativeUdev.udev_enumerate_get_list_entry(enumerate); entry != 0; entry = NativeUdev.udev_list_entry_get_next(entry))
        {
            var path = Marshal.PtrToStringUTF8(NativeUdev.udev_list_entry_get_name(entry))!;
            var handle = NativeUdev.udev_device_new_from_syspath(udev, path);
            using var device = new UdevDevice(handle);
            // Invalid: unplugged since the scan. Not initialized: its own event is still to come.
            if (!handle.IsInvalid && device.IsInitialized)
                records[path] = new UdevRecord(path, device.Subsystem ?? "", device.DevType, device.Properties);
        }
        return [.. records.Values];
    }
}
