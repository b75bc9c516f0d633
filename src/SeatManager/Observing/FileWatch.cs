using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>
/// Tells of every change to a file. Its directory is watched and not the file, since who changes it writes a new file and renames it over
/// the old one; and the directory above, since that one may not exist yet.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    private const WatchEvents Changes =
        WatchEvents.ClosedAfterWrite | WatchEvents.Created | WatchEvents.MovedTo | WatchEvents.MovedFrom | WatchEvents.Deleted;

    private readonly string _path;
    private readonly string _directory;
    private readonly Inotify _inotify = new();
    private readonly DescriptorWatch _watch;

    private FileWatch(string name, string path, Action changed, Action<Exception> failed)
    {
        (_path, _directory) = (path, Path.GetDirectoryName(path) ?? "/");
        try
        {
            WatchDirectories();
            _watch = new DescriptorWatch(name, _inotify.Descriptor, () => Take(changed), failed);
        }
        catch
        {
            _inotify.Dispose();
            throw;
        }
    }

    public static FileWatch Open(string name, string path, Action changed, Action<Exception> failed) => new(name, path, changed, failed);

    public void Dispose()
    {
        _watch.Dispose();
        _inotify.Dispose();
    }

    private bool Take(Action changed)
    {
        var names = _inotify.Read();
        if (names.Any(name => name.Length == 0 || name == Path.GetFileName(_path) || name == Path.GetFileName(_directory)))
        {
            // The directory may be a new one under the old name.
            WatchDirectories();
            changed();
        }

        return true;
    }

    private void WatchDirectories()
    {
        if (Path.GetDirectoryName(_directory) is { } above)
            _inotify.Watch(above, Changes);
        try
        {
            _inotify.Watch(_directory, Changes);
        }
        catch (LinuxException absent) when (absent.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            // Its creation is told by the directory above.
        }
    }
}
