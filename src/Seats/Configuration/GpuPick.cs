namespace Phyllome.Seats.Configuration;

/// <summary>How a seat's card is named where that is not by its address.</summary>
/// <param name="Id">Vendor and product, <c>10de:2684</c>, while one card alone has them; null for <c>auto</c>, a free one, and for a part.</param>
public sealed record GpuPick(string? Id)
{
    /// <summary>The part of a card that it is; null for a whole one.</summary>
    public GpuPart? Part { get; init; }

    public bool IsAuto => Id is null && Part is null;

    public override string ToString() => Part?.ToString() ?? (Id is null ? "auto" : $"id:{Id}");
}
