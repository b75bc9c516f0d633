using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The virtual devices that guests have, found in sysfs: a person's input goes through these.</summary>
internal static class VirtualNodes
{
    /// <summary>Event nodes and names, in order; not the host's own, which the host is to hear.</summary>
    /// <param name="sysRoot">Where sysfs is.</param>
    internal static IEnumerable<(string Node, string Name)> Read(string sysRoot)
    {
        var folder = Path.Combine(sysRoot, "class", "input");
        if (!Directory.Exists(folder))
            yield break;
        foreach (var node in Directory.GetFileSystemEntries(folder, "event*").Order(StringComparer.Ordinal))
        {
            if (Text(node, "phys") is { } phys && VirtualPhys.IsOurs(phys) && !VirtualPhys.IsHosts(phys))
                yield return ($"/dev/input/{Path.GetFileName(node)}", Text(node, "name") ?? phys);
        }
    }

    /// <summary>Null where the device has gone meanwhile.</summary>
    private static string? Text(string node, string attribute)
    {
        try
        {
            return File.ReadAllText(Path.Combine(node, "device", attribute)).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
