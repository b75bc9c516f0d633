using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Tests.Monitors;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests;

public sealed class InventoriesShould
{
    [Fact]
    public void Read_each_connector_with_its_monitor_and_its_card()
    {
        using var sys = new FakeSysfs()
            .Pci("0000:00:02.0", 0x030000)
            .Connector("0000:00:02.0", "card1", "DP-1", "connected", EdidBytes.Make("DEL", 0x40f1, 0, "AB123", "DELL U2415", 1920, 1200), "1920x1200\n1024x768\n")
            .Connector("0000:00:02.0", "card1", "HDMI-A-1", "disconnected")
            .Connector("0000:00:01.0/0000:01:00.0/virtio3", "card0", "Virtual-1", "connected", [], "1280x800\n800x600\n");

        Assert.Equal<ValueList<Display>>(
            [
                new("card0-Virtual-1", "0000:01:00.0", true, null, null, "1280x800"),
                new("card1-DP-1", "0000:00:02.0", true, "DELL U2415", "DEL-40F1-AB123", "1920x1200"),
                new("card1-HDMI-A-1", "0000:00:02.0", false, null, null, null),
            ],
            DisplayInventory.Read(sys.Root));
    }

    [Fact]
    public void Read_each_GPU_with_its_group_but_without_its_bridges()
    {
        using var sys = new FakeSysfs()
            .Pci("0000:00:01.0", 0x060400, "pcieport", group: 2)
            .Pci("0000:00:02.0", 0x030000, "i915", group: 1, boot: true, vendor: "0x8086")
            .Pci("0000:01:00.0", 0x030000, "vfio-pci", group: 2, below: "0000:00:01.0")
            .Pci("0000:01:00.1", 0x040300, "vfio-pci", group: 2, below: "0000:00:01.0")
            .Pci("0000:02:00.0", 0x038000)
            .Pci("0000:03:00.0", 0x020000, "e1000e");

        Assert.Equal<ValueList<Gpu>>(
            [
                new("0000:00:02.0", "i915", "8086", "1c82", true, 1, ["0000:00:02.0"]),
                new("0000:01:00.0", "vfio-pci", "10de", "1c82", false, 2, ["0000:01:00.0", "0000:01:00.1"]),
                new("0000:02:00.0", null, "10de", "1c82", false, null, ["0000:02:00.0"]),
            ],
            GpuInventory.Read(sys.Root));
        Assert.Equal(["0000:01:00.0", "0000:01:00.1"], GpuInventory.Functions("0000:01:00.0", sys.Root));
    }

    [Fact]
    public void Be_empty_on_a_machine_without_cards()
    {
        using var sys = new FakeSysfs();
        Assert.Empty(DisplayInventory.Read(sys.Root));
        Assert.Empty(GpuInventory.Read(sys.Root));
        Assert.Empty(GpuInventory.Functions("0000:01:00.0", sys.Root));
    }
}
