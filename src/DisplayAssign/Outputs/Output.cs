namespace Phyllome.Seats.DisplayAssign.Outputs;

/// <summary>What shows a picture on one monitor.</summary>
/// <param name="Cursor">Null where there is no plane left for it.</param>
public sealed record Output(uint Connector, uint Crtc, uint Primary, uint? Cursor)
{
    /// <summary>All of it, as a lease takes it.</summary>
    public IReadOnlyList<uint> Objects => Cursor is { } cursor ? [Connector, Crtc, Primary, cursor] : [Connector, Crtc, Primary];
}
