namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// The way home of a seat none of whose keyboards has the keys of the home chord (a small keyboard without a right Ctrl, a remote control):
/// one key held down alone. It passes like any other when it goes down.
/// </summary>
internal static class LongPress
{
    /// <summary>How long, in microseconds.</summary>
    public const long Duration = 2_000_000;

    /// <summary>KEY_ESC, KEY_HOMEPAGE, KEY_BACK, KEY_KPENTER: the first that the seat has.</summary>
    private static ReadOnlySpan<ushort> Candidates => [1, 172, 158, 96];

    /// <returns>The key; -1 where the seat needs none or has none.</returns>
    public static int KeyOf(Seat seat, IReadOnlyList<ushort> home)
    {
        if (home.Count == 0 || home.All(key => Has(seat, key)))
            return -1;
        foreach (var key in Candidates)
        {
            if (Has(seat, key))
                return key;
        }

        return -1;
    }

    private static bool Has(Seat seat, int key) => seat.Sources.Exists(source => source.Abilities.Has(key));
}
