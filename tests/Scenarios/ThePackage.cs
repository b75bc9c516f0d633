namespace Phyllome.Seats.Scenarios;

/// <summary>The package that packaging/build has left in artifacts/: what is tested is what ships.</summary>
static class ThePackage
{
    public static string Artifacts { get; } = System.IO.Path.Combine(Root(), "artifacts");

    public static string Path { get; } = Directory.Exists(Artifacts) && Directory.GetFiles(Artifacts, "phyllome-seats_*.deb") is [var deb]
        ? deb
        : throw new InvalidOperationException($"There is no one package in {Artifacts}: run packaging/build first, or ./test, which does.");

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Phyllome.Seats.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}
