namespace Phyllome.Seats.Devices;

/// <summary>The name of a device outside: the selector that picks it.</summary>
public static class DeviceName
{
    /// <summary><c>port:1-2.3</c>, else <c>bt:…</c>, else <c>path:…</c>, else <c>name:…</c>.</summary>
    public static string Of(Device device) => device switch
    {
        { Port: { } port } => $"port:{port}",
        { Address: { } address } => $"bt:{address}",
        { Path: { } path } => $"path:{path}",
        _ => $"name:{device.Name}",
    };
}
