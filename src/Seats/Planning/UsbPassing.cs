using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>
/// Which USB devices a seat's own guest gets whole, past the router: what is more than keys and motion, and gamepads. A keyboard, a mouse
/// or a tablet moves with the focus, so that none of these is passed, whatever else it can do.
/// </summary>
public static class UsbPassing
{
    public static bool IsWhole(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.Usb is not { Interfaces.Count: > 0 } usb || usb.IsOnly(UsbClass.Hub) || usb.Has(UsbClass.Wireless))
            return false;
        // A gaming keyboard with a sound card is seen whole before its keys are.
        if (usb.IsBootInput)
            return false;
        return device.Kind switch
        {
            DeviceKind.Keyboard or DeviceKind.Mouse or DeviceKind.Touchpad or DeviceKind.Touchscreen or DeviceKind.Tablet => false,
            DeviceKind.Gamepad => true,
            // A gamepad that a guest has shows no more what it is; nor does anything that has just been plugged in.
            _ => !usb.IsOnly(UsbClass.Input) || (usb.IsClaimed && device.Nodes.Count == 0),
        };
    }

    /// <summary>Whether it goes through the router.</summary>
    public static bool IsRouted(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return !IsWhole(device) && device.Nodes.Any(ClaimBook.IsSource);
    }
}
