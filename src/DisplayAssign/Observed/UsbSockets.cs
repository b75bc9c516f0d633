namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>Which USB ports are in one USB-C socket with a connector of a graphics card: one cable carries a monitor's picture and its hub.</summary>
/// <remarks>
/// The kernel links both to the socket where the firmware says which is which: a connector's <c>typec_connector</c> (drm_sysfs.c,
/// typec_connector_ops) and a hub port's <c>connector</c> (Documentation/ABI/testing/sysfs-bus-usb).
/// </remarks>
internal sealed class UsbSockets(string sysRoot)
{
    private ILookup<string, string>? _ports;

    /// <summary>Ports as devices are named by them (<c>1-2</c>, <c>1-2.3</c>), in order; none where the connector is in no such socket.</summary>
    /// <param name="connector">Its folder in sysfs.</param>
    internal ValueList<string> Of(string connector) =>
        Sysfs.LinkName(connector, "typec_connector") is { } socket ? (_ports ??= Ports())[socket].Order(StringComparer.Ordinal).ToValueList() : [];

    private ILookup<string, string> Ports() =>
        Sysfs.Entries(Path.Combine(sysRoot, "bus", "usb", "devices")).Where(device => Path.GetFileName(device).EndsWith(":1.0", StringComparison.Ordinal))
            .SelectMany(Sysfs.Entries)
            .Select(port => (Port: Name(Path.GetFileName(port)), Socket: Sysfs.LinkName(port, "connector")))
            .Where(at => at is { Port: not null, Socket: not null })
            .ToLookup(at => at.Socket!, at => at.Port!, StringComparer.Ordinal);

    /// <summary>1-2 for usb1-port2 of a root hub, 1-2.3 for 1-2-port3; null for what is no port.</summary>
    private static string? Name(string folder) => folder.Split("-port") is not [var hub, var number] ? null
        : hub.StartsWith("usb", StringComparison.Ordinal) ? $"{hub["usb".Length..]}-{number}" : $"{hub}.{number}";
}
