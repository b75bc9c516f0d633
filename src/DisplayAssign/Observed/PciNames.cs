namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>The names of pci.ids (pci-ids.ucw.cz), where the system has the file; else a device is called by its class.</summary>
internal sealed class PciNames
{
    private static readonly string[] Places = ["usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids"];
    private readonly Dictionary<string, string> _vendors = [], _products = [];

    internal static PciNames None { get; } = new();

    internal static PciNames Read(string root)
    {
        var names = new PciNames();
        var vendor = "";
        foreach (var line in Lines(root))
        {
            // A vendor, below it by a tab its products, below them by two their variants; then classes.
            if (line.StartsWith("C ", StringComparison.Ordinal))
                break;
            if (line.Length < 7 || line[0] == '#' || line.StartsWith("\t\t", StringComparison.Ordinal))
                continue;
            if (line[0] == '\t')
                names._products.TryAdd(vendor + line[1..5], line[5..].Trim());
            else
                names._vendors.TryAdd(vendor = line[..4], line[4..].Trim());
        }
        return names;
    }

    internal string Of(string vendor, string product, int pciClass)
    {
        var maker = _vendors.GetValueOrDefault(vendor) ?? vendor switch { "10de" => "NVIDIA", "1002" => "AMD", "8086" => "Intel", "1af4" or "1b36" => "QEMU", _ => null };
        var model = _products.GetValueOrDefault(vendor + product) ?? $"{Kind(pciClass)} {vendor}:{product}";
        return maker is null ? model : $"{maker} {model}";
    }

    private static IEnumerable<string> Lines(string root)
    {
        foreach (var place in Places)
        {
            var file = Path.Combine(root, place);
            if (File.Exists(file))
                return File.ReadLines(file);
        }
        return [];
    }

    internal static string Kind(int pciClass) => (pciClass >> 8) switch
    {
        0x0300 => "VGA controller",
        >= 0x0301 and <= 0x03ff => "display controller",
        0x0403 => "audio",
        0x0604 => "PCI bridge",
        0x0600 => "host bridge",
        0x0c03 => "USB controller",
        0x0c80 => "serial bus controller",
        0x0200 => "network controller",
        0x0107 or 0x0106 or 0x0108 => "storage controller",
        _ => "device",
    };
}
