namespace Phyllome.Seats.InputRouter.Core;

internal enum ChordAction
{
    Home,
    Next,
    Previous,
    /// <summary>A guest by its place in reach.</summary>
    Pick,
}

/// <summary>Keys that do something when all of them are down on one seat.</summary>
/// <param name="Place">For <see cref="ChordAction.Pick"/>: which guest in reach.</param>
internal sealed record Chord(ChordAction Action, int Place, ushort[] Keys)
{
    /// <summary>A chord of modifiers alone has no order: nobody knows which Ctrl they press first.</summary>
    private readonly bool _anyOrder = Keys.All(key => key is 29 or 42 or 54 or 56 or 97 or 100 or 125 or 126);

    /// <summary>Whether this key, going down as the last of them, completes it.</summary>
    public bool EndsWith(int code) => _anyOrder ? Array.IndexOf(Keys, (ushort)code) >= 0 : Keys[^1] == code;
}
