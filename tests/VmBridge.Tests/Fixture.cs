namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Stored definitions as libvirt prints them (<c>virsh dumpxml --inactive</c>), in tests/data/domains.</summary>
internal static class Fixture
{
    internal static string Folder { get; } = Find();

    internal static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>What <paramref name="name"/> becomes under an overlay. A missing golden is written, and the test fails until it was read.</summary>
    internal static string Golden(string name, string overlay, Func<string> make)
    {
        var path = Path.Combine(Folder, "seated", $"{Path.GetFileNameWithoutExtension(name)}.{overlay}.xml");
        if (File.Exists(path))
            return File.ReadAllText(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, make());
        throw new FileNotFoundException($"There was no golden; {path} was written. Read it, and commit it.");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "tests", "data", "domains");
            if (Directory.Exists(data))
                return data;
        }
        throw new DirectoryNotFoundException("tests/data/domains is nowhere above the tests' program.");
    }
}
