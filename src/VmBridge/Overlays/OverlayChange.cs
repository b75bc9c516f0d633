using System.Text.Json.Serialization;

namespace Phyllome.Seats.VmBridge;

[JsonConverter(typeof(JsonStringEnumConverter<OverlayChangeKind>))]
public enum OverlayChangeKind
{
    [JsonStringEnumMemberName("added")] Added,
    [JsonStringEnumMemberName("removed")] Removed,
}

/// <summary>One difference between a stored definition and what runs at a seat.</summary>
/// <param name="Where">The element that it is a child of, from the root on: <c>domain/features/hyperv</c>.</param>
/// <param name="Xml">The element.</param>
/// <param name="Why">In words, for a person.</param>
public sealed record OverlayChange(OverlayChangeKind Kind, string Where, string Xml, string Why);
