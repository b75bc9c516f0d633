using System.Globalization;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// Reads the host's processors (Documentation/ABI/stable/sysfs-devices-system-cpu, .../sysfs-devices-node, and the two PMUs cpu_core and
/// cpu_atom by which Linux tells the cores of a hybrid processor apart). What is missing is left out; it never fails.
/// </summary>
public static class HostTopologyReader
{
    public static HostTopology Read(string sysRoot = "/sys")
    {
        var root = Path.Combine(sysRoot, "devices", "system");
        var online = List(Path.Combine(root, "cpu", "online"));
        var efficient = List(Path.Combine(sysRoot, "devices", "cpu_atom", "cpus")).ToHashSet();
        // A processor whose cores are all of that kind has nothing to tell apart.
        if (List(Path.Combine(sysRoot, "devices", "cpu_core", "cpus")).Count == 0)
            efficient.Clear();
        var nodes = Numbered(Path.Combine(root, "node"), "node").Select(number => (Number: number, Folder: Path.Combine(root, "node", $"node{number}"))).ToList();
        var nodeOf = nodes.SelectMany(node => List(Path.Combine(node.Folder, "cpulist")).Select(cpu => (cpu, node.Number)))
            .DistinctBy(pair => pair.cpu).ToDictionary(pair => pair.cpu, pair => pair.Number);
        var cores = new Dictionary<int, Core>();
        foreach (var cpu in online)
        {
            var folder = Path.Combine(root, "cpu", $"cpu{cpu}");
            var siblings = List(Path.Combine(folder, "topology", "thread_siblings_list")).Where(online.Contains).DefaultIfEmpty(cpu).ToValueList();
            var (cache, bytes) = LastCache(folder, cpu);
            cores.TryAdd(siblings.Min(), new(
                siblings, efficient.Contains(cpu) ? CoreKind.Efficient : CoreKind.Performance, cache, bytes, nodeOf.GetValueOrDefault(cpu),
                (int)(Number(Path.Combine(folder, "topology", "physical_package_id")) ?? 0)));
        }
        return new(
            cores.Values.OrderBy(core => core.Id).ToValueList(),
            nodes.OrderBy(node => node.Number).Select(node => new NumaNode(node.Number, Memory(node.Folder), HugePagesOf(node.Folder))).ToValueList());
    }

    /// <summary>The NUMA node that a PCI device is on; null where the firmware does not say.</summary>
    public static int? NodeOf(string address, string sysRoot = "/sys") =>
        Number(Path.Combine(sysRoot, "bus", "pci", "devices", address, "numa_node")) is { } node and >= 0 ? (int)node : null;

    private static (int Cache, long Bytes) LastCache(string cpuFolder, int cpu)
    {
        var folder = Path.Combine(cpuFolder, "cache");
        var last = Numbered(folder, "index").Select(index => Path.Combine(folder, $"index{index}"))
            .Where(index => Text(Path.Combine(index, "type")) != "Instruction")
            .MaxBy(index => Number(Path.Combine(index, "level")) ?? 0);
        return last is null ? (cpu, 0) : (List(Path.Combine(last, "shared_cpu_list")).DefaultIfEmpty(cpu).Min(), Size(Text(Path.Combine(last, "size"))));
    }

    private static ValueList<HugePages> HugePagesOf(string nodeFolder)
    {
        var folder = Path.Combine(nodeFolder, "hugepages");
        if (!Directory.Exists(folder))
            return [];
        return Directory.EnumerateDirectories(folder, "hugepages-*kB")
            .Select(pages => new HugePages(
                long.TryParse(Path.GetFileName(pages)["hugepages-".Length..^"kB".Length], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0,
                Number(Path.Combine(pages, "free_hugepages")) ?? 0))
            .OrderBy(pages => pages.Size).ToValueList();
    }

    /// <summary>Of <c>Node 0 MemTotal: 32768 kB</c>.</summary>
    private static long Memory(string nodeFolder)
    {
        var line = Text(Path.Combine(nodeFolder, "meminfo")).Split('\n').FirstOrDefault(line => line.Contains("MemTotal:", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., var kilobytes, "kB"]
            && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Of <c>32768K</c>.</summary>
    private static long Size(string text) =>
        text.EndsWith('K') && long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0;

    private static IEnumerable<int> Numbered(string folder, string prefix) => !Directory.Exists(folder) ? [] :
        Directory.EnumerateDirectories(folder, $"{prefix}*").Select(path => Path.GetFileName(path)[prefix.Length..])
            .Where(rest => int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(rest => int.Parse(rest, CultureInfo.InvariantCulture));

    private static ValueList<int> List(string file)
    {
        try
        {
            return CpuList.Parse(Text(file));
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static long? Number(string file) =>
        long.TryParse(Text(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
