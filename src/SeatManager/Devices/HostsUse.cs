using System.Globalization;

namespace Phyllome.Seats.SeatManager.Devices;

/// <summary>
/// What the host has on its USB devices: file systems that are mounted, swap, parts of volumes and arrays, network interfaces. Such a device
/// is no seat's.
/// </summary>
internal static class HostsUse
{
    private const string OfVolume = "it is part of";

    /// <summary>In words, by the sysfs paths of the USB devices; those above it (a hub) are not among them.</summary>
    public static Dictionary<string, string> Read(string sysRoot = "/sys", string procRoot = "/proc")
    {
        var uses = new Dictionary<string, string>(StringComparer.Ordinal);
        var mounts = new Mounts(sysRoot, procRoot);
        foreach (var (name, path) in Entries($"{sysRoot}/class/block"))
        {
            if (UsbDeviceAbove(path) is { } usb && mounts.Of(name) is { } use && (!uses.TryGetValue(usb, out var before) || before.StartsWith(OfVolume, StringComparison.Ordinal)))
                uses[usb] = use;
        }
        foreach (var (name, path) in Entries($"{sysRoot}/class/net"))
        {
            if (UsbDeviceAbove(path) is { } usb)
                uses.TryAdd(usb, $"it is the network interface {name}");
        }
        return uses;
    }

    /// <summary>The names in a folder of links, with where they lead to.</summary>
    private static IEnumerable<(string Name, string Path)> Entries(string folder)
    {
        foreach (var link in Listed(folder))
        {
            if (Target(link) is { } path)
                yield return (Path.GetFileName(link), path);
        }
    }

    private static string[] Listed(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Target(string link)
    {
        try
        {
            return Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The innermost folder above that is a USB device; interfaces have no <c>devnum</c>.</summary>
    private static string? UsbDeviceAbove(string path)
    {
        for (var above = Path.GetDirectoryName(path); above is { Length: > 1 }; above = Path.GetDirectoryName(above))
        {
            if (File.Exists($"{above}/devnum") && File.Exists($"{above}/busnum"))
                return above;
        }
        return null;
    }

    /// <summary>What is mounted from block devices, whatever lies between the two.</summary>
    private sealed class Mounts
    {
        private readonly string _sysRoot;

        /// <summary>Mount points, by the number of the device and by its name.</summary>
        private readonly Dictionary<string, string> _mounted = new(StringComparer.Ordinal);
        private readonly HashSet<string> _swaps = new(StringComparer.Ordinal), _btrfs = new(StringComparer.Ordinal);
        private readonly bool _zfs;

        public Mounts(string sysRoot, string procRoot)
        {
            _sysRoot = sysRoot;
            foreach (var fields in Lines($"{procRoot}/1/mountinfo").Select(line => line.Split(' ')))
            {
                // proc(5): id, parent, device, root, mount point, options, tags up to a lone dash, then type and source.
                var dash = Array.IndexOf(fields, "-");
                if (dash < 6 || dash + 2 >= fields.Length)
                    continue;
                _mounted.TryAdd(fields[2], fields[4]);
                if (fields[dash + 2].StartsWith("/dev/", StringComparison.Ordinal))
                    _mounted.TryAdd(Name(fields[dash + 2]), fields[4]);
                _zfs |= fields[dash + 1] == "zfs";
            }
            foreach (var swap in Lines($"{procRoot}/swaps").Skip(1).Select(line => line.Split(' ')[0]).Where(swap => swap.StartsWith("/dev/", StringComparison.Ordinal)))
                _swaps.Add(Name(swap));
            // Of a file system on several disks the kernel tells one; all of those that it has are here.
            foreach (var device in Listed($"{sysRoot}/fs/btrfs").SelectMany(system => Listed($"{system}/devices")))
                _btrfs.Add(Path.GetFileName(device));
        }

        /// <summary>Null for nothing.</summary>
        public string? Of(string name) => Of(name, []);

        private string? Of(string name, HashSet<string> seen)
        {
            if (!seen.Add(name))
                return null;
            var folder = $"{_sysRoot}/class/block/{name}";
            if (_mounted.TryGetValue(Text($"{folder}/dev"), out var point) || _mounted.TryGetValue(name, out point))
                return $"{Unescaped(point)} is mounted from it";
            if (_swaps.Contains(name))
                return "the host swaps to it";
            if (_btrfs.Contains(name))
                return $"{OfVolume} a file system that is mounted";
            string[] above = [.. Listed($"{folder}/holders").Select(Path.GetFileName).OfType<string>()];
            if (above.Select(holder => Of(holder, seen)).FirstOrDefault(use => use is not null) is { } use)
                return use;
            if (above.Length > 0)
                return $"{OfVolume} {above.Min(StringComparer.Ordinal)}, which the host has set up";
            // ZFS tells nobody which disks are its own.
            return _zfs ? "the host has ZFS mounted, and this may be one of its disks" : null;
        }

        private static string Name(string device) => Path.GetFileName(File.Exists(device) ? Path.GetFullPath(new FileInfo(device).ResolveLinkTarget(true)?.FullName ?? device) : device);

        private static string Text(string file) => Lines(file).FirstOrDefault("").Trim();

        private static string[] Lines(string file)
        {
            try
            {
                return File.ReadAllLines(file);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }

        /// <summary>Spaces and the like are octal (proc(5)).</summary>
        private static string Unescaped(string point)
        {
            for (var at = point.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at + 3 < point.Length; at = point.IndexOf('\\', at + 1))
            {
                var digits = point.AsSpan(at + 1, 3);
                if (digits.IndexOfAnyExceptInRange('0', '7') < 0)
                    point = string.Concat(point.AsSpan(0, at), ((char)Convert.ToInt32(digits.ToString(), 8)).ToString(CultureInfo.InvariantCulture), point.AsSpan(at + 4));
            }
            return point;
        }
    }
}
