using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>A connection of the manager: each request is answered in turn.</summary>
internal sealed class ManagerClient(SeqPacketSocket socket, Router router) : Client(socket, router)
{
    protected override bool Take(ReadOnlySpan<byte> packet, FileDescriptor? passed)
    {
        RouterMessage answer;
        try
        {
            var request = JsonSerializer.Deserialize(packet, RoutingJson.Default.RouterRequest);
            answer = request is null ? new RouterReply(0, RouterError.BadPacket) : Router.Answer(request);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            Log.Warning($"could not understand a request: {exception.Message}");
            answer = new RouterReply(Number(packet), RouterError.BadPacket);
        }

        Send(JsonSerializer.SerializeToUtf8Bytes(answer, RoutingJson.Default.RouterMessage));
        return false;
    }

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
