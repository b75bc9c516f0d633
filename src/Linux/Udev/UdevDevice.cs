using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>
/// One device as udev knows it. On a <c>remove</c> event its properties still come from udev's database, but sysfs is already gone:
/// <see cref="Attribute"/> then gives null. Used by one thread.
/// </summary>
public sealed class UdevDevice : IDisposable
{
    private readonly UdevDeviceHandle _handle;

    internal UdevDevice(UdevDeviceHandle handle) => _handle = handle;

    /// <summary>Its path below <c>/sys/devices</c>, the key of a device while it is there.</summary>
    public string SysPath => Text(NativeUdev.udev_device_get_syspath(_handle)) ?? "";

    public string SysName => Text(NativeUdev.udev_device_get_sysname(_handle)) ?? "";

    public string? Subsystem => Text(NativeUdev.udev_device_get_subsystem(_handle));

    public string? DevType => Text(NativeUdev.udev_device_get_devtype(_handle));

    /// <summary><c>add</c>, <c>remove</c>, <c>change</c>, <c>bind</c>, ...; null where the device was enumerated.</summary>
    public string? Action => Text(NativeUdev.udev_device_get_action(_handle));

    /// <summary>Whether udev has run its rules for it.</summary>
    public bool IsInitialized => NativeUdev.udev_device_get_is_initialized(_handle) > 0;

    /// <summary>A copy of all its properties.</summary>
    public IReadOnlyDictionary<string, string> Properties
    {
        get
        {
            var properties = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var entry = NativeUdev.udev_device_get_properties_list_entry(_handle); entry != 0; entry = NativeUdev.udev_list_entry_get_next(entry))
                if (Text(NativeUdev.udev_list_entry_get_name(entry)) is { } name)
                    properties[name] = Text(NativeUdev.udev_list_entry_get_value(entry)) ?? "";
            return properties;
        }
    }

    public string? Property(string name) => Text(NativeUdev.udev_device_get_property_value(_handle, name));

    /// <summary>A file of its sysfs directory, without the final newline. libudev remembers the first answer for the life of this object.</summary>
    public string? Attribute(string name) => Text(NativeUdev.udev_device_get_sysattr_value(_handle, name));

    /// <summary>The nearest device above it of that kind, null where there is none.</summary>
    public UdevDevice? Parent(string subsystem, string? devType = null) =>
        NativeUdev.udev_device_get_parent_with_subsystem_devtype(_handle, subsystem, devType) is var parent and not 0
            ? new UdevDevice(UdevDeviceHandle.FromBorrowed(parent))
            : null;

    public void Dispose() => _handle.Dispose();

    private static string? Text(nint borrowed) => Marshal.PtrToStringUTF8(borrowed);
}
