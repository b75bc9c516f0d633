namespace Phyllome.Seats.Devices;

/// <summary>A display-class PCI device.</summary>
/// <param name="Address">PCI address, <c>0000:01:00.0</c>.</param>
/// <param name="Driver">The bound driver, null where none is.</param>
/// <param name="VendorId">Four lower-case hexadecimal digits.</param>
/// <param name="ProductId">Four lower-case hexadecimal digits.</param>
/// <param name="Boot">Whether the firmware showed the boot on it (sysfs boot_vga).</param>
/// <param name="IommuGroup">Its IOMMU group, null where the IOMMU is off.</param>
/// <param name="GroupMembers">PCI addresses of all devices of that group that are not bridges, itself among them.</param>
public sealed record Gpu(
    string Address, string? Driver, string VendorId, string ProductId, bool Boot, int? IommuGroup, ValueList<string> GroupMembers)
{
    /// <summary>The driver with which a function is a guest's to take.</summary>
    public const string Vfio = "vfio-pci";

    /// <summary>Whether a driver of the host has it, so that the host sees its displays.</summary>
    public bool IsHosts => Driver is not (null or Vfio);
}
