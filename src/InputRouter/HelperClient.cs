using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>A connection of the device helper: each packet hands over one descriptor.</summary>
internal sealed class HelperClient(SeqPacketSocket socket, Router router) : Client(socket, router)
{
    protected override bool Take(ReadOnlySpan<byte> packet, FileDescriptor? passed)
    {
        var errno = Errno.EBADMSG;
        try
        {
            if (passed is not null && JsonSerializer.Deserialize(packet, RoutingJson.Default.HandOver) is { } given)
                errno = Router.Take(given, passed);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            Log.Warning($"could not understand what was handed over: {exception.Message}");
        }

        Send(JsonSerializer.SerializeToUtf8Bytes(new HandOverReply((int)errno), RoutingJson.Default.HandOverReply));
        return errno == Errno.None;
    }
}
