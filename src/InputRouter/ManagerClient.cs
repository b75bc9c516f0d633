using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>A connection of the manager: each request is answered, when it is done.</summary>
internal sealed class ManagerClient(SeqPacketSocket socket, Router router) : Client(socket, router)
{
    protected override bool Take(ReadOnlySpan<byte> packet, FileDescriptor? passed)
    {
        try
        {
            if (JsonSerializer.Deserialize(packet, RoutingJson.Default.RouterRequest) is { } request)
                Router.Answer(request, Send);
            else
                Send(new RouterReply(0, RouterError.BadPacket));
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            Log.Warning($"could not understand a request: {exception.Message}");
            Send(new RouterReply(Number(packet), RouterError.BadPacket));
        }

        return false;
    }

    private void Send(RouterMessage answer) => Send(JsonSerializer.SerializeToUtf8Bytes(answer, RoutingJson.Default.RouterMessage));

    /// <summary>The number of a request that is otherwise not understood; 0 where it has none.</summary>
    private static long Number(ReadOnlySpan<byte> packet)
    {
        try
        {
            var reader = new Utf8JsonReader(packet);
            return JsonElement.TryParseValue(ref reader, out var document)
                && document.Value.ValueKind == JsonValueKind.Object
                && document.Value.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.Number
                && id.TryGetInt64(out var number) ? number : 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}
