using Phyllome.Seats.Linux.Udev;

namespace Phyllome.Seats.SeatManager.Tests.Devices;

/// <summary>
/// Reads what <c>udevadm info --export-db</c> prints. A machine is added by putting that output (the blocks of <c>input</c> and
/// <c>usb</c> are enough) into tests/data/udev and its name into a test.
/// </summary>
internal static class UdevExport
{
    private static readonly string Directory = Find();

    public static IReadOnlyList<UdevRecord> Machine(params string[] names) => [.. names.SelectMany(name => Parse(File.ReadAllText(Path.Combine(Directory, $"{name}.txt"))))];

    public static IEnumerable<string> Names => System.IO.Directory.GetFiles(Directory, "*.txt").Select(Path.GetFileNameWithoutExtension).OfType<string>();

    public static IEnumerable<UdevRecord> Parse(string export)
    {
        foreach (var block in export.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var path = "";
            var properties = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in block.Split('\n'))
            {
                if (line.StartsWith("P: ", StringComparison.Ordinal))
                    path = $"/sys{line[3..]}";
                else if (line.StartsWith("E: ", StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                    properties[line[3..equals]] = line[(equals + 1)..];
            }

            if (path.Length > 0)
                yield return new(path, properties.GetValueOrDefault("SUBSYSTEM", ""), properties.GetValueOrDefault("DEVTYPE"), properties);
        }
    }

    private static string Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
            if (Path.Combine(directory, "tests", "data", "udev") is var data && System.IO.Directory.Exists(data))
                return data;
        throw new DirectoryNotFoundException("tests/data/udev is not above the test program");
    }
}
