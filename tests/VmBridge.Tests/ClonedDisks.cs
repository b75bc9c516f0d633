namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Guests with a disk to be cloned.</summary>
internal static class ClonedDisks
{
    public static string Definition(string name, string disk, string format) => Fixture.Read("headless.xml")
        .Replace("<name>headless</name>", $"<name>{name}</name>", StringComparison.Ordinal)
        .Replace("<serial type", $"""
            <disk type='file' device='disk'><driver name='qemu' type='{format}'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>
            <interface type='user'><model type='virtio'/></interface>
            <serial type
            """, StringComparison.Ordinal);
}
