namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Tables of docs/ that are made from the code, between two comments, so that they are always true.</summary>
internal static class Documented
{
    internal static string Folder { get; } = Path.GetFullPath(Path.Combine(Fixture.Folder, "..", "..", "..", "docs"));

    /// <summary>What stands in the file under that mark. With PHYLLOME_TEST_WRITE set, <paramref name="made"/> is put there first.</summary>
    internal static string Read(string file, string mark, string made)
    {
        var path = Path.Combine(Folder, file);
        var text = File.ReadAllText(path);
        string begin = $"<!-- made: {mark} -->\n", end = $"<!-- end: {mark} -->";
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        if (from < begin.Length || to < from)
            throw new InvalidDataException($"docs/{file} has no place for '{mark}'.");
        if (Environment.GetEnvironmentVariable("PHYLLOME_TEST_WRITE") is null)
            return text[from..to];
        File.WriteAllText(path, text[..from] + made + text[to..]);
        return made;
    }

    internal static string Table(IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        return string.Concat(all.Take(1).Append([.. all[0].Select(_ => "---")]).Concat(all.Skip(1)).Select(row => $"| {string.Join(" | ", row)} |\n"));
    }
}
