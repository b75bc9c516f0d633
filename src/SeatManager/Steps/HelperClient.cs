using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Steps;

/// <summary>Asks the device helper, which systemd starts anew for each connection. It blocks, so each request has a thread for its time.</summary>
internal sealed class HelperClient(string path, TimeSpan deadline)
{
    /// <summary>Fails with a <see cref="LinuxException"/> (ETIMEDOUT after the deadline) or a <see cref="JsonException"/>.</summary>
    public Task<HelperReply> AskAsync(HelperRequest request, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Ask(request), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private HelperReply Ask(HelperRequest request)
    {
        using var socket = SeqPacketSocket.Connect(path);
        socket.Send(JsonSerializer.SerializeToUtf8Bytes(request, HelpingJson.Default.HelperRequest));
        var packet = new byte[SeqPacketSocket.LargestPacket];
        var length = socket.Receive(packet, deadline, out var passed);
        passed?.Dispose();
        if (length == 0)
            throw new LinuxException(Errno.ECONNRESET, "the device helper ended without an answer");
        return JsonSerializer.Deserialize(packet.AsSpan(0, length), HelpingJson.Default.HelperReply)
            ?? throw new JsonException("the device helper answered null");
    }
}
