using System.Globalization;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Devices;

/// <summary>
/// Makes devices, as a person would count them, out of what udev knows of the subsystems <c>input</c>, <c>usb</c> and <c>hidraw</c>. Pure.
/// A USB device without input nodes is one too, but for hubs and for what has nothing but input: the nodes of that are on their way.
/// Nodes are one device when they hang on the same USB device; on Bluetooth, when they have the same address; otherwise when the same
/// device is above them (each PS/2 port, each I2C chip). A wireless receiver that names its paired devices apart gives one for each.
/// </summary>
public static class DeviceReader
{
    /// <summary>
    /// A security key types its one-time passwords as a boot keyboard, and nobody sits down at it. udev says which is one at its FIDO
    /// interface (systemd, fido_id), which comes after the keyboard's and is not there where it was turned off; this maker has no keyboards.
    /// </summary>
    private const string Yubico = "1050";

    private const string VirtualDevices = "/sys/devices/virtual/";

    /// <summary>The devices, in the order of their ids. A record given twice counts once.</summary>
    /// <param name="hostsUse">What the host has on a USB device, by its sysfs path, in words.</param>
    public static ValueList<Device> Read(IEnumerable<UdevRecord> records, IReadOnlyDictionary<string, string>? hostsUse = null)
    {
        var byPath = new Dictionary<string, UdevRecord>(StringComparer.Ordinal);
        foreach (var record in records)
            byPath[record.SysPath] = record;
        var securityKeys = byPath.Values.Where(record => record.Subsystem == "hidraw" && record.Property("ID_FIDO_TOKEN") == "1")
            .Select(record => Node.UsbDeviceAbove(record.SysPath, byPath)).OfType<UdevRecord>().ToHashSet();
        var claimed = byPath.Values.Where(record => record.Property("DRIVER") == "usbfs")
            .Select(record => Node.UsbDeviceAbove(record.SysPath, byPath)).OfType<UdevRecord>().ToHashSet();
        var nodes = byPath.Values.Select(record => Node.Find(record, byPath)).OfType<Node>().ToList();
        var withNodes = nodes.Select(node => node.Usb).OfType<UdevRecord>().ToHashSet();
        return nodes
            .GroupBy(node => node.Group, StringComparer.Ordinal)
            .Select(group => Describe(group, securityKeys, usb => Part(usb, claimed, hostsUse)))
            .Concat(byPath.Values.Where(record => record is { Subsystem: "usb", DevType: "usb_device" } && !withNodes.Contains(record))
                .Select(record => Plain(record, Part(record, claimed, hostsUse))).OfType<Device>())
            .OrderBy(device => device.Id, StringComparer.Ordinal)
            .ToValueList();
    }

    /// <summary>Null for what udev has not looked at yet, and for a root hub.</summary>
    private static UsbPart? Part(UdevRecord usb, HashSet<UdevRecord> claimed, IReadOnlyDictionary<string, string>? hostsUse)
    {
        // ":080650:0e0100:", each interface once (systemd, udev-builtin-usb_id.c).
        if (usb.Property("ID_USB_INTERFACES") is not { } faces || usb.SysName.StartsWith("usb", StringComparison.Ordinal)
            || !int.TryParse(usb.Property("BUSNUM"), NumberStyles.None, CultureInfo.InvariantCulture, out var bus)
            || !int.TryParse(usb.Property("DEVNUM"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        return new(bus, number, faces.Split(':', StringSplitOptions.RemoveEmptyEntries).ToValueList())
        {
            IsClaimed = claimed.Contains(usb),
            HostsUse = hostsUse?.GetValueOrDefault(usb.SysPath),
        };
    }

    /// <summary>A USB device without input nodes; null for one that is of no interest.</summary>
    private static Device? Plain(UdevRecord usb, UsbPart? part)
    {
        if (part is not { Interfaces.Count: > 0 } || part.IsOnly(UsbClass.Hub) || (part.IsOnly(UsbClass.Input) && !part.IsClaimed) || part.IsBootInput)
            return null;
        var kind = part.Has(UsbClass.Storage) ? DeviceKind.Storage
            : part.Has(UsbClass.Video) ? DeviceKind.Camera
            : part.Has(UsbClass.Audio) ? DeviceKind.Audio
            : part.Has(UsbClass.Printer) ? DeviceKind.Printer
            : DeviceKind.Other;
        return new(
            usb.SysPath, kind, UsbName(usb) ?? $"USB device {usb.Property("ID_VENDOR_ID")}:{usb.Property("ID_MODEL_ID")}", usb.SysName, PathOf(usb),
            usb.Property("ID_VENDOR_ID"), usb.Property("ID_MODEL_ID"), usb.Property("ID_SERIAL_SHORT"), null, []) { Usb = part };
    }

    private static Device Describe(IGrouping<string, Node> group, HashSet<UdevRecord> securityKeys, Func<UdevRecord, UsbPart?> part)
    {
        var nodes = group.OrderBy(node => node.Number).ToList();
        var first = nodes[0];
        var usb = first.Usb;
        var whole = first.Shared ? null : usb;
        var abilities = nodes.Aggregate(InputAbilities.None, (all, node) => all | node.Abilities);
        return new Device(
            whole?.SysPath ?? first.Owner,
            whole is not null && (securityKeys.Contains(whole) || whole.Property("ID_VENDOR_ID") == Yubico) ? DeviceKind.Keys : Kind(nodes, abilities),
            whole is null ? first.Name : UsbName(whole) ?? first.Name,
            usb?.SysName,
            first.Bluetooth ? null : PathOf(first.Input),
            whole is null ? first.Vendor : whole.Property("ID_VENDOR_ID") ?? first.Vendor,
            whole is null ? first.Product : whole.Property("ID_MODEL_ID") ?? first.Product,
            Serial(first, whole),
            first.Bluetooth ? first.Unique : null,
            nodes.Select(node => new InputNode(node.Number, node.Event, node.Abilities, node.Name) { IsAbsolute = node.IsAbsolute }).ToValueList())
        {
            Usb = whole is null ? null : part(whole),
            UdevSeat = nodes.All(node => node.UdevSeat is not null) ? first.UdevSeat : null,
        };
    }

    /// <summary>
    /// Gaming mice bring an interface that claims all keys, gaming keyboards one that claims a mouse: of the two it is what its first
    /// interface is, since that is the one that firmware uses (USB HID 1.11, boot protocol).
    /// </summary>
    private static DeviceKind Kind(List<Node> nodes, InputAbilities all)
    {
        const InputAbilities Pointing = InputAbilities.Mouse | InputAbilities.PointingStick;
        if (all.HasFlag(InputAbilities.Joystick))
            return DeviceKind.Gamepad;
        if (all.HasFlag(InputAbilities.Tablet))
            return DeviceKind.Tablet;
        if (all.HasFlag(InputAbilities.Touchscreen))
            return DeviceKind.Touchscreen;
        var main = nodes.Select(node => node.Abilities).FirstOrDefault(one => (one & (InputAbilities.Keyboard | Pointing)) != 0);
        if (main.HasFlag(InputAbilities.Keyboard))
            return DeviceKind.Keyboard;
        if (all.HasFlag(InputAbilities.Touchpad))
            return DeviceKind.Touchpad;
        if (main != InputAbilities.None)
            return DeviceKind.Mouse;
        return (all & (InputAbilities.Key | InputAbilities.Switch)) != 0 ? DeviceKind.Keys : DeviceKind.Other;
    }

    private static string? Serial(Node node, UdevRecord? whole) =>
        whole is not null ? whole.Property("ID_SERIAL_SHORT")
        // The serial in the properties of a paired device's node is the receiver's, which all of them share; its own is its uniq.
        : node.Bluetooth || node.Unique.Length == 0 ? null
        : node.Unique;

    private static string? UsbName(UdevRecord usb)
    {
        var maker = usb.Property("ID_VENDOR")?.Replace('_', ' ').Trim();
        var model = usb.Property("ID_MODEL")?.Replace('_', ' ').Trim();
        return string.IsNullOrEmpty(model) || model == usb.Property("ID_MODEL_ID") ? null
            : string.IsNullOrEmpty(maker) || maker == usb.Property("ID_VENDOR_ID") || model.StartsWith(maker, StringComparison.OrdinalIgnoreCase) ? model
            : $"{maker} {model}";
    }

    /// <summary><c>pci-0000:00:14.0-usb-0:3.1:1.0</c> is an interface; without <c>:1.0</c> it is the device.</summary>
    private static string? PathOf(UdevRecord input)
    {
        if (input.Property("ID_PATH") is not { Length: > 0 } path)
            return null;
        var usb = path.IndexOf("-usb-", StringComparison.Ordinal);
        if (usb < 0)
            usb = path.IndexOf("-usbv", StringComparison.Ordinal);
        var last = path.LastIndexOf(':');
        return usb < 0 || path.IndexOf(':', usb) == last ? path : path[..last];
    }

    /// <summary>An <c>inputN</c> with its <c>eventM</c>, and what is above them.</summary>
    private sealed record Node(UdevRecord Input, int Number, int Event, InputAbilities Abilities, UdevRecord? Usb)
    {
        /// <summary>logind's rule: a node without a seat is seat0's.</summary>
        public string? UdevSeat { get; init; }

        private string[] Ids { get; } = Input.Property("PRODUCT")?.Split('/') is { Length: >= 3 } ids ? ids : ["0", "0", "0"];

        public bool Bluetooth => Ids[0] == "5";

        public string? Vendor => FourDigits(Ids[1]);

        public string? Product => FourDigits(Ids[2]);

        public string Name => Unquoted("NAME");

        /// <summary>The kernel writes a bitmap as words in hexadecimal, the lowest last; ABS_X and ABS_Y are its first two bits.</summary>
        public bool IsAbsolute =>
            ulong.TryParse(Input.Property("ABS")?.Split(' ')[^1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var axes) && (axes & 3) == 3;

        /// <summary>Its own unique name: a Bluetooth address, a paired device's serial; empty where it has none.</summary>
        public string Unique => Unquoted("UNIQ").ToLowerInvariant();

        /// <summary>
        /// The device that registered it: <c>.../serio0</c> of <c>.../serio0/input/input4</c>, <c>.../card0</c> of <c>.../sound/card0/input9</c>
        /// (the kernel puts a directory of the class between the two only where the parent has no class itself).
        /// </summary>
        public string Owner => Above(Input.SysPath) is var above && above.EndsWith("/input", StringComparison.Ordinal) ? Above(above) : above;

        /// <summary>
        /// Whether its USB device is a receiver of devices with names of their own: the input core then has the paired device's product
        /// (Linux, hid-logitech-dj.c: logi_dj_recv_add_djhid_device), one level of HID device further down.
        /// </summary>
        public bool Shared => Usb?.Property("ID_MODEL_ID") is { } model && Product is { } product && model != product;

        public string Group => Bluetooth && Unique.Length > 0 ? $"bluetooth {Unique}" : Usb is not null && !Shared ? Usb.SysPath : Owner;

        public static Node? Find(UdevRecord eventNode, Dictionary<string, UdevRecord> all)
        {
            if (eventNode.Subsystem != "input" || Numbered(eventNode.SysName, "event") is not { } number)
                return null;
            var inputPath = Above(eventNode.SysPath);
            if (!all.TryGetValue(inputPath, out var input) || Numbered(input.SysName, "input") is not { } inputNumber)
                return null;
            var node = new Node(input, inputNumber, number, AbilitiesOf(eventNode), null)
            {
                UdevSeat = eventNode.Property("ID_SEAT") is { Length: > 0 } seat and not "seat0" ? seat : null,
            };
            if (VirtualPhys.IsOurs(node.Unquoted("PHYS")))
                return null;
            if (node.Bluetooth)
                return node;
            if (inputPath.StartsWith(VirtualDevices, StringComparison.Ordinal))
                return null;
            return node with { Usb = UsbDeviceAbove(inputPath, all) };
        }

        public static UdevRecord? UsbDeviceAbove(string path, Dictionary<string, UdevRecord> all)
        {
            for (path = Above(path); path.Length > 0; path = Above(path))
                if (all.TryGetValue(path, out var record) && record is { Subsystem: "usb", DevType: "usb_device" })
                    return record;
            return null;
        }

        private static InputAbilities AbilitiesOf(UdevRecord node)
        {
            var abilities = InputAbilities.None;
            foreach (var ability in Enum.GetValues<InputAbilities>())
                if (ability != InputAbilities.None && node.Property($"ID_INPUT_{ability.ToString().ToUpperInvariant()}") == "1")
                    abilities |= ability;
            return abilities;
        }

        /// <summary>The kernel writes these three values of the uevent in quotes (drivers/input/input.c, input_dev_uevent).</summary>
        private string Unquoted(string property) => Input.Property(property)?.Trim('"') ?? "";

        private static string Above(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

        private static int? Numbered(string name, string prefix) =>
            name.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;

        private static string? FourDigits(string hexadecimal) =>
            ushort.TryParse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) && id != 0
                ? id.ToString("x4", CultureInfo.InvariantCulture)
                : null;
    }
}
