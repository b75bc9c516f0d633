namespace Phyllome.Seats.DisplayAssign.Outputs;

/// <summary>What shows a picture on one monitor.</summary>
/// <param name="Cursor">Null where there is no plane left for it.</param>
public sealed record Output(uint Connector, uint Crtc, uint Primary, uint? Cursor)
{
    /// <summary>A plane for what is above the picture; null where there is none left for it.</summary>
    public uint? Overlay { get; init; }

    /// <summary>All of it, as a lease takes it.</summary>
    public IReadOnlyList<uint> Objects => [Connector, Crtc, Primary, .. new[] { Cursor, Overlay }.OfType<uint>()];
}
