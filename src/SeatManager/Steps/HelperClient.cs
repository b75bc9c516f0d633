using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Steps;

/// <summary>
/// Asks the device helper, of which systemd starts one for each connection. It blocks, so each request has a thread for its time. A seat
/// that forms asks a dozen things in a row: a connection serves the next request too, and is closed when none comes.
/// </summary>
internal sealed class HelperClient(string path, TimeSpan deadline) : IDisposable
{
    /// <summary>For how long a connection waits for the next request. The helper's own patience is 5 s.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <summary>None takes another request after this: systemd ends each helper after 60 s (RuntimeMaxSec).</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Stack<Connection> _resting = [];
    private Timer? _closing;

    /// <summary>Fails with a <see cref="LinuxException"/> (ETIMEDOUT after the deadline) or a <see cref="JsonException"/>.</summary>
    public Task<HelperReply> AskAsync(HelperRequest request, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Ask(request), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>As <see cref="AskAsync"/>, with the descriptor that comes beside the reply, which is the caller's; null where none came.</summary>
    public Task<(HelperReply Reply, FileDescriptor? Passed)> AskForAsync(HelperRequest request, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => AskFor(request), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        lock (_gate)
        {
            _closing?.Dispose();
            CloseRested();
        }
    }

    private HelperReply Ask(HelperRequest request)
    {
        var (reply, passed) = AskFor(request);
        passed?.Dispose();
        return reply;
    }

    private (HelperReply, FileDescriptor?) AskFor(HelperRequest request)
    {
        // Disposed of wherever anything fails: what a late answer would answer is not known to the next request.
        var connection = Resting() ?? new(SeqPacketSocket.Connect(path), Environment.TickCount64);
        try
        {
            var reply = Ask(connection.Socket, request);
            LetRest(connection);
            return reply;
        }
        catch
        {
            connection.Socket.Dispose();
            throw;
        }
    }

    private (HelperReply, FileDescriptor?) Ask(SeqPacketSocket socket, HelperRequest request)
    {
        socket.Send(JsonSerializer.SerializeToUtf8Bytes(request, HelpingJson.Default.HelperRequest));
        var packet = new byte[SeqPacketSocket.LargestPacket];
        var length = socket.Receive(packet, deadline, out var passed);
        try
        {
            if (length == 0)
                throw new LinuxException(Errno.ECONNRESET, "the device helper ended without an answer");
            return (JsonSerializer.Deserialize(packet.AsSpan(0, length), HelpingJson.Default.HelperReply)
                ?? throw new JsonException("the device helper answered null"), passed);
        }
        catch
        {
            passed?.Dispose();
            throw;
        }
    }

    /// <summary>The connection that rested last and whose helper is still there; null where there is none.</summary>
    private Connection? Resting()
    {
        lock (_gate)
        {
            while (_resting.TryPop(out var connection))
            {
                // Nothing is sent unasked: what can be read is the end.
                if (connection.Age < Life && Poll.Wait(connection.Socket.Descriptor, PollEvents.In, TimeSpan.Zero) == PollEvents.None)
                    return connection;
                connection.Socket.Dispose();
            }

            return null;
        }
    }

    private void LetRest(Connection connection)
    {
        lock (_gate)
        {
            _resting.Push(connection);
            _closing ??= new(_ => CloseRested());
            // From here on anew for all of them.
            _closing.Change(Rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void CloseRested()
    {
        lock (_gate)
        {
            while (_resting.TryPop(out var connection))
                connection.Socket.Dispose();
        }
    }

    private sealed class Connection(SeqPacketSocket socket, long born)
    {
        public SeqPacketSocket Socket { get; } = socket;
        public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - born);
    }
}
