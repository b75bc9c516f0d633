using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Monitors;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>The connectors of the machine's DRM cards. A GPU on vfio-pci has no card, so its displays are not among them.</summary>
public static class DisplayInventory
{
    public static ValueList<Display> Read(string sysRoot = "/sys")
    {
        var displays = new List<Display>();
        foreach (var folder in Sysfs.Entries(Path.Combine(sysRoot, "class", "drm")))
        {
            var connector = Path.GetFileName(folder);
            if (IsConnector(connector) && Sysfs.Text(folder, "status") is { } status)
                displays.Add(ReadOne(folder, connector, connected: status == "connected"));
        }
        return displays.ToValueList();
    }

    /// <summary><c>card0-DP-1</c>, beside <c>card0</c>, <c>renderD128</c> and <c>version</c>.</summary>
    private static bool IsConnector(string name) => name.StartsWith("card", StringComparison.Ordinal) && name.Contains('-', StringComparison.Ordinal);

    private static Display ReadOne(string folder, string connector, bool connected)
    {
        var edid = connected && Sysfs.Bytes(folder, "edid") is { } bytes ? Edid.Parse(bytes) : null;
        // The kernel lists a connector's modes best first; a virtual card has modes and no EDID.
        var first = connected ? Sysfs.Text(folder, "modes")?.Split('\n')[0] : null;
        var mode = edid?.Preferred?.Size ?? (string.IsNullOrEmpty(first) ? null : first);
        return new(connector, Card(folder), connected, edid?.Name ?? edid?.Key, edid?.Key, mode);
    }

    /// <summary>The PCI function that the connector hangs under, with whatever stands between (a virtio-gpu has its virtio device).</summary>
    private static string? Card(string folder)
    {
        var path = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        return path.Split('/').LastOrDefault(PciName.Is);
    }
}
