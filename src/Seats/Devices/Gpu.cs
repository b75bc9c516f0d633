namespace Phyllome.Seats.Devices;

/// <summary>A display-class PCI device, or a part of one.</summary>
/// <param name="Address">PCI address, <c>0000:01:00.0</c>; the UUID of a mediated device.</param>
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

    /// <summary>PCI address of the card that it is a part of; null for a whole one.</summary>
    public string? PartOf { get; init; }

    /// <summary>What it was made as, where it is a mediated device; null for all else.</summary>
    public string? Type { get; init; }

    /// <summary>How many virtual functions (SR-IOV) it can have.</summary>
    public int PossibleFunctions { get; init; }

    /// <summary>How many it has now.</summary>
    public int Functions { get; init; }

    /// <summary>The types of mediated devices that it can be split into.</summary>
    public ValueList<MediatedType> Types { get; init; } = [];

    /// <summary>Whether a driver of the host has it, so that the host sees its displays.</summary>
    public bool IsHosts => Driver is not (null or Vfio);
}

/// <param name="Name">As the card's driver calls it, <c>i915-GVTg_V5_4</c>.</param>
/// <param name="Available">How many more of it can be made now.</param>
public sealed record MediatedType(string Name, int Available);
