using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>One connection: one request, one reply.</summary>
internal static class Request
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns>Whether a request was understood and answered, whatever came of it.</returns>
    public static bool Serve(SeqPacketSocket socket, Operations operations, TextWriter log)
    {
        var peer = socket.Peer;
        var buffer = new byte[SeqPacketSocket.LargestPacket];
        var length = socket.Receive(buffer, Patience, out var unasked);
        unasked?.Dispose();
        if (length == 0)
            return false;
        HelperReply reply;
        var understood = true;
        try
        {
            var request = JsonSerializer.Deserialize(buffer.AsSpan(0, length), HelpingJson.Default.HelperRequest) ?? throw new JsonException("null");
            reply = operations.Do(request);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            understood = false;
            reply = new([new((int)Errno.EBADMSG, $"could not understand the request: {exception.Message}", 0, 0)]);
        }

        foreach (var result in reply.Results)
        {
            log.WriteLine(result.Errno == 0
                ? $"<6>for user {peer.Uid}: {result.Sentence ?? $"input{result.Input}, event{result.Event} handed to the input router"}"
                : $"<4>for user {peer.Uid}: {result.Sentence}");
        }

        socket.Send(JsonSerializer.SerializeToUtf8Bytes(reply, HelpingJson.Default.HelperReply));
        return understood;
    }
}
