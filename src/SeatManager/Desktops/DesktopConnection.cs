using System.Text.Json;
using Phyllome.Seats.Desktops;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Desktops;

/// <summary>A connection that an agent of a desktop has made. Receives on a thread of its own; sends on the caller's, without waiting.</summary>
internal sealed class DesktopConnection(SeqPacketSocket socket) : IDisposable
{
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private DescriptorWatch? _watch;

    public FileDescriptor Descriptor => socket.Descriptor;

    /// <summary>Whose agent it is, by the kernel.</summary>
    public uint User { get; } = socket.Peer.Uid;

    /// <param name="received">Told of each notice, with what came beside it, which is then its to dispose of. On the connection's thread.</param>
    /// <param name="lost">Told once, and then of nothing more: it has ended, or says what no agent says.</param>
    public void Listen(Action<DesktopNotice, FileDescriptor?> received, Action<string> lost) =>
        _watch = new("desktop", socket.Descriptor, () => Receive(received, lost), failure => lost(failure.Message));

    /// <summary>What an agent that was there before this manager answers to <see cref="TellDesktop"/>; what it tells meanwhile is in it too. Before <see cref="Listen"/>.</summary>
    /// <exception cref="LinuxException">It has ended, or does not answer in time.</exception>
    /// <exception cref="JsonException">It says what no agent says.</exception>
    /// <exception cref="NotSupportedException">The same.</exception>
    public DesktopHas Answer(TimeSpan patience)
    {
        var since = Environment.TickCount64;
        while (patience - TimeSpan.FromMilliseconds(Environment.TickCount64 - since) is var left && left > TimeSpan.Zero)
        {
            var length = socket.Receive(_packet, left, out var passed);
            passed?.Dispose();
            if (length == 0)
                throw new LinuxException(Errno.ECONNRESET, "the agent has ended");
            if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), DesktopsJson.Default.DesktopNotice) is DesktopHas { IsSane: true } has)
                return has;
        }

        throw new LinuxException(Errno.ETIMEDOUT, $"the agent did not say within {patience.TotalSeconds:0} s what its desktop has");
    }

    /// <summary>Fails with a <see cref="LinuxException"/> where the agent is gone, or does not read (EAGAIN).</summary>
    public void Order(DesktopOrder order)
    {
        var errno = socket.TrySend(JsonSerializer.SerializeToUtf8Bytes(order, DesktopsJson.Default.DesktopOrder));
        if (errno != Errno.None)
            throw new LinuxException(errno, "could not reach the agent in the desktop's session; see there: journalctl --user -u phyllome-desktop");
    }

    /// <summary>Ends the connection, whoever else has a copy of it.</summary>
    public void End() => socket.ShutDown();

    public void Dispose()
    {
        _watch?.Dispose();
        socket.Dispose();
    }

    private bool Receive(Action<DesktopNotice, FileDescriptor?> received, Action<string> lost)
    {
        while (socket.TryReceive(_packet, out var passed) is { } length)
        {
            if (length == 0)
            {
                passed?.Dispose();
                lost("it has ended");
                return false;
            }

            DesktopNotice? notice = null;
            try
            {
                notice = JsonSerializer.Deserialize(_packet.AsSpan(0, length), DesktopsJson.Default.DesktopNotice);
            }
            finally
            {
                if (notice is null)
                    passed?.Dispose();
            }

            if (notice is not null)
                received(notice, passed);
        }

        return true;
    }
}
