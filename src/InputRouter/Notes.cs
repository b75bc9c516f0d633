using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>What the next router has to know and can't ask the kernel: routes, focus, hotkeys and live guests.</summary>
internal sealed class Notes(MemoryFile file)
{
    public FileDescriptor Descriptor => file.Descriptor;

    /// <summary>What an earlier router wrote; nothing where that can't be read.</summary>
    public RouterState Read()
    {
        try
        {
            return file.Read() is { Length: > 0 } document && JsonSerializer.Deserialize(document, RoutingJson.Default.RouterState) is { } state
                ? state
                : RouterState.Empty;
        }
        catch (Exception exception) when (exception is JsonException or LinuxException)
        {
            Log.Warning($"could not understand what an earlier router noted: {exception.Message}; the manager has to set all routes again");
            return RouterState.Empty;
        }
    }

    /// <summary>A router that can't write it down goes on; a next one would begin without it.</summary>
    public void Write(RouterState state)
    {
        try
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(state, RoutingJson.Default.RouterState));
        }
        catch (LinuxException exception)
        {
            Log.Error($"could not note the routes for a next router: {exception.Message}");
        }
    }
}
