using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>Keeps descriptors beyond the life of the process.</summary>
internal interface IDescriptorStore
{
    void Keep(string name, FileDescriptor descriptor);

    void Forget(string name);
}

/// <summary>The service manager's descriptor store.</summary>
internal sealed class ServiceManagerStore : IDescriptorStore
{
    public void Keep(string name, FileDescriptor descriptor) => ServiceManager.Store(name, descriptor);

    public void Forget(string name) => ServiceManager.Forget(name);
}

/// <summary>Under which names sources and sinks are kept: all that a later router has to know of them.</summary>
internal static class StoredName
{
    /// <summary>A <see cref="MemoryFile"/> with the router's state.</summary>
    public const string Notes = "notes";

    private const string ClonePrefix = "clone.";

    /// <summary>In which order they are taken back: a sink before its node, and sources last, so that nothing is routed before its sinks are known.</summary>
    public static int Order(string name) => Array.IndexOf(["sink", "node", "source"], name.Split('-')[0]);

    /// <summary>Only a grabbed source is ever stored, so that one that comes back is grabbed.</summary>
    public static string OfSource(int input) => $"source-{input}";

    /// <param name="clone">What it is a clone of; null for a keyboard and a pointer.</param>
    public static string OfSink(int input, int @event, Guid guest, SinkKind kind, string? clone = null) =>
        $"sink-{input}-{@event}-{(kind == SinkKind.Keyboard ? "keyboard" : kind == SinkKind.Pointer ? "pointer" : ClonePrefix + clone)}-{guest}";

    public static string OfSinkNode(int input) => $"node-{input}";

    public static bool TryReadSource(string name, out int input) => TryReadNumber(name, "source", out input);

    public static bool TryReadSinkNode(string name, out int input) => TryReadNumber(name, "node", out input);

    public static bool TryReadSink(string name, [NotNullWhen(true)] out GiveSink? sink)
    {
        sink = name.Split('-', 5) is ["sink", var input, var @event, var kind, var guest]
            && (kind is "keyboard" or "pointer" || kind.StartsWith(ClonePrefix, StringComparison.Ordinal))
            && int.TryParse(input, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            && int.TryParse(@event, NumberStyles.None, CultureInfo.InvariantCulture, out var e)
            && Guid.TryParse(guest, out var id)
                ? new(i, e, id, kind == "keyboard" ? SinkKind.Keyboard : kind == "pointer" ? SinkKind.Pointer : SinkKind.Clone)
                {
                    CloneOf = kind.StartsWith(ClonePrefix, StringComparison.Ordinal) ? kind[ClonePrefix.Length..] : null,
                }
                : null;
        return sink is not null;
    }

    private static bool TryReadNumber(string name, string kind, out int input)
    {
        input = 0;
        return name.Split('-') is [var first, var number] && first == kind && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out input);
    }
}
