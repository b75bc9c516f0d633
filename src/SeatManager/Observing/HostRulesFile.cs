namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>udev's rules of what is off the host, as they are in force.</summary>
internal sealed class HostRulesFile(string path) : ISight<HostRulesObserved>
{
    public IDisposable Watch(Action changed, Action<Exception> failed) => FileWatch.Open("host rules", path, changed, failed);

    public HostRulesObserved Look(HostRulesObserved? before) => Read();

    public HostRulesObserved Read()
    {
        try
        {
            return new(File.ReadAllText(path));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return new("");
        }
    }
}
