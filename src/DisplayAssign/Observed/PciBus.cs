using System.Globalization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>Reads the functions of the PCI bus.</summary>
internal static class PciBus
{
    private const ulong MemoryResource = 0x200;
    private const int BarCount = 6;

    internal static ValueList<PciFunction> Read(string sys, PciNames names) =>
        Sysfs.Entries(Path.Combine(sys, "bus/pci/devices")).Where(folder => PciName.Is(Path.GetFileName(folder)))
            .Select(folder => ReadOne(sys, folder, names)).ToValueList();

    private static PciFunction ReadOne(string sys, string folder, PciNames names)
    {
        var address = Path.GetFileName(folder);
        var pciClass = Sysfs.Hex(folder, "class") ?? 0;
        string vendor = Id(folder, "vendor"), product = Id(folder, "device");
        var power = Sysfs.Text(folder, "power_state");
        var physical = Sysfs.LinkName(folder, "physfn");
        var types = Sysfs.Entries(Path.Combine(folder, "mdev_supported_types"));
        return new(
            address, pciClass, vendor, product, names.Of(vendor, product, pciClass), Sysfs.LinkName(folder, "driver"),
            Group(folder),
            Sysfs.Number(folder, "numa_node") is { } node and >= 0 ? node : null, Sysfs.Text(folder, "boot_vga") == "1",
            Sysfs.Text(folder, "reset_method")?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToValueList(), File.Exists(Path.Combine(folder, "reset")),
            Sysfs.Text(folder, "driver_override") is { } forced && forced is not ("" or "(null)") ? forced : null, power, physical is null ? Answers(folder, power) : null, Bars(folder),
            new(Sysfs.Number(folder, "sriov_totalvfs") ?? 0, Sysfs.Number(folder, "sriov_numvfs") ?? 0),
            types.Select(type => Path.GetFileName(type)).ToValueList(), Parent(folder))
        {
            PhysicalFunction = physical,
            Types = types.Select(type => new MediatedType(Path.GetFileName(type), Sysfs.Number(type, "available_instances") ?? 0)).ToValueList(),
            Mediated = types.SelectMany(type => Mediated(sys, type)).ToValueList(),
        };
    }

    private static IEnumerable<MediatedDevice> Mediated(string sys, string type) =>
        from device in Sysfs.Entries(Path.Combine(type, "devices")).Select(device => Path.GetFileName(device))
        where Guid.TryParse(device, out _)
        select new MediatedDevice(Guid.Parse(device), Path.GetFileName(type), Group(Path.Combine(sys, "bus/mdev/devices", device)));

    private static int? Group(string folder) =>
        int.TryParse(Sysfs.LinkName(folder, "iommu_group"), NumberStyles.None, CultureInfo.InvariantCulture, out var group) ? group : null;

    private static string Id(string folder, string attribute) => (Sysfs.Hex(folder, attribute) ?? 0).ToString("x4", CultureInfo.InvariantCulture);

    /// <summary>To be read, a device that sleeps would be woken, or the bridge above it. A virtual function's own ids read as ones (SR-IOV 3.4.1).</summary>
    private static bool? Answers(string folder, string? power) =>
        power is not (null or "D0") || Sysfs.Bytes(folder, "config") is not { Length: >= 2 } config ? null : (config[0], config[1]) != (0xff, 0xff);

    private static ValueList<PciBar> Bars(string folder)
    {
        var bars = new List<PciBar>();
        var lines = Sysfs.Text(folder, "resource")?.Split('\n') ?? [];
        for (var i = 0; i < Math.Min(lines.Length, BarCount); i++)
        {
            var words = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3 && Hex(words[0]) is { } first && Hex(words[1]) is { } last && Hex(words[2]) is { } flags && (flags & MemoryResource) != 0)
                bars.Add(new(i, new(first, last), Sizes(folder, i)));
        }
        return bars.ToValueList();
    }

    /// <summary>Bit n stands for two to the n megabytes.</summary>
    private static ValueList<long> Sizes(string folder, int bar)
    {
        if (Sysfs.Text(folder, $"resource{bar}_resize") is not { } text || Hex(text) is not { } bits)
            return [];
        return Enumerable.Range(0, 43).Where(bit => (bits >> bit & 1) != 0).Select(bit => 1L << 20 + bit).ToValueList();
    }

    private static ulong? Hex(string text) =>
        ulong.TryParse(text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value : null;

    private static string? Parent(string folder)
    {
        var path = new DirectoryInfo(folder).LinkTarget?.Split('/');
        return path is { Length: > 1 } && PciName.Is(path[^2]) ? path[^2] : null;
    }
}
