using Phyllome.Seats.Configuration;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>
/// The configuration file. Absent, it asks for nothing; with a fault, what was in force stays in force. Its directory is watched and not
/// the file, since editors write a new file and rename it over the old one; and the directory above, since that one may not exist yet.
/// </summary>
internal sealed class ConfigurationFile(string path) : ISight<ConfigurationObserved>
{
    private const WatchEvents Changes =
        WatchEvents.ClosedAfterWrite | WatchEvents.Created | WatchEvents.MovedTo | WatchEvents.MovedFrom | WatchEvents.Deleted;

    /// <summary>In force while the file has never been good: what it may ask for is not done by guess.</summary>
    private static readonly SeatsConfiguration NotKnown = SeatsConfiguration.Default with { Spawn = SpawnWish.Default with { Mode = SpawnMode.Off } };

    private readonly string _directory = Path.GetDirectoryName(path) ?? "/";

    public IDisposable Watch(Action changed, Action<Exception> failed)
    {
        var inotify = new Inotify();
        try
        {
            WatchDirectories(inotify);
            var watch = new DescriptorWatch("configuration", inotify.Descriptor, () => Take(inotify, changed), failed);
            return new Both(watch, inotify);
        }
        catch
        {
            inotify.Dispose();
            throw;
        }
    }

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

    private bool Take(Inotify inotify, Action changed)
    {
        var names = inotify.Read();
        if (names.Any(name => name.Length == 0 || name == Path.GetFileName(path) || name == Path.GetFileName(_directory)))
        {
            // The directory may be a new one under the old name.
            WatchDirectories(inotify);
            changed();
        }

        return true;
    }

    private void WatchDirectories(Inotify inotify)
    {
        if (Path.GetDirectoryName(_directory) is { } above)
            inotify.Watch(above, Changes);
        try
        {
            inotify.Watch(_directory, Changes);
        }
        catch (LinuxException absent) when (absent.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // Its creation is told by the directory above.
        }
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
