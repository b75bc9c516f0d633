using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Tests.Machines;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests;

public sealed class InventoriesShould
{
    [Fact]
    public void Read_each_connector_with_its_monitor_and_its_card()
    {
        using var machine = MachineTree.Of(
            """
            pci 0000:00:02.0 class=030000 id=8086:4680 boot_vga=1
            pci 0000:00:01.0/0000:01:00.0 class=030000 id=1af4:1050
            drm 0000:00:02.0 card1-DP-1 connected DEL-40F1-AB123 DELL U2415
            drm 0000:00:02.0 card1-HDMI-A-1 disconnected
            drm 0000:00:01.0/0000:01:00.0/virtio3 card0-Virtual-1 connected
            """);
        Assert.Equal<ValueList<Display>>(
            [
                new("card0-Virtual-1", "0000:01:00.0", true, null, null, "1920x1080"),
                new("card1-DP-1", "0000:00:02.0", true, "DELL U2415", "DEL-40F1-AB123", "1920x1200") { Boot = true },
                new("card1-HDMI-A-1", "0000:00:02.0", false, null, null, null),
            ],
            DisplayInventory.Read(machine.Root + "/sys"));
    }

    /// <summary>The monitor prefers 1920x1200, by its EDID.</summary>
    [Theory]
    [InlineData("1280x800\n1024x768\n", "1280x800")]
    [InlineData("1920x1080i\n", "1920x1080")]
    [InlineData("", "1920x1200")]
    public void Take_a_monitors_size_from_the_kernel_and_from_its_EDID_where_that_lists_no_mode(string modes, string size)
    {
        using var machine = MachineTree.Of("drm 0000:00:02.0 card1-DP-1 connected DEL-40F1-AB123 DELL U2415");
        File.WriteAllText(machine.Root + "/sys/class/drm/card1-DP-1/modes", modes);
        Assert.Equal(size, Assert.Single(DisplayInventory.Read(machine.Root + "/sys")).Mode);
    }

    [Fact]
    public void Tell_two_monitors_that_read_the_same_apart_by_their_connectors()
    {
        using var machine = MachineTree.Load("desktop-amd");
        var displays = DisplayInventory.Read(machine.Root + "/sys");
        Assert.Equal(["DEL-40F1", "DEL-40F1"], displays.Select(display => display.Edid));
        Assert.Equal<Selector>(
            [new(SelectorKind.Connector, "card0-DP-1"), new(SelectorKind.Connector, "card0-DP-2")], displays.Select(display => DisplayInventory.SelectorOf(display, displays)));
        Assert.Equal(new Selector(SelectorKind.Edid, "DEL-40F1"), DisplayInventory.SelectorOf(displays[0], [displays[0]]));
    }

    [Fact]
    public void Know_the_USB_ports_of_the_socket_that_a_monitors_cable_is_in()
    {
        using var machine = MachineTree.Of(
            """
            pci 0000:00:02.0 class=030000 id=8086:4680 boot_vga=1
            drm 0000:00:02.0 card1-DP-1 connected DEL-40F1-AB123 DELL U2415
            drm 0000:00:02.0 card1-DP-2 disconnected
            drm 0000:00:02.0 card1-HDMI-A-1 connected GSM-5B7F-11 LG 27
            sys/class/drm/card1-DP-1/typec_connector -> ../../../typec/port0
            sys/class/drm/card1-DP-2/typec_connector -> ../../../typec/port1
            sys/bus/usb/devices/1-0:1.0/usb1-port4/connector -> ../../../typec/port0
            sys/bus/usb/devices/2-0:1.0/usb2-port3/connector -> ../../../typec/port0
            sys/bus/usb/devices/1-0:1.0/usb1-port5/connector -> ../../../typec/port1
            sys/bus/usb/devices/1-6:1.0/1-6-port2/connector -> ../../../typec/port0
            sys/bus/usb/devices/1-6:1.0/bNumEndpoints = 01
            """);
        Assert.Equal<(string, ValueList<string>)>(
            [("card1-DP-1", ["1-4", "1-6.2", "2-3"]), ("card1-DP-2", []), ("card1-HDMI-A-1", [])],
            DisplayInventory.Read(machine.Root + "/sys").Select(display => (display.Connector, display.UsbPorts)));
    }

    [Theory]
    [InlineData("", "gnome-shell (session-2.scope)")]
    [InlineData("- proc/1200", "systemd-logind (systemd-logind.service)")]
    [InlineData("- proc/1200\n- proc/700", "the kernel's console")]
    [InlineData("- proc/1200\n- proc/700\nsys/class/vtconsole/vtcon1/bind = 0", null)]
    public void Say_who_draws_on_a_display(string change, string? holder)
    {
        using var machine = MachineTree.Of($"from desktop\n{change}");
        Assert.Equal(holder, MachineReader.Read(machine.Root).Displays[0].Holder);
    }

    [Fact]
    public void Read_each_GPU_with_its_group_but_without_its_bridges()
    {
        using var machine = MachineTree.Of(
            """
            pci 0000:00:01.0 class=060400 id=8086:1901 driver=pcieport group=2
            pci 0000:00:02.0 class=030000 id=8086:4680 driver=i915 group=1 boot_vga=1
            pci 0000:00:01.0/0000:01:00.0 class=030000 id=10de:1c82 driver=vfio-pci group=2 boot_vga=0
            pci 0000:00:01.0/0000:01:00.1 class=040300 id=10de:0fb9 driver=vfio-pci group=2
            pci 0000:02:00.0 class=038000 id=10de:1c82
            pci 0000:03:00.0 class=020000 id=8086:15f3 driver=e1000e
            """);
        Assert.Equal<ValueList<Gpu>>(
            [
                new("0000:00:02.0", "i915", "8086", "4680", true, 1, ["0000:00:02.0"]),
                new("0000:01:00.0", "vfio-pci", "10de", "1c82", false, 2, ["0000:01:00.0", "0000:01:00.1"]),
                new("0000:02:00.0", null, "10de", "1c82", false, null, ["0000:02:00.0"]),
            ],
            GpuInventory.Read(machine.Root + "/sys"));
        Assert.Equal(["0000:01:00.0", "0000:01:00.1"], GpuInventory.Functions("0000:01:00.0", machine.Root + "/sys"));
    }

    [Fact]
    public void Find_what_draws_with_a_card()
    {
        using var machine = MachineTree.Of(
            """
            pci 0000:00:02.0 class=030000 id=8086:4680 driver=i915
            pci 0000:01:00.0 class=030000 id=1af4:1050 driver=virtio-pci
            drm 0000:00:02.0 card1-DP-1 connected
            sys/class/drm/renderD128 -> /sys/devices/pci0000:00/0000:01:00.0/virtio3/drm/renderD128
            sys/devices/pci0000:00/0000:01:00.0/virtio3/drm/renderD128/dev = 226:128
            sys/class/drm/renderD129 -> /sys/devices/pci0000:00/0000:00:02.0/drm/renderD129
            sys/devices/pci0000:00/0000:00:02.0/drm/renderD129/dev = 226:129
            """);
        Assert.Equal("/dev/dri/renderD129", GpuInventory.RenderNode("0000:00:02.0", machine.Root + "/sys"));
        Assert.Equal("/dev/dri/renderD128", GpuInventory.RenderNode("0000:01:00.0", machine.Root + "/sys"));
        Assert.Null(GpuInventory.RenderNode("0000:02:00.0", machine.Root + "/sys"));
    }

    [Fact]
    public void Be_empty_on_a_machine_without_cards()
    {
        using var machine = MachineTree.Of("proc/cmdline = quiet");
        Assert.Empty(DisplayInventory.Read(machine.Root + "/sys"));
        Assert.Empty(GpuInventory.Read(machine.Root + "/sys"));
        Assert.Empty(GpuInventory.Functions("0000:01:00.0", machine.Root + "/sys"));
        Assert.Empty(MachineReader.Read(machine.Root).Gpus);
        Assert.Empty(MachineReader.Read("/nonexistent").Pci);
    }

    [Fact]
    public void Read_all_that_a_guest_may_depend_on_of_a_card()
    {
        using var machine = MachineTree.Of(
            """
            from rebar-large
            usr/share/misc/pci.ids = # names\n10de  NVIDIA Corporation\n\t2684  AD102 [GeForce RTX 4090]\n\t\t10de 165b  a variant\nC 03  Display controller
            pci 0000:01:00.0 numa_node=1 sriov=16/0 mdev=nvidia-18
            """);
        var read = MachineReader.Read(machine.Root);
        var card = read.Function("0000:01:00.0")!;
        Assert.Equal("NVIDIA Corporation AD102 [GeForce RTX 4090]", card.Name);
        Assert.Equal(("vfio-pci", 12, 1, "D0", "0000:00:01.0"), (card.Driver, card.Group, card.NumaNode, card.PowerState, card.Parent));
        Assert.Equal((true, false, true, null), (card.IsVga, card.Boot, card.Answers, card.DriverOverride));
        Assert.Equal<string>(["flr", "bus"], card.ResetMethods!);
        Assert.Equal(new VirtualFunctions(16, 0), card.VirtualFunctions);
        Assert.Equal<string>(["nvidia-18"], card.MediatedTypes);
        Assert.Equal([0, 1, 3], card.Bars.Select(bar => bar.Index));
        Assert.Equal((16L << 30, 64L << 20, 16L << 30), (card.Bars[1].Range.Length, card.Bars[1].Sizes[0], card.Bars[1].Sizes[^1]));
        Assert.Equal(["0000:01:00.1"], read.Siblings(card).Select(sibling => sibling.Address));
        Assert.Equal("NVIDIA Corporation audio 10de:22ba", read.Function("0000:01:00.1")!.Name);
    }
}
