using System.Globalization;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>
/// A process that hands a card over carries its address as its name, so that whoever comes next, be it of a service that was started anew, finds
/// one that never came back from the kernel. Nothing has to be kept for it: the mark ends with the hand-over, or with the process.
/// </summary>
internal static class HandOverMark
{
    /// <summary>What the kernel keeps of a process's name (TASK_COMM_LEN without its end).</summary>
    private const int Longest = 15;

    /// <summary>Just long enough for <c>gpu0000:01:00.0</c>.</summary>
    internal static string Name(string address) => $"gpu{address}" is { Length: > Longest } longer ? longer[..Longest] : $"gpu{address}";

    /// <summary>Of a process that is at no card.</summary>
    private const string Unmarked = "phyllome-device";

    /// <summary>Marks this process, and gives the one that was at the same card before it; null where none is.</summary>
    /// <param name="root">The directory that mirrors the machine.</param>
    internal static int? Set(string root, string address)
    {
        var proc = Path.Combine(root, "proc");
        if (At(proc, address) is [var first, ..])
            return first.Process;
        Call(root, Name(address));
        // Of two who come at once, the one that began first.
        var mine = (Began: Began(Path.Combine(proc, "self")) ?? long.MaxValue, Environment.ProcessId);
        return At(proc, address).Where(other => (other.Began, other.Process).CompareTo(mine) < 0).Select(other => (int?)other.Process).FirstOrDefault();
    }

    /// <summary>Ends what <see cref="Set"/> began; where another one is at the card, too.</summary>
    internal static void Clear(string root) => Call(root, Unmarked);

    private static void Call(string root, string name)
    {
        var own = Path.Combine(root, "proc/self/comm");
        if (File.Exists(own))
            File.WriteAllText(own, name);
    }

    /// <summary>All other processes that are at a card.</summary>
    private static List<(int Process, long Began)> At(string proc, string address)
    {
        var found = new List<(int, long)>();
        foreach (var folder in Directory.Exists(proc) ? Directory.EnumerateDirectories(proc) : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process != Environment.ProcessId
                && Text(folder, "comm")?.TrimEnd('\n') == Name(address) && Began(folder) is { } began)
                found.Add((process, began));
        }
        return found;
    }

    /// <summary>Of /proc/PID/stat, field 22: ticks after the boot. The name in it may have blanks and brackets of its own.</summary>
    private static long? Began(string folder) =>
        Text(folder, "stat") is { } stat && stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 19 } fields
        && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;

    private static string? Text(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
