using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>The machine's display-class PCI devices.</summary>
public static class GpuInventory
{
    public static ValueList<Gpu> Read(string sysRoot = "/sys") => Of(PciBus.Read(sysRoot, PciNames.None));

    internal static ValueList<Gpu> Of(ValueList<PciFunction> pci) =>
        pci.Where(function => function.IsDisplay).Select(function => new Gpu(
            function.Address, function.Driver, function.Vendor, function.Product, function.Boot, function.Group,
            pci.Where(other => other == function || function.Group is not null && other.Group == function.Group && !other.IsBridge)
                .Select(other => other.Address).ToValueList())).ToValueList();

    /// <summary>Addresses of all functions of a card, itself among them: a GPU goes to a guest with its audio and USB functions.</summary>
    public static ValueList<string> Functions(string address, string sysRoot = "/sys") =>
        Sysfs.Entries(Path.Combine(sysRoot, "bus", "pci", "devices")).Select(folder => Path.GetFileName(folder))
            .Where(name => PciName.Is(name) && PciName.Is(address) && PciName.Slot(name) == PciName.Slot(address)).ToValueList();
}
