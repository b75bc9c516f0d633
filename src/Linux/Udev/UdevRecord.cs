namespace Phyllome.Seats.Linux.Udev;

/// <summary>The facts of one device, copied out of udev; what a block of <c>udevadm info --export-db</c> says.</summary>
/// <param name="SysPath">Full path, <c>/sys/devices/...</c>.</param>
public sealed record UdevRecord(string SysPath, string Subsystem, string? DevType, IReadOnlyDictionary<string, string> Properties)
{
    public string SysName => SysPath[(SysPath.LastIndexOf('/') + 1)..];

    public string? Property(string name) => Properties.GetValueOrDefault(name);
}
