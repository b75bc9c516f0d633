using System.Globalization;

namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>Finds the processes that have a card's node open, by /proc/PID/fd: one's own, and as root everyone's.</summary>
internal static class HolderSearch
{
    /// <summary>It opens a card for the session whose compositor draws on it, and keeps what it gave.</summary>
    private const string Logind = "systemd-logind";

    internal static (ValueList<Holder> Holders, bool AllSeen) Read(string root, ValueList<PciFunction> pci)
    {
        var nodes = new Dictionary<string, string[]>();
        var found = new List<Holder>();
        var all = true;
        foreach (var process in Sysfs.Entries(Path.Combine(root, "proc")))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            var files = Files(process);
            // A process that is gone meanwhile holds nothing.
            all &= files is not null || Sysfs.Text(process, "comm") is null;
            foreach (var node in (files ?? []).Select(file => Target(file)).OfType<string>().Distinct())
            {
                if (!nodes.TryGetValue(node, out var gpus))
                    nodes[node] = gpus = [.. Gpus(root, node, pci)];
                found.AddRange(gpus.Select(gpu => new Holder(id, Sysfs.Text(process, "comm") ?? "", Session(process), gpu, node)));
            }
        }
        // Who is to be told is the compositor; logind alone is a session whose processes were not seen.
        found.RemoveAll(holder => holder.Command == Logind && found.Exists(other => other.Gpu == holder.Gpu && other.Command != Logind));
        return (found.OrderBy(holder => holder.Process).ThenBy(holder => holder.Node, StringComparer.Ordinal).ToValueList(), all);
    }

    /// <summary>Null where they are not for this user to read. A kernel thread has none.</summary>
    private static string[]? Files(string process)
    {
        try
        {
            return Directory.GetFileSystemEntries(Path.Combine(process, "fd"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Target(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget is { } target && target.StartsWith("/dev/", StringComparison.Ordinal) ? target : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The cards that a node of /dev leads to; some of NVIDIA's and AMD's nodes lead to all that their driver has.</summary>
    private static IEnumerable<string> Gpus(string root, string node, ValueList<PciFunction> pci)
    {
        var name = Path.GetFileName(node);
        if (node.StartsWith("/dev/dri/", StringComparison.Ordinal))
            return Sysfs.PciOf(Path.Combine(root, "sys/class/drm", name)) is { } address ? [address] : [];
        if (node.StartsWith("/dev/vfio/", StringComparison.Ordinal) && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var group))
            return pci.Where(function => function.IsDisplay && (function.Group == group || function.Mediated.Any(device => device.Group == group))).Select(function => function.Address);
        if (name == "kfd")
            return pci.Where(function => function.Driver == "amdgpu").Select(function => function.Address);
        if (!name.StartsWith("nvidia", StringComparison.Ordinal))
            return [];
        var theirs = pci.Where(function => function.Driver == "nvidia").Select(function => function.Address).ToList();
        var numbered = theirs.Where(address => Minor(root, address) is { } minor && name == $"nvidia{minor}").ToList();
        return numbered.Count > 0 ? numbered : theirs;
    }

    private static string? Minor(string root, string address) =>
        Sysfs.Named(Sysfs.Text(Path.Combine(root, "proc/driver/nvidia/gpus", address), "information"), "Device Minor");

    /// <summary>The last scope or service of its control group: <c>session-2.scope</c>, <c>user@1000.service</c> before its own.</summary>
    private static string? Session(string process) =>
        Sysfs.Text(process, "cgroup")?.Split('\n')[^1].Split('/').FirstOrDefault(part =>
            part.StartsWith("session-", StringComparison.Ordinal) || part.StartsWith("user@", StringComparison.Ordinal) || part.EndsWith(".service", StringComparison.Ordinal)
            || part.EndsWith(".scope", StringComparison.Ordinal));
}
