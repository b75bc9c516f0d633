using Phyllome.Seats.OffHost;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager;

/// <summary>Where the manager finds the rest of the machine. Each has a variable of the environment, so that tests and trials need no root.</summary>
/// <param name="RuntimeDirectory"><c>PHYLLOME_SEATS_RUNTIME</c>: where the sockets of the router and the helper are.</param>
/// <param name="ConfigurationFile"><c>PHYLLOME_SEATS_CONFIGURATION</c>.</param>
/// <param name="StateDirectory"><c>STATE_DIRECTORY</c>, as systemd sets it: the journal of steps.</param>
/// <param name="LifeDirectory"><c>RUNTIME_DIRECTORY</c>, as systemd sets it: what is kept for as long as the whole is up; null to keep nothing.</param>
/// <param name="LibvirtUri"><c>PHYLLOME_SEATS_LIBVIRT</c>.</param>
/// <param name="SysRoot"><c>PHYLLOME_SEATS_SYS</c>: sysfs, for displays and graphics cards.</param>
public sealed record ManagerOptions(string RuntimeDirectory, string ConfigurationFile, string StateDirectory, string? LifeDirectory, string LibvirtUri, string SysRoot)
{
    /// <summary><c>PHYLLOME_BUS_ADDRESS</c>: the bus that logind is on; null for the system's.</summary>
    public string? BusAddress { get; init; }

    /// <summary><c>PHYLLOME_SEATS_RULES</c>: udev's rules of what is off the host; null where they are nobody's business.</summary>
    public string? HostRulesFile { get; init; }

    /// <summary><c>PHYLLOME_SEATS_INTERRUPTS</c>: the helper's file of who handled the host's interrupts before.</summary>
    public string InterruptsRecord { get; init; } = Processors.InterruptsRecord.File;

    public string RouterSocket => Path.Combine(RuntimeDirectory, "router.sock");

    public string HelperSocket => Path.Combine(RuntimeDirectory, "helper.sock");

    public string GpuHelperSocket => Path.Combine(RuntimeDirectory, "gpu-helper.sock");

    public string PresenterSocket => Path.Combine(RuntimeDirectory, "presenter.sock");

    /// <summary>Where the agents of desktops connect.</summary>
    public string DesktopSocket => Path.Combine(RuntimeDirectory, "desktop", "manager.sock");

    public string RemoteSocket => Path.Combine(RuntimeDirectory, "remote.sock");

    /// <summary>Where the sockets are that viewers come to.</summary>
    public string RemoteFolder => Path.Combine(RuntimeDirectory, "remote");

    public static ManagerOptions FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    internal static ManagerOptions FromEnvironment(Func<string, string?> variable)
    {
        return new(
            Of("PHYLLOME_SEATS_RUNTIME", "/run/phyllome-seats"),
            Of("PHYLLOME_SEATS_CONFIGURATION", "/etc/phyllome/seats.toml"),
            // systemd separates several state directories with colons; ours is the first.
            Of("STATE_DIRECTORY", "/var/lib/phyllome-seats").Split(':')[0],
            variable("RUNTIME_DIRECTORY") is { Length: > 0 } life ? life.Split(':')[0] : null,
            Of("PHYLLOME_SEATS_LIBVIRT", "qemu:///system"),
            Of("PHYLLOME_SEATS_SYS", "/sys")) { BusAddress = variable(SeatsBus.AddressVariable), HostRulesFile = Of("PHYLLOME_SEATS_RULES", UdevRules.File), InterruptsRecord = Of("PHYLLOME_SEATS_INTERRUPTS", Processors.InterruptsRecord.File) };

        string Of(string name, string otherwise) => variable(name) is { Length: > 0 } value ? value : otherwise;
    }
}
