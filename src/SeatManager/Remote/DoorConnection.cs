using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.SeatManager.Remote;

/// <summary>A connection to a door of its own. Receives on a thread of its own; sends on the caller's, without waiting.</summary>
internal sealed class DoorConnection(SeqPacketSocket socket) : IDisposable
{
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private DescriptorWatch? _watch;

    public FileDescriptor Descriptor => socket.Descriptor;

    /// <param name="received">Told of each notice, on the connection's thread.</param>
    /// <param name="lost">Told once, and then of nothing more.</param>
    public void Listen(Action<RemoteNotice> received, Action lost) =>
        _watch = new("door", socket.Descriptor, () => Receive(received, lost), _ => lost());

    /// <summary>Asks a door that was there before this manager; what it tells meanwhile is in its answer too. Before <see cref="Listen"/>.</summary>
    /// <exception cref="LinuxException">It has ended, or does not answer in time.</exception>
    /// <exception cref="JsonException">It says what no door says.</exception>
    public DoorState Ask(TimeSpan patience)
    {
        Order(new TellDoor());
        var since = Environment.TickCount64;
        while (patience - TimeSpan.FromMilliseconds(Environment.TickCount64 - since) is var left && left > TimeSpan.Zero)
        {
            var length = socket.Receive(_packet, left, out var passed);
            passed?.Dispose();
            if (length == 0)
                throw new LinuxException(Errno.ECONNRESET, "the door has ended");
            if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), RemoteJson.Default.RemoteNotice) is DoorState state)
                return state;
        }

        throw new LinuxException(Errno.ETIMEDOUT, $"the door did not say within {patience.TotalSeconds:0} s who is there");
    }

    /// <summary>Fails with a <see cref="LinuxException"/> where the door is gone, or does not read (EAGAIN).</summary>
    /// <param name="passed">Stays the caller's.</param>
    public void Order(RemoteOrder order, FileDescriptor? passed = null)
    {
        var errno = socket.TrySend(JsonSerializer.SerializeToUtf8Bytes(order, RemoteJson.Default.RemoteOrder), passed);
        if (errno != Errno.None)
            throw new LinuxException(errno, "could not reach the door of the remote display; see: journalctl -u 'phyllome-remote@*'");
    }

    /// <summary>Ends the door, whoever else has a copy of the connection.</summary>
    public void End() => socket.ShutDown();

    public void Dispose()
    {
        _watch?.Dispose();
        socket.Dispose();
    }

    private bool Receive(Action<RemoteNotice> received, Action lost)
    {
        while (socket.TryReceive(_packet, out var passed) is { } length)
        {
            passed?.Dispose();
            if (length == 0)
            {
                lost();
                return false;
            }

            if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), RemoteJson.Default.RemoteNotice) is { } notice)
                received(notice);
        }

        return true;
    }
}
