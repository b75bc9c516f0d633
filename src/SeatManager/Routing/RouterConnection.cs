using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Routing;

/// <summary>A connection to the router. Receives on a thread of its own; sends on the caller's, without waiting.</summary>
internal sealed class RouterConnection : IDisposable
{
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private readonly SeqPacketSocket _socket;
    private readonly DescriptorWatch _watch;

    /// <param name="received">Told of each message, on the connection's thread.</param>
    /// <param name="lost">Told once, and then of nothing more.</param>
    public RouterConnection(string path, Action<RouterMessage> received, Action<string> lost)
    {
        _socket = SeqPacketSocket.Connect(path);
        _watch = new("router", _socket.Descriptor, () => Receive(received, lost), failure => lost(failure.Message));
    }

    /// <summary>Fails with a <see cref="LinuxException"/> where the router is gone, or does not read (EAGAIN).</summary>
    public void Send(RouterRequest request)
    {
        var errno = _socket.TrySend(JsonSerializer.SerializeToUtf8Bytes(request, RoutingJson.Default.RouterRequest));
        if (errno != Errno.None)
            throw new LinuxException(errno, "could not send to the input router");
    }

    public void Dispose()
    {
        _watch.Dispose();
        _socket.Dispose();
    }

    private bool Receive(Action<RouterMessage> received, Action<string> lost)
    {
        while (_socket.TryReceive(_packet, out var passed) is { } length)
        {
            passed?.Dispose();
            if (length == 0)
            {
                lost("it closed the connection");
                return false;
            }

            if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), RoutingJson.Default.RouterMessage) is { } message)
                received(message);
        }

        return true;
    }
}
