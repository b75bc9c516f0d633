using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>libudev.so.1 (libudev.h, all since systemd 183). Strings that it returns are borrowed from the object they were asked of.</summary>
internal static partial class NativeUdev
{
    private const string Library = "libudev.so.1";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial UdevHandle udev_new();

    [LibraryImport(Library)]
    internal static partial nint udev_unref(nint udev);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial UdevMonitorHandle udev_monitor_new_from_netlink(UdevHandle udev, string name);

    [LibraryImport(Library)]
    internal static partial nint udev_monitor_unref(nint monitor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int udev_monitor_filter_add_match_subsystem_devtype(UdevMonitorHandle monitor, string subsystem, string? devtype);

    [LibraryImport(Library)]
    internal static partial int udev_monitor_set_receive_buffer_size(UdevMonitorHandle monitor, int size);

    [LibraryImport(Library)]
    internal static partial int udev_monitor_enable_receiving(UdevMonitorHandle monitor);

    [LibraryImport(Library)]
    internal static partial int udev_monitor_get_fd(UdevMonitorHandle monitor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial UdevDeviceHandle udev_monitor_receive_device(UdevMonitorHandle monitor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial UdevEnumerateHandle udev_enumerate_new(UdevHandle udev);

    [LibraryImport(Library)]
    internal static partial nint udev_enumerate_unref(nint enumerate);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int udev_enumerate_add_match_subsystem(UdevEnumerateHandle enumerate, string subsystem);

    [LibraryImport(Library)]
    internal static partial int udev_enumerate_scan_devices(UdevEnumerateHandle enumerate);

    [LibraryImport(Library)]
    internal static partial nint udev_enumerate_get_list_entry(UdevEnumerateHandle enumerate);

    [LibraryImport(Library)]
    internal static partial nint udev_list_entry_get_next(nint entry);

    [LibraryImport(Library)]
    internal static partial nint udev_list_entry_get_name(nint entry);

    [LibraryImport(Library)]
    internal static partial nint udev_list_entry_get_value(nint entry);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial UdevDeviceHandle udev_device_new_from_syspath(UdevHandle udev, string syspath);

    [LibraryImport(Library)]
    internal static partial nint udev_device_ref(nint device);

    [LibraryImport(Library)]
    internal static partial nint udev_device_unref(nint device);

    [LibraryImport(Library)]
    internal static partial int udev_device_get_is_initialized(UdevDeviceHandle device);

    [LibraryImport(Library)]
    internal static partial nint udev_device_get_syspath(UdevDeviceHandle device);

    [LibraryImport(Library)]
    internal static partial nint udev_device_get_sysname(UdevDeviceHandle device);

    [LibraryImport(Library)]
    internal static partial nint udev_device_get_subsystem(UdevDeviceHandle device);

    [LibraryImport(Library)]
    internal static partial nint udev_device_get_devtype(UdevDeviceHandle device);

    [LibraryImport(Library)]
    internal static partial nint udev_device_get_action(UdevDeviceHandle device);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint udev_device_get_property_value(UdevDeviceHandle device, string key);

    [LibraryImport(Library)]
    internal static partial nint udev_device_get_properties_list_entry(UdevDeviceHandle device);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint udev_device_get_sysattr_value(UdevDeviceHandle device, string attribute);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint udev_device_get_parent_with_subsystem_devtype(UdevDeviceHandle device, string subsystem, string? devtype);
}
