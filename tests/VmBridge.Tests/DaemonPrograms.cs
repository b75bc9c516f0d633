namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>
/// libvirt's daemons that the tests run: libvirtd, or the modular ones of the folder that PHYLLOME_MODULAR_DAEMONS names, as
/// <c>tests/modular-daemons</c> builds them.
/// </summary>
/// <param name="Daemon">The one that has the guests.</param>
/// <param name="Socket">Its socket's name.</param>
/// <param name="Drivers">Where it has its drivers from.</param>
internal sealed record DaemonPrograms(string Daemon, string Socket, string Drivers)
{
    internal const string Variable = "PHYLLOME_MODULAR_DAEMONS";

    private static readonly DaemonPrograms Monolithic = new("/usr/sbin/libvirtd", "libvirt-sock", "/usr/lib/x86_64-linux-gnu/libvirt/connection-driver");

    internal static DaemonPrograms Here { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? Modular(folder) : Monolithic;

    internal bool IsModular => this != Monolithic;

    internal bool HasQemu => File.Exists(Daemon) && File.Exists($"{Drivers}/libvirt_driver_qemu.so") && File.Exists("/usr/bin/qemu-system-x86_64");

    internal bool HasStorage => File.Exists($"{Drivers}/libvirt_driver_storage.so") && File.Exists("/usr/bin/qemu-img");

    /// <summary>Who says that they are there is not to see tests skipped.</summary>
    /// <param name="named">Absolute, or below one of the folders that this program is in.</param>
    private static DaemonPrograms Modular(string named)
    {
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var folder = Path.Combine(above.FullName, named);
            if (File.Exists($"{folder}/sbin/virtqemud"))
                return new($"{folder}/sbin/virtqemud", "virtqemud-sock", $"{folder}/lib/libvirt/connection-driver");
        }

        throw new FileNotFoundException($"{Variable} says that libvirt's modular daemons are in {named}, and no sbin/virtqemud is there; tests/modular-daemons builds them.");
    }
}
