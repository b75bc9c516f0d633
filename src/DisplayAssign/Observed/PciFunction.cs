using System.Globalization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>A PCI function as sysfs shows it (Documentation/ABI/testing/sysfs-bus-pci).</summary>
/// <param name="Class">Base class, sub-class and interface: 0x030000 is a VGA controller.</param>
/// <param name="Name">Of the product by pci.ids, else of its class; for a person.</param>
/// <param name="Driver">Null where none is bound.</param>
/// <param name="Group">Its IOMMU group, null where the IOMMU is off.</param>
/// <param name="ResetMethods">In the order in which the kernel tries them. Null where it names none: no reset, or a kernel before 5.15.</param>
/// <param name="Resettable">Whether the kernel can reset it at all.</param>
/// <param name="DriverOverride">The only driver that it may be bound to, null for any.</param>
/// <param name="PowerState">D0 to D3cold; null on kernels before 5.8.</param>
/// <param name="Answers">Whether its configuration space reads as more than ones; null where it was not read, as that would wake it.</param>
/// <param name="MediatedTypes">Names of the mediated devices (mdev) that it can be split into.</param>
/// <param name="Parent">The bridge above it; null on a root bus.</param>
public sealed record PciFunction(
    string Address, int Class, string Vendor, string Product, string Name, string? Driver, int? Group, int? NumaNode, bool Boot, ValueList<string>? ResetMethods,
    bool Resettable, string? DriverOverride, string? PowerState, bool? Answers, ValueList<PciBar> Bars, VirtualFunctions VirtualFunctions,
    ValueList<string> MediatedTypes, string? Parent)
{
    /// <summary>Address of the card that it is a virtual function of; null for a function of its own.</summary>
    public string? PhysicalFunction { get; init; }

    /// <summary>How many more of each of <see cref="MediatedTypes"/> can be made now.</summary>
    public ValueList<MediatedType> Types { get; init; } = [];

    /// <summary>Those that were made.</summary>
    public ValueList<MediatedDevice> Mediated { get; init; } = [];

    /// <summary>What it is, for a person: <c>audio</c>, <c>USB controller</c>.</summary>
    public string Kind => PciNames.Kind(Class);

    public bool IsDisplay => Class >> 16 == 0x03;

    public bool IsVga => Class >> 8 == 0x0300;

    /// <summary>Bridges of a group stay with the host: VFIO lets them have their port driver, and libvirt can't assign them.</summary>
    public bool IsBridge => Class >> 16 == 0x06;

    public bool IsUsb => Class >> 8 == 0x0c03;

    /// <summary>Whether a driver of the host has it.</summary>
    public bool IsHosts => Driver is not (null or Gpu.Vfio or "pci-stub");

    /// <summary>All but the function: functions with the same are one card.</summary>
    public string Slot => PciName.Slot(Address);

    /// <summary>The bus that it is on, <c>0000:01</c>: a secondary bus reset takes all of it.</summary>
    public string Bus => Address[..Address.LastIndexOf(':')];
}

/// <param name="Id">Its UUID.</param>
/// <param name="Group">Its own IOMMU group.</param>
public sealed record MediatedDevice(Guid Id, string Type, int? Group);

/// <summary>SR-IOV: how many functions it could have beside itself, and has now.</summary>
public readonly record struct VirtualFunctions(int Possible, int Active);

/// <summary>A memory range of a function.</summary>
/// <param name="Index">0 to 5.</param>
/// <param name="Sizes">The sizes that it could have, in bytes; empty where it is not resizable.</param>
public sealed record PciBar(int Index, MemoryRange Range, ValueList<long> Sizes);

/// <summary>Physical addresses, both ends within.</summary>
public readonly record struct MemoryRange(ulong First, ulong Last)
{
    public long Length => (long)(Last - First + 1);

    public bool Overlaps(MemoryRange other) => First <= other.Last && other.First <= Last;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:x}-{Last:x}");
}
