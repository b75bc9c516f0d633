using Phyllome.Seats.Configuration;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>The configuration file. Absent, it asks for nothing; with a fault, what was in force stays in force.</summary>
internal sealed class ConfigurationFile(string path) : ISight<ConfigurationObserved>
{
    /// <summary>In force while the file has never been good: what it may ask for is not done by guess.</summary>
    private static readonly SeatsConfiguration NotKnown = SeatsConfiguration.Default with { Spawn = SpawnWish.Default with { Mode = SpawnMode.Off } };

    public IDisposable Watch(Action changed, Action<Exception> failed) => FileWatch.Open("configuration", path, changed, failed);

    public ConfigurationObserved Look(ConfigurationObserved? before)
    {
        var inForce = before?.InForce ?? NotKnown;
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(SeatsConfiguration.Default, []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(inForce, [new Diagnostic(path, null, $"Could not read it: {failure.Message} The seats stay as they are.")]);
        }

        var (configuration, fault) = SeatsToml.Parse(text, path);
        return new(configuration ?? inForce, fault);
    }
}
