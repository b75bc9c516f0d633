using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>What a person's process gave as the lease of a monitor.</summary>
/// <param name="sysRoot">sysfs.</param>
internal sealed class DesktopLease(string sysRoot)
{
    private const uint DrmMajor = 226;

    /// <summary>What of the card it has, and has it never make its reader wait.</summary>
    /// <param name="lease">Stays the caller's.</param>
    /// <param name="connector">With its card, <c>card0-DP-1</c>.</param>
    /// <exception cref="LinuxException">EBADMSG where it is something else, or the lease of something else.</exception>
    public ValueList<uint> ObjectsOf(FileDescriptor lease, string connector)
    {
        var node = StoredName.NodeOf(connector);
        if (lease.CharacterDevice() is not (DrmMajor, var minor) || new DirectoryInfo(Path.Combine(sysRoot, "dev/char", $"{DrmMajor}:{minor}")).ResolveLinkTarget(returnFinalTarget: true)?.Name != node)
            throw new LinuxException(Errno.EBADMSG, $"what the desktop gave is nothing of {node}");
        lease.NeverWait();
        using var card = new DrmCard(lease.Duplicate());
        card.Understand(DrmClientCapability.UniversalPlanes);
        if (card.Resources().Connectors is not [var only] || card.Connector(only).Name != connector[(node.Length + 1)..])
            throw new LinuxException(Errno.EBADMSG, $"what the desktop gave is no lease of {connector} alone");
        return card.LentObjects().ToValueList();
    }
}
