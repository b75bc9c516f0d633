using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>All chords in force, the longest first, so that leftmeta+leftshift+tab wins over leftmeta+tab.</summary>
internal sealed class ChordBook
{
    private readonly Chord[] _chords;
    private readonly bool[] _last = new bool[SinkCodes.KeyCount];

    public ChordBook(Hotkeys hotkeys)
    {
        Hotkeys = hotkeys;
        _chords = [.. Read(hotkeys).OrderByDescending(chord => chord.Keys.Length)];
        for (var code = 0; code < _last.Length; code++)
            _last[code] = _chords.Any(chord => chord.EndsWith(code));
    }

    public Hotkeys Hotkeys { get; }

    private static ReadOnlySpan<ushort> FunctionKeys => [59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88];

    private static ReadOnlySpan<ushort> Digits => [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

    /// <summary>The chord that this key, which just went down, completes on the seat; null where there is none.</summary>
    public Chord? Completed(Seat seat, int code)
    {
        if (!_last[code])
            return null;
        foreach (var chord in _chords)
        {
            if (chord.EndsWith(code) && IsDown(seat, chord))
                return chord;
        }

        return null;
    }

    private static bool IsDown(Seat seat, Chord chord)
    {
        foreach (var key in chord.Keys)
        {
            if (!seat.HasDown(key))
                return false;
        }

        return true;
    }

    private static List<Chord> Read(Hotkeys hotkeys)
    {
        var chords = new List<Chord>();
        Add(ChordAction.Home, 0, [.. hotkeys.Home]);
        Add(ChordAction.Next, 0, [.. hotkeys.Next]);
        Add(ChordAction.Previous, 0, [.. hotkeys.Previous]);
        if (hotkeys.Focus.Count > 0)
        {
            var row = Row(hotkeys.Focus[^1]);
            for (var place = 0; place < row.Length; place++)
                Add(ChordAction.Pick, place, [.. hotkeys.Focus.Take(hotkeys.Focus.Count - 1), row[place]]);
        }

        return chords;

        void Add(ChordAction action, int place, ushort[] keys)
        {
            if (keys.Length > 0)
                chords.Add(new(action, place, keys));
        }
    }

    /// <summary>The keys of the row from this one on: f1 to f12, 1 to 0; any other key is a row of its own.</summary>
    private static ushort[] Row(ushort first)
    {
        foreach (var row in (ReadOnlySpan<ushort[]>)[FunctionKeys.ToArray(), Digits.ToArray()])
        {
            if (Array.IndexOf(row, first) is >= 0 and var start)
                return row[start..];
        }

        return [first];
    }
}
