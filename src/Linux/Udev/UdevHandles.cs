using Microsoft.Win32.SafeHandles;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>A <c>struct udev</c>. Neither it nor anything made from it may be used by two threads at once.</summary>
internal sealed class UdevHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        NativeUdev.udev_unref(handle);
        return true;
    }
}

/// <summary>A <c>struct udev_monitor</c>; it owns its socket.</summary>
internal sealed class UdevMonitorHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        NativeUdev.udev_monitor_unref(handle);
        return true;
    }
}

/// <summary>A <c>struct udev_enumerate</c>.</summary>
internal sealed class UdevEnumerateHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        NativeUdev.udev_enumerate_unref(handle);
        return true;
    }
}

/// <summary>A reference to a <c>struct udev_device</c>.</summary>
internal sealed class UdevDeviceHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    /// <summary>A reference of our own to a device that its child owns (what the get_parent family returns).</summary>
    internal static UdevDeviceHandle FromBorrowed(nint borrowed)
    {
        var ours = new UdevDeviceHandle();
        ours.SetHandle(NativeUdev.udev_device_ref(borrowed));
        return ours;
    }

    protected override bool ReleaseHandle()
    {
        NativeUdev.udev_device_unref(handle);
        return true;
    }
}
