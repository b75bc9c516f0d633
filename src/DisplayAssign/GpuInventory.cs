using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>The machine's display-class PCI devices.</summary>
public static class GpuInventory
{
    public static ValueList<Gpu> Read(string sysRoot = "/sys") => Of(PciBus.Read(sysRoot, PciNames.None));

    internal static ValueList<Gpu> Of(ValueList<PciFunction> pci) => pci.Where(function => function.IsDisplay).SelectMany(function => Mediated(function).Prepend(Of(function, pci))).ToValueList();

    private static Gpu Of(PciFunction function, ValueList<PciFunction> pci) => new(
        function.Address, function.Driver, function.Vendor, function.Product, function.Boot, function.Group,
        pci.Where(other => other == function || function.Group is not null && other.Group == function.Group && !other.IsBridge)
            .Select(other => other.Address).ToValueList())
    {
        PartOf = function.PhysicalFunction,
        PossibleFunctions = function.VirtualFunctions.Possible,
        Functions = function.VirtualFunctions.Active,
        Types = function.Types,
    };

    private static IEnumerable<Gpu> Mediated(PciFunction card) => card.Mediated.Select(device =>
        new Gpu(device.Id.ToString(), null, card.Vendor, card.Product, false, device.Group, [device.Id.ToString()]) { PartOf = card.Address, Type = device.Type });

    /// <summary>
    /// Addresses of all functions of a card, itself among them: a GPU goes to a guest with its audio and USB functions, and a virtual function alone.
    /// None for a mediated device.
    /// </summary>
    public static ValueList<string> Functions(string address, string sysRoot = "/sys")
    {
        var devices = Path.Combine(sysRoot, "bus", "pci", "devices");
        bool IsPart(string name) => Sysfs.LinkName(Path.Combine(devices, name), "physfn") is not null;
        if (!PciName.Is(address))
            return [];
        return IsPart(address) ? [address] : Sysfs.Entries(devices).Select(folder => Path.GetFileName(folder))
            .Where(name => PciName.Is(name) && PciName.Slot(name) == PciName.Slot(address) && !IsPart(name)).ToValueList();
    }

    /// <summary>Where programs draw with a card that a driver of the host has, <c>/dev/dri/renderD128</c>; null where it has no 3D.</summary>
    public static string? RenderNode(string address, string sysRoot = "/sys") => Sysfs.Entries(Path.Combine(sysRoot, "class", "drm"))
        .Where(folder => Path.GetFileName(folder).StartsWith("renderD", StringComparison.Ordinal) && Sysfs.PciOf(folder) == address)
        .Select(folder => $"/dev/dri/{Path.GetFileName(folder)}").Order(StringComparer.Ordinal).FirstOrDefault();
}
