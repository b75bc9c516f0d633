using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Devices;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Devices;

public sealed class DeviceReaderTests
{
    [Fact]
    public void A_gaming_keyboard_with_four_nodes_should_be_one_keyboard()
    {
        var keyboard = Assert.Single(Read("gaming-keyboard"));
        Assert.Equal(
            "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2 Keyboard 'Corsair Gaming K95 RGB PLATINUM Keyboard' port 1-2 path pci-0000:00:14.0-usb-0:2 1b1c:1b2d serial 0F022014AEA6C01F5BD12E10F5001BC6 nodes 20/5 21/6 22/7 23/8",
            Sentence(keyboard));
        Assert.Equal(
            [InputAbilities.Key | InputAbilities.Keyboard, InputAbilities.Key, InputAbilities.Mouse, InputAbilities.Key],
            keyboard.Nodes.Select(node => node.Abilities));
    }

    [Fact]
    public void A_device_should_be_on_the_seat_of_all_its_nodes_and_on_the_hosts_where_one_of_them_is()
    {
        Assert.Equal("seat-left", Read(_ => "seat-left").UdevSeat);
        Assert.Null(Read(_ => "seat0").UdevSeat);
        Assert.Null(Read(record => record.SysName == "event7" ? null : "seat-left").UdevSeat);

        static Device Read(Func<UdevRecord, string?> seat) => Assert.Single(DeviceReader.Read(UdevExport.Machine("gaming-keyboard").Select(record => seat(record) is { } id
            ? record with { Properties = record.Properties.Append(new("ID_SEAT", id)).ToDictionary() }
            : record)));
    }

    [Fact]
    public void A_gaming_mouse_with_a_keyboard_interface_should_be_a_mouse()
    {
        var mouse = Assert.Single(Read("gaming-mouse"));
        Assert.Equal((DeviceKind.Mouse, "Logitech G502 HERO Gaming Mouse", "1284345A3637", 3), (mouse.Kind, mouse.Name, mouse.Serial, mouse.Nodes.Count));
    }

    [Fact]
    public void Two_same_keyboards_behind_a_hub_should_be_two_devices_told_apart_by_port()
    {
        Assert.Equal(
            [
                "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-3/1-3.1 Keyboard 'Dell KB216 Wired Keyboard' port 1-3.1 path pci-0000:00:14.0-usb-0:3.1 413c:2113 nodes 40/11 41/12",
                "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-3/1-3.2 Keyboard 'Dell KB216 Wired Keyboard' port 1-3.2 path pci-0000:00:14.0-usb-0:3.2 413c:2113 nodes 42/13 43/14",
            ],
            Read("hub-with-two-same-keyboards").Select(Sentence));
    }

    [Fact]
    public void A_unifying_receiver_should_give_one_device_for_each_that_is_paired_with_it()
    {
        const string Receiver = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.2/0003:046D:C52B.0003";
        Assert.Equal(
            [
                $"{Receiver}/0003:046D:4024.0004 Keyboard 'Logitech K270' port 1-4 path pci-0000:00:14.0-usb-0:4 046d:4024 serial 4024-f8-4b-2e-91 nodes 50/15",
                $"{Receiver}/0003:046D:4060.0005 Mouse 'Logitech M185' port 1-4 path pci-0000:00:14.0-usb-0:4 046d:4060 serial 4060-1a-03-77-c2 nodes 51/16",
            ],
            Read("unifying-receiver").Select(Sentence));
    }

    [Fact]
    public void A_laptop_should_have_its_keyboard_and_touchpad_and_the_small_things_should_be_no_keyboards()
    {
        Assert.Equal(
            [
                "/sys/devices/LNXSYSTM:00/LNXPWRBN:00 Keys 'Power Button' path acpi-LNXPWRBN:00 0000:0001 nodes 0/0",
                "/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C0D:00 Keys 'Lid Switch' path acpi-PNP0C0D:00 0000:0005 nodes 1/1",
                "/sys/devices/pci0000:00/0000:00:15.0/i2c_designware.0/i2c-1/i2c-ELAN2514:00/0018:04F3:2A15.0001 Tablet 'ELAN2514:00 04F3:2A15' path pci-0000:00:15.0-platform-i2c_designware.0 04f3:2a15 nodes 6/6 7/7",
                "/sys/devices/pci0000:00/0000:00:1f.3/sound/card0 Keys 'HDA Intel PCH Mic' path pci-0000:00:1f.3 nodes 8/8 9/9",
                "/sys/devices/platform/i8042/serio0 Keyboard 'AT Translated Set 2 keyboard' path platform-i8042-serio-0 0001:0001 nodes 2/2",
                "/sys/devices/platform/i8042/serio1 Touchpad 'SynPS/2 Synaptics TouchPad' path platform-i8042-serio-1 0002:0007 nodes 4/3",
                "/sys/devices/platform/pcspkr Other 'PC Speaker' path platform-pcspkr 001f:0001 nodes 5/4",
            ],
            Read("laptop").Select(Sentence));
    }

    [Fact]
    public void Bluetooth_devices_should_be_known_by_their_address_and_not_by_the_adapter()
    {
        Assert.Equal(
            [
                "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-8/1-8:1.0/bluetooth/hci0/hci0:256/0005:05AC:030D.0008 Mouse 'Magic Mouse' 05ac:030d bt 60:c5:47:01:02:03 nodes 62/19",
                "/sys/devices/virtual/misc/uhid/0005:046D:B342.0007 Keyboard 'Keyboard K380' 046d:b342 bt f4:73:35:aa:bb:cc nodes 60/17 61/18",
            ],
            Read("bluetooth").Select(Sentence));
    }

    [Fact]
    public void Virtual_devices_should_be_left_out_ours_and_those_of_others() => Assert.Empty(Read("virtual"));

    [Fact]
    public void The_virtual_PC_should_have_a_device_at_each_of_its_ports()
    {
        Assert.Equal(
            ["Keyboard 1-1", "Mouse 1-2", "Keyboard 1-3.1", "Mouse 1-3.2", "Keyboard "],
            Read("virtual-pc").Select(device => $"{device.Kind} {device.Port}"));
    }

    [Theory]
    [InlineData("1050", false)]
    [InlineData("1209", true)]
    public void A_security_key_that_types_should_be_no_keyboard(string vendor, bool withFido)
    {
        var records = UdevExport.Parse(SecurityKey.Replace("MAKER", vendor, StringComparison.Ordinal)).Where(record => withFido || record.Subsystem != "hidraw");
        Assert.Equal(DeviceKind.Keys, Assert.Single(DeviceReader.Read(records)).Kind);
    }

    [Fact]
    public void A_keyboard_of_another_maker_without_fido_should_be_one()
    {
        var records = UdevExport.Parse(SecurityKey.Replace("MAKER", "1209", StringComparison.Ordinal)).Where(record => record.Subsystem != "hidraw");
        Assert.Equal(DeviceKind.Keyboard, Assert.Single(DeviceReader.Read(records)).Kind);
    }

    /// <summary>A keyboard interface beside a FIDO one, as udev tells of them.</summary>
    private const string SecurityKey =
        """
        P: /devices/pci0000:00/0000:00:14.0/usb1/1-9
        E: SUBSYSTEM=usb
        E: DEVTYPE=usb_device
        E: ID_VENDOR_ID=MAKER
        E: ID_MODEL_ID=0407
        E: ID_USB_INTERFACES=:030101:030000:

        P: /devices/pci0000:00/0000:00:14.0/usb1/1-9/1-9:1.0/0003:0000:0407.0001/input/input30
        E: SUBSYSTEM=input
        E: PRODUCT=3/MAKER/407/110
        E: NAME="Security Key"

        P: /devices/pci0000:00/0000:00:14.0/usb1/1-9/1-9:1.0/0003:0000:0407.0001/input/input30/event12
        E: SUBSYSTEM=input
        E: ID_INPUT=1
        E: ID_INPUT_KEY=1
        E: ID_INPUT_KEYBOARD=1

        P: /devices/pci0000:00/0000:00:14.0/usb1/1-9/1-9:1.1/0003:0000:0407.0002/hidraw/hidraw3
        E: SUBSYSTEM=hidraw
        E: ID_FIDO_TOKEN=1
        E: ID_SECURITY_TOKEN=1
        """;

    [Fact]
    public void A_stick_should_be_a_device_without_nodes_and_say_what_the_host_has_on_it()
    {
        var records = UdevExport.Parse(Plain("1-3.2", "080650"));
        var stick = Assert.Single(DeviceReader.Read(records));
        Assert.Equal("/sys/devices/usb1/1-3.2 Storage 'Maker Thing' port 1-3.2 path pci-0000:00:14.0-usb-0:3.2 46f4:0001 serial ABC nodes ", Sentence(stick));
        Assert.Equal(new(1, 7, ["080650"]), stick.Usb);
        Assert.Equal("/ is mounted from it", Assert.Single(DeviceReader.Read(records, new Dictionary<string, string> { [stick.Id] = "/ is mounted from it" })).Usb!.HostsUse);
    }

    [Theory]
    [InlineData("010100:030000", DeviceKind.Audio)]
    [InlineData("0e0100:010100", DeviceKind.Camera)]
    [InlineData("070102", DeviceKind.Printer)]
    [InlineData("ff5d01", DeviceKind.Other)]
    [InlineData("090001", null)]
    [InlineData("030000", null)]
    [InlineData("030101:010100", null)]
    public void What_has_no_nodes_should_be_what_its_interfaces_are_and_nothing_while_nodes_may_be_on_their_way(string interfaces, DeviceKind? kind) =>
        Assert.Equal(kind, DeviceReader.Read(UdevExport.Parse(Plain("1-3", interfaces))).SingleOrDefault()?.Kind);

    [Fact]
    public void A_gamepad_that_a_guest_has_should_stay_a_device()
    {
        var records = UdevExport.Parse(Plain("1-3", "030000") + """


            P: /devices/usb1/1-3/1-3:1.0
            E: SUBSYSTEM=usb
            E: DEVTYPE=usb_interface
            E: DRIVER=usbfs
            """);
        Assert.True(UsbPassing.IsWhole(Assert.Single(DeviceReader.Read(records))));
    }

    private static string Plain(string port, string interfaces) => $"""
        P: /devices/usb1/{port}
        E: SUBSYSTEM=usb
        E: DEVTYPE=usb_device
        E: BUSNUM=001
        E: DEVNUM=007
        E: ID_VENDOR=Maker
        E: ID_VENDOR_ID=46f4
        E: ID_MODEL=Thing
        E: ID_MODEL_ID=0001
        E: ID_SERIAL_SHORT=ABC
        E: ID_PATH=pci-0000:00:14.0-usb-0:{port[2..]}
        E: ID_USB_INTERFACES=:{interfaces}:
        """;

    [Fact]
    public void The_order_and_the_repetition_of_records_should_mean_nothing()
    {
        foreach (var machine in UdevExport.Names)
        {
            var records = UdevExport.Machine(machine);
            Assert.Equal(DeviceReader.Read(records), DeviceReader.Read(records.Reverse().Concat(records)));
        }
    }

    [Fact]
    public void A_node_whose_parent_is_already_gone_should_be_no_device()
    {
        var records = UdevExport.Machine("gaming-mouse").Where(record => !record.SysName.StartsWith("input", StringComparison.Ordinal));
        Assert.Empty(DeviceReader.Read(records));
    }

    private static ValueList<Device> Read(params string[] machines) => DeviceReader.Read(UdevExport.Machine(machines));

    private static string Sentence(Device device) =>
        $"{device.Id} {device.Kind} '{device.Name}'"
        + (device.Port is null ? "" : $" port {device.Port}")
        + (device.Path is null ? "" : $" path {device.Path}")
        + (device.VendorId is null && device.ProductId is null ? "" : $" {device.VendorId ?? "0000"}:{device.ProductId ?? "0000"}")
        + (device.Serial is null ? "" : $" serial {device.Serial}")
        + (device.Address is null ? "" : $" bt {device.Address}")
        + $" nodes {string.Join(' ', device.Nodes.Select(node => $"{node.Input}/{node.Event}"))}";
}
