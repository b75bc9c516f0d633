using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>A virConnectPtr.</summary>
internal sealed class ConnectionHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>A positive answer says that callbacks or domains still refer to the connection; they close it with their own end.</summary>
    protected override bool ReleaseHandle() => NativeLibvirt.virConnectClose(handle) >= 0;
}
