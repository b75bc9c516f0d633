namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>
/// The daemon that libvirt's library finds for QEMU's guests: virtqemud, one of libvirt's modular daemons, or libvirtd, which is all of them in
/// one. For sentences that say what to look at.
/// </summary>
/// <param name="Name">As its unit is called.</param>
/// <param name="Absent">Those that do for virtqemud what libvirtd does itself, and that seats' guests and clones need, whose sockets are not there.</param>
public sealed record LibvirtDaemon(string Name, IReadOnlyList<string> Absent)
{
    private const string Monolithic = "libvirtd", Modular = "virtqemud";
    private static readonly string[] Helpers = ["virtnetworkd", "virtstoraged"];

    public bool IsModular => Name == Modular;

    /// <summary>What shows why a call hangs, and a helper may be what hangs.</summary>
    public string Journal => $"journalctl -u {string.Join(" -u ", All)}";

    /// <summary>What starts it; of the modular ones systemd opens the sockets, and starts each when somebody connects.</summary>
    public string Start => $"systemctl start {(IsModular ? string.Join(' ', All.Select(name => $"{name}.socket")) : Name)}";

    private IEnumerable<string> All => IsModular ? Helpers.Prepend(Name) : [Name];

    /// <summary>Looks which one it is in a directory that mirrors a computer's paths; <c>/</c> is this one.</summary>
    public static LibvirtDaemon Find(string root = "/")
    {
        bool Has(string path) => File.Exists(Path.Combine(root, path));
        bool Listens(string daemon) => Has($"run/libvirt/{daemon}-sock");
        // As the library chooses (remoteGetUNIXSocket): by the sockets that are there, virtqemud's first. Without one, it is the one that is installed.
        return Listens(Modular) || (!Listens("libvirt") && Has($"usr/sbin/{Modular}") && !Has($"usr/sbin/{Monolithic}"))
            ? new(Modular, [.. Helpers.Where(helper => !Listens(helper))])
            : new(Monolithic, []);
    }
}
