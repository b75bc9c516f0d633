using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.VmBridge;

/// <summary>Looks at a medium with the eyes of QEMU's user. libvirt gives that user the file itself when the guest starts, and no folder.</summary>
internal static class IsoLook
{
    private const int Search = 1;

    /// <param name="isKnown">Whether libvirt has it in a pool, which may be where we can't look.</param>
    /// <param name="reader">QEMU's user and group; null where QEMU runs as the caller.</param>
    internal static IsoSight Read(string path, bool isKnown, (uint User, uint Group)? reader)
    {
        if (Directory.Exists(path))
            return new(IsThere: true, IsFolder: true);
        if (isKnown)
            return new(IsThere: true);
        if (!File.Exists(path))
            return new(IsThere: false);
        if (reader is not { } qemu)
            return new(IsThere: true, IsUnreadable: !CanOpen(path));
        var groups = Users.GroupsOf(qemu.User, qemu.Group);
        return new(IsThere: true, Closed: Folders(path).FirstOrDefault(folder => FileRights.Read(folder) is { } rights && !rights.Allow(Search, qemu.User, groups)), Reader: qemu.User);
    }

    /// <summary>From the root on, where a link leads to included.</summary>
    private static IEnumerable<string> Folders(string path)
    {
        var real = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        return Above(path).Concat(real is null ? [] : Above(real)).Reverse();
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    private static bool CanOpen(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
