using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Desktop;

/// <summary>
/// The way to the manager: its socket may not be there yet, and goes with the whole of Phyllome Seats. So the folders above it are watched, and it is
/// connected to when something has changed there; one that was lost is not asked again before that.
/// </summary>
internal sealed class ManagerLink : IDisposable
{
    private const WatchEvents Changes = WatchEvents.Created | WatchEvents.MovedTo;

    /// <summary>How many folders above the socket may come and go with it: that of the manager's own, and that of all sockets.</summary>
    private const int Above = 3;

    private readonly string _path;
    private readonly Inotify _inotify = new();
    private bool _hasChanged = true;

    public ManagerLink(string path) => _path = path;

    /// <summary>For epoll: something has changed in the folders.</summary>
    public FileDescriptor Folders => _inotify.Descriptor;

    public void LookAtFolders() => _hasChanged |= _inotify.Read().Count > 0;

    /// <summary>A connection, where there is somebody to connect to and something has changed since the last try; else null.</summary>
    public SeqPacketSocket? TryConnect()
    {
        if (!_hasChanged)
            return null;
        // First watched, then looked at.
        _hasChanged = false;
        Watch();
        try
        {
            return SeqPacketSocket.Connect(_path);
        }
        catch (LinuxException absent) when (absent.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ECONNREFUSED)
        {
            return null;
        }
        catch (LinuxException failure)
        {
            Log.Warning($"{failure.Message}; the seats get no monitor of this desktop until the manager is started again");
            return null;
        }
    }

    public void Dispose() => _inotify.Dispose();

    private void Watch()
    {
        var folders = new Stack<string>();
        for (var folder = Path.GetDirectoryName(_path); folder is not null && folders.Count < Above; folder = Path.GetDirectoryName(folder))
            folders.Push(folder);
        // From above: whatever comes below a folder after it is watched is told, and is watched then.
        foreach (var folder in folders)
        {
            try
            {
                _inotify.Watch(folder, Changes);
            }
            catch (LinuxException absent) when (absent.Errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                // Its creation is told by the one above.
            }
        }
    }
}
