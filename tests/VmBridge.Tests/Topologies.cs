using Phyllome.Seats.Processors;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Hosts of tests/data/topologies: sysfs files as <c>grep -r .</c> prints them, a line of a file after its path and a colon.</summary>
internal static class Topologies
{
    private static readonly Dictionary<string, HostTopology> Read = new(StringComparer.Ordinal);

    private static string Folder { get; } = Path.GetFullPath(Path.Combine(Fixture.Folder, "..", "topologies"));

    internal static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    internal static HostTopology Host(string name)
    {
        lock (Read)
        {
            if (!Read.TryGetValue(name, out var host))
                Read[name] = host = Unpack(name);
            return host;
        }
    }

    private static HostTopology Unpack(string name)
    {
        var root = Directory.CreateTempSubdirectory("phyllome-topology-").FullName;
        try
        {
            foreach (var file in File.ReadLines(Path.Combine(Folder, $"{name}.txt")).Select(line => line.Split(':', 2)).GroupBy(line => line[0], line => line[1]))
            {
                var path = Path.Combine(root, file.Key["/sys/".Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, string.Concat(file.Select(line => line + "\n")));
            }
            return HostTopologyReader.Read(root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
