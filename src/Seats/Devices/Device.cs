namespace Phyllome.Seats.Devices;

/// <summary>What udev's input_id says that an input node can do (systemd, udev-builtin-input_id.c).</summary>
[Flags]
public enum InputAbilities
{
    None = 0,
    Key = 1 << 0,
    Keyboard = 1 << 1,
    Mouse = 1 << 2,
    Touchpad = 1 << 3,
    Touchscreen = 1 << 4,
    Tablet = 1 << 5,
    Joystick = 1 << 6,
    Switch = 1 << 7,
    PointingStick = 1 << 8,
    Accelerometer = 1 << 9,
}

/// <summary>One node of an input device.</summary>
/// <param name="Input">N of the kernel's <c>inputN</c>. Given once per boot and never again, so it names the node in every message.</param>
/// <param name="Event">M of <c>/dev/input/eventM</c>. Reused by the kernel after an unplug: good for opening, not for remembering.</param>
public sealed record InputNode(int Input, int Event, InputAbilities Abilities, string Name)
{
    /// <summary>The device node, <c>/dev/input/eventM</c>.</summary>
    public string Path => $"/dev/input/event{Event}";

    /// <summary>Whether it says where it is (ABS_X and ABS_Y), and not by how much it has moved.</summary>
    public bool IsAbsolute { get; init; }

    /// <summary>Whether a guest's keyboard and pointer can't stand for it: a guest has a clone of such a node.</summary>
    public bool NeedsClone =>
        (Abilities & (InputAbilities.Touchpad | InputAbilities.Touchscreen | InputAbilities.Tablet | InputAbilities.Joystick)) != 0
        || (IsAbsolute && Abilities.HasFlag(InputAbilities.Mouse));
}

/// <summary>What a person would call the device.</summary>
public enum DeviceKind
{
    Other,
    Keyboard,
    Mouse,
    Touchpad,
    Touchscreen,
    Tablet,
    Gamepad,
    Storage,
    Audio,
    Camera,
    Printer,
    /// <summary>Keys that are no keyboard: power button, lid, volume knob, the consumer-control half of a hub.</summary>
    Keys,
}

/// <summary>One physical thing that a person plugs in, with all its input nodes.</summary>
/// <param name="Id">Its sysfs path (of the <c>usb_device</c>, else of the node's own parent): unique while it is plugged in.</param>
/// <param name="Port">USB port path as the kernel writes it, <c>1-2.3</c>; null where it is not on USB.</param>
/// <param name="Path">udev's ID_PATH without the trailing interface, <c>pci-0000:00:14.0-usb-0:3.1</c>; null for virtual devices and Bluetooth.</param>
/// <param name="VendorId">Four lower-case hexadecimal digits.</param>
/// <param name="ProductId">Four lower-case hexadecimal digits.</param>
/// <param name="Serial">Its serial number, null where it has none (udev's ID_SERIAL_SHORT).</param>
/// <param name="Address">Bluetooth address, <c>aa:bb:cc:dd:ee:ff</c>; null where it is not on Bluetooth.</param>
public sealed record Device(
    string Id,
    DeviceKind Kind,
    string Name,
    string? Port,
    string? Path,
    string? VendorId,
    string? ProductId,
    string? Serial,
    string? Address,
    ValueList<InputNode> Nodes)
{
    /// <summary>The seat that udev has given all its nodes to (ID_SEAT), as logind calls it; null where one at least is seat0's.</summary>
    public string? UdevSeat { get; init; }

    /// <summary>What it is on the USB; null where it is not there, or is one of several things behind one receiver.</summary>
    public UsbPart? Usb { get; init; }
}
