using System.Globalization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>The machine's display-class PCI devices.</summary>
public static class GpuInventory
{
    private const int DisplayClass = 0x03;
    private const int BridgeClass = 0x0604;

    public static ValueList<Gpu> Read(string sysRoot = "/sys")
    {
        var devices = Devices(sysRoot);
        return Sysfs.Entries(devices).Where(folder => Sysfs.Hex(folder, "class") >> 16 == DisplayClass).Select(folder => ReadOne(folder, devices)).ToValueList();
    }

    /// <summary>Addresses of all functions of a card, itself among them: a GPU goes to a guest with its audio and USB functions.</summary>
    public static ValueList<string> Functions(string address, string sysRoot = "/sys") =>
        Sysfs.Entries(Devices(sysRoot)).Select(folder => Path.GetFileName(folder))
            .Where(name => PciName.Is(name) && PciName.Is(address) && PciName.Slot(name) == PciName.Slot(address)).ToValueList();

    private static string Devices(string sysRoot) => Path.Combine(sysRoot, "bus", "pci", "devices");

    private static Gpu ReadOne(string folder, string devices)
    {
        var address = Path.GetFileName(folder);
        var group = Sysfs.LinkName(folder, "iommu_group");
        var members = group is null ? [address] : Members(folder, devices);
        return new(
            address, Sysfs.LinkName(folder, "driver"), Id(folder, "vendor"), Id(folder, "device"), Sysfs.Text(folder, "boot_vga") == "1",
            int.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null, members);
    }

    /// <summary>PCI bridges of a group stay with the host: VFIO lets them be bound to their port driver, and libvirt can't assign them.</summary>
    private static ValueList<string> Members(string folder, string devices) =>
        Sysfs.Entries(Path.Combine(folder, "iommu_group", "devices")).Select(member => Path.GetFileName(member))
            .Where(member => Sysfs.Hex(Path.Combine(devices, member), "class") >> 8 != BridgeClass).ToValueList();

    private static string Id(string folder, string attribute) => (Sysfs.Hex(folder, attribute) ?? 0).ToString("x4", CultureInfo.InvariantCulture);
}
