namespace Phyllome.Seats.DisplayAssign.Tests;

/// <summary>A sysfs tree of PCI devices, DRM connectors and IOMMU groups in a temporary folder, laid out and linked as the kernel does.</summary>
internal sealed class FakeSysfs : IDisposable
{
    internal string Root { get; } = Directory.CreateTempSubdirectory("phyllome-sysfs-").FullName;

    /// <summary>A PCI function below the root complex, or below other functions given from the root down.</summary>
    internal FakeSysfs Pci(string address, int pciClass, string? driver = null, int? group = null, bool boot = false, string vendor = "0x10de", string below = "")
    {
        var device = Folder("devices/pci0000:00", below, address);
        Write(device, "class", $"0x{pciClass:x6}\n");
        Write(device, "vendor", vendor + "\n");
        Write(device, "device", "0x1c82\n");
        if (pciClass >> 8 == 0x0300)
            Write(device, "boot_vga", boot ? "1\n" : "0\n");
        if (driver is not null)
            Link(Path.Combine(device, "driver"), Folder("bus/pci/drivers", driver));
        if (group is { } number)
        {
            var members = Folder("kernel/iommu_groups", $"{number}", "devices");
            Link(Path.Combine(device, "iommu_group"), Path.GetDirectoryName(members)!);
            Link(Path.Combine(members, address), device);
        }
        Link(Path.Combine(Folder("bus/pci/devices"), address), device);
        return this;
    }

    /// <summary>A connector; <paramref name="parent"/> is what its card hangs under, from the root complex down.</summary>
    internal FakeSysfs Connector(string parent, string card, string name, string status, byte[]? edid = null, string modes = "")
    {
        var cardFolder = Folder("devices/pci0000:00", parent, "drm", card);
        var connector = Folder(cardFolder, $"{card}-{name}");
        Write(connector, "status", status + "\n");
        Write(connector, "modes", modes);
        File.WriteAllBytes(Path.Combine(connector, "edid"), edid ?? []);
        Link(Path.Combine(connector, "device"), cardFolder);
        Link(Path.Combine(cardFolder, "device"), Path.Combine(Root, "devices/pci0000:00", parent));
        Link(Path.Combine(Folder("class/drm"), $"{card}-{name}"), connector);
        Link(Path.Combine(Folder("class/drm"), card), cardFolder);
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Folder(params string[] parts) => Directory.CreateDirectory(Path.Combine([Root, .. parts])).FullName;

    private static void Write(string folder, string attribute, string text) => File.WriteAllText(Path.Combine(folder, attribute), text);

    /// <summary>Relative, as sysfs links are.</summary>
    private static void Link(string at, string to)
    {
        if (!Path.Exists(at))
            File.CreateSymbolicLink(at, Path.GetRelativePath(Path.GetDirectoryName(at)!, to));
    }
}
