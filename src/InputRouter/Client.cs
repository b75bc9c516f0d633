using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>One connection: packets in, packets out, never waiting for the other side.</summary>
internal abstract class Client(SeqPacketSocket socket, Router router) : Watched(socket.Descriptor)
{
    protected Router Router => router;

    public override void OnReady(PollEvents events)
    {
        FileDescriptor? passed = null;
        var kept = false;
        try
        {
            if (socket.TryReceive(router.Packet, out passed) is not { } length)
                return;
            if (length == 0)
                router.Close(this);
            else
                kept = Take(router.Packet.AsSpan(0, length), passed);
        }
        catch (LinuxException exception)
        {
            Log.Warning($"a connection was closed: {exception.Message}");
            router.Close(this);
        }
        finally
        {
            if (!kept)
                passed?.Dispose();
        }
    }

    /// <summary>Sends, or closes the connection of somebody who does not read.</summary>
    public void Send(ReadOnlySpan<byte> packet)
    {
        if (Tag == 0 || socket.TrySend(packet) is not (not Errno.None and var errno))
            return;
        Log.Warning($"a connection was closed: its other side does not take what it is sent ({errno})");
        router.Close(this);
    }

    /// <returns>Whether the descriptor was kept; otherwise it is closed.</returns>
    protected abstract bool Take(ReadOnlySpan<byte> packet, FileDescriptor? passed);
}
