namespace Phyllome.Seats.Configuration;

/// <summary>How a seat's card is named where that is not by its address.</summary>
/// <param name="Id">Vendor and product, <c>10de:2684</c>, while one card alone has them; null for <c>auto</c>: a free one.</param>
public sealed record GpuPick(string? Id)
{
    public bool IsAuto => Id is null;

    public override string ToString() => Id is null ? "auto" : $"id:{Id}";
}
