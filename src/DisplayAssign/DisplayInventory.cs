using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Monitors;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>The connectors of the machine's DRM cards.</summary>
public static class DisplayInventory
{
    public static ValueList<Display> Read(string sysRoot = "/sys") => ReadAll(sysRoot).Select(one => one.Display).ToValueList();

    /// <summary>Each with what its monitor says of itself; null where none is plugged in, or it says nothing.</summary>
    internal static IEnumerable<(Display Display, Edid? Edid)> ReadAll(string sysRoot)
    {
        var sockets = new UsbSockets(sysRoot);
        foreach (var folder in Sysfs.Entries(Path.Combine(sysRoot, "class", "drm")))
        {
            var connector = Path.GetFileName(folder);
            if (IsConnector(connector) && Sysfs.Text(folder, "status") is { } status)
                yield return ReadOne(folder, sysRoot, sockets, connector, connected: status == "connected");
        }
    }

    /// <summary>The selector that picks this display alone: by its EDID, but by its connector where a second monitor reads the same.</summary>
    public static Selector SelectorOf(Display display, IReadOnlyList<Display> all) =>
        display.Edid is { } edid && all.Count(other => other.Edid == edid) == 1 ? new(SelectorKind.Edid, edid) : new(SelectorKind.Connector, display.Connector);

    /// <summary>The process that has the display's card open for drawing, by its name and session; the first where there are several.</summary>
    internal static string? HolderOf(Display display, IEnumerable<Holder> holders) =>
        holders.FirstOrDefault(holder => holder.Node == $"/dev/dri/{CardOf(display.Connector)}") is { } found
            ? found.Session is { } session ? $"{found.Command} ({session})" : found.Command : null;

    private static string CardOf(string connector) => connector[..connector.IndexOf('-', StringComparison.Ordinal)];

    /// <summary><c>card0-DP-1</c>, beside <c>card0</c>, <c>renderD128</c> and <c>version</c>.</summary>
    private static bool IsConnector(string name) => name.StartsWith("card", StringComparison.Ordinal) && name.Contains('-', StringComparison.Ordinal);

    private static string Device(string sysRoot, string address) => Path.Combine(sysRoot, "bus", "pci", "devices", address);

    private static (Display, Edid?) ReadOne(string folder, string sysRoot, UsbSockets sockets, string connector, bool connected)
    {
        var edid = connected && Sysfs.Bytes(folder, "edid") is { Length: > 0 } bytes ? Edid.Parse(bytes) : null;
        // The kernel lists a connector's modes best first, and the first is what a presenter sets. A monitor may prefer one that its card
        // can't show. An interlaced one ends in an i.
        var first = connected ? Sysfs.Text(folder, "modes")?.Split('\n')[0].TrimEnd('i') : null;
        var mode = string.IsNullOrEmpty(first) ? edid?.Preferred?.Size : first;
        var gpu = Sysfs.PciOf(folder);
        return (
            new(connector, gpu, connected, edid?.Name ?? edid?.Key, edid?.Key, mode)
            {
                UsbPorts = connected ? sockets.Of(folder) : [],
                Boot = connected && gpu is not null && Sysfs.Text(Device(sysRoot, gpu), "boot_vga") == "1",
            },
            edid);
    }
}
