using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>Who is at the other end of a unix socket, as it was when it connected.</summary>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid)
{
    /// <summary>Of a connected unix socket of any type (SO_PEERCRED).</summary>
    public static unsafe PeerCredentials Of(SafeHandle socket)
    {
        NativeLibc.ucred peer;
        var length = (uint)sizeof(NativeLibc.ucred);
        // Safety: the kernel writes at most the length that it is given.
        return NativeLibc.getsockopt(socket, NativeLibc.SOL_SOCKET, NativeLibc.SO_PEERCRED, &peer, &length) == 0
            ? new(peer.pid, peer.uid, peer.gid)
            : throw LinuxException.Last("could not ask who is at the other end of a socket");
    }
}
