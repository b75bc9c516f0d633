namespace Phyllome.Seats.Linux.Libc;

/// <summary>A unix socket of type SOCK_STREAM that listens, for whoever is handed it. Closing it leaves its path, which others may have.</summary>
public static class StreamListener
{
    /// <summary>So many callers wait to be taken; the kernel has those after them wait in connect(2).</summary>
    private const int Backlog = 64;

    /// <param name="path">Does not exist yet.</param>
    public static unsafe FileDescriptor Listen(string path)
    {
        var number = NativeLibc.socket(NativeLibc.AF_UNIX, NativeLibc.SOCK_STREAM | NativeLibc.SOCK_CLOEXEC, 0);
        var socket = number >= 0 ? new FileDescriptor(number) : throw LinuxException.Last("could not make a socket");
        try
        {
            var address = SeqPacketSocket.Address(path, out var length);
            // Safety: the address is on this stack and as long as is said.
            return NativeLibc.bind(socket, &address, length) == 0 && NativeLibc.listen(socket, Backlog) == 0
                ? socket
                : throw LinuxException.Last($"could not listen on {path}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
