using System.Text.Json.Serialization;

namespace Phyllome.Seats.Guests;

/// <summary>State of a guest, after libvirt's virDomainState.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GuestState>))]
public enum GuestState
{
    [JsonStringEnumMemberName("off")] Off,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("paused")] Paused,
    [JsonStringEnumMemberName("stopping")] Stopping,
    [JsonStringEnumMemberName("crashed")] Crashed,
    [JsonStringEnumMemberName("suspended")] Suspended,
}

/// <summary>A libvirt domain.</summary>
/// <param name="Uuid">Its UUID, by which messages name it.</param>
/// <param name="Seat">The seat that runs it, read from the running definition's own metadata; null where it runs for nobody.</param>
/// <param name="Inputs">Event numbers of the nodes that its running definition takes as inputs; empty when it is off.</param>
public sealed record Guest(Guid Uuid, string Name, GuestState State, bool Persistent, string? Seat, ValueList<int> Inputs)
{
    /// <summary>PCI addresses of the host's devices that its running definition takes, like <c>0000:01:00.0</c>; empty when it is off.</summary>
    public ValueList<string> Passed { get; init; } = [];
}
