using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>One connection: requests and their replies in turn, until the manager closes it or asks nothing more.</summary>
internal static class Requests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="operations">Made anew for each request: what one saw of the machine is old for the next.</param>
    /// <returns>Whether there was a request, and all of them were understood and answered, whatever came of them.</returns>
    public static bool Serve(SeqPacketSocket socket, Func<Operations> operations, TextWriter log)
    {
        var buffer = new byte[SeqPacketSocket.LargestPacket];
        for (var served = 0; ; served++)
        {
            var length = Next(socket, buffer, first: served == 0);
            if (length == 0)
                return served > 0;
            if (!Answer(socket, buffer.AsSpan(0, length), operations(), log))
                return false;
        }
    }

    /// <returns>The length of the next request; 0 where none comes.</returns>
    /// <exception cref="LinuxException">ETIMEDOUT where not even the first came.</exception>
    private static int Next(SeqPacketSocket socket, byte[] buffer, bool first)
    {
        try
        {
            var length = socket.Receive(buffer, Patience, out var unasked);
            unasked?.Dispose();
            return length;
        }
        catch (LinuxException silence) when (!first && silence.Errno == Errno.ETIMEDOUT)
        {
            return 0;
        }
    }

    private static bool Answer(SeqPacketSocket socket, ReadOnlySpan<byte> packet, Operations operations, TextWriter log)
    {
        var peer = socket.Peer;
        HelperReply reply;
        var understood = true;
        try
        {
            var request = JsonSerializer.Deserialize(packet, HelpingJson.Default.HelperRequest) ?? throw new JsonException("null");
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

        using (operations.Handed)
            socket.Send(JsonSerializer.SerializeToUtf8Bytes(reply, HelpingJson.Default.HelperReply), operations.Handed);
        return understood;
    }
}
