using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// A folder of disks as libvirt's storage sees it: a pool that there is, or else one that is made for the while and forgotten at the end.
/// </summary>
internal sealed class CloneFolder : IDisposable
{
    private readonly bool _isOurs;

    private CloneFolder(LibvirtPool pool, string path, bool isOurs) => (Pool, Path, _isOurs) = (pool, path, isOurs);

    internal LibvirtPool Pool { get; }

    internal string Path { get; }

    internal static CloneFolder Open(LibvirtConnection connection, string folder)
    {
        if (connection.FindPoolOf(folder) is { } pool)
        {
            pool.Refresh();
            return new(pool, folder, isOurs: false);
        }
        // virt-install and virt-clone do the same, and keep the pool.
        var xml = new XElement("pool", new XAttribute("type", "dir"),
            new XElement("name", $"phyllome-{Guid.NewGuid():N}"), new XElement("target", new XElement("path", folder)));
        return new(connection.CreatePool(xml.ToString()), folder, isOurs: true);
    }

    public void Dispose()
    {
        try
        {
            if (_isOurs)
                Pool.Forget();
        }
        catch (LibvirtException)
        {
            // It is forgotten with the daemon at the latest.
        }
        Pool.Dispose();
    }
}
