using Phyllome.Seats.Configuration;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Configuration;

/// <summary>
/// Each <c>tests/data/configuration/X.toml</c> gives the diagnostics of <c>X.txt</c> beside it, also against <see cref="Machine.Example"/>
/// where the file itself is good. To add a case, add the two files.
/// </summary>
public sealed class ConfigurationCases
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "configuration");

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.toml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_configuration_file_gives_its_diagnostics(string name)
    {
        var file = $"{name}.toml";
        var (configuration, diagnostics) = SeatsToml.Parse(File.ReadAllText(Path.Combine(Folder, file)), file);
        var machine = configuration is null ? [] : MachineChecks.Check(configuration, Machine.Example).Select(fault => fault.Diagnostic);
        var told = string.Concat(diagnostics.Concat(machine).Select(diagnostic => $"{diagnostic}\n"));

        Assert.Equal(File.ReadAllText(Path.Combine(Folder, $"{name}.txt")), told);
        Assert.Equal(configuration is null, diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error));
    }

    [Fact]
    public void No_expectation_is_without_its_file() =>
        Assert.Equal(Names("*.toml"), Names("*.txt"));

    private static string[] Names(string pattern) =>
        [.. Directory.GetFiles(Folder, pattern).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
}
