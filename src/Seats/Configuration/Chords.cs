using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Configuration;

/// <summary>Reads <c>[hotkeys]</c>.</summary>
internal static class Chords
{
    private const int Most = 5;
    private static readonly string[] Names = ["home", "next", "previous", "focus"];

    public static Hotkeys Read(TomlReader reader, TomlTable? table)
    {
        var defaults = SeatsConfiguration.DefaultHotkeys;
        if (table is null)
            return defaults;
        reader.CheckKeys(table, "[hotkeys]", Names);
        var texts = Names.Select(name => reader.Text(table, name)).ToArray();
        ValueList<ushort>[] chords = [defaults.Home, defaults.Next, defaults.Previous, defaults.Focus];
        for (var i = 0; i < Names.Length; i++)
        {
            if (texts[i] is { } text)
                chords[i] = Chord(reader, text.Place, Names[i], text.Value);
        }
        // Told at the later one; where that is a default, at the one that stands in the file.
        for (var i = 0; i < Names.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (chords[i].Count > 0 && chords[i].Order().SequenceEqual(chords[j].Order()) && (texts[i] ?? texts[j]) is { } text)
                {
                    var (own, other) = texts[i] is null ? (j, i) : (i, j);
                    reader.Fault(text.Place, $"{Words.Quote(Names[own])} has the same keys as {Words.Quote(Names[other])}"
                        + (texts[other] is { } there ? $" on line {there.Place.Line}" : ", by default") + ": give it others");
                }
            }
        }
        return new(chords[0], chords[1], chords[2], chords[3]);
    }

    private static ValueList<ushort> Chord(TomlReader reader, Place place, string name, string text)
    {
        if (text.Trim().Length == 0)
        {
            // The one way out that needs no guest and no mouse is not to be lost.
            if (name == "home")
                reader.Fault(place, "'home' cannot be empty: it is the chord that always brings the input home");
            return [];
        }
        var keys = new List<ushort>();
        foreach (var word in text.Split('+', StringSplitOptions.TrimEntries))
        {
            if (!KeyNames.TryGetCode(word, out var code))
            {
                var key = word.ToLowerInvariant();
                var hint = Words.DidYouMean(key.StartsWith("key_", StringComparison.Ordinal) ? key[4..] : key, KeyNames.All);
                if (hint.Length == 0)
                    hint = ": keys have their evdev names, like leftctrl, tab or f1, with + between them";
                reader.Fault(place, $"{Words.Quote(word)} in {Words.Quote(name)} is no key{hint}");
            }
            else if (keys.Contains(code))
                reader.Fault(place, $"{Words.Quote(name)} has the key {Words.Quote(word)} twice: write it once");
            else
                keys.Add(code);
        }
        if (keys.Count > Most)
            reader.Fault(place, $"{Words.Quote(name)} has {keys.Count} keys: a chord has {Most} at most");
        return keys.ToValueList();
    }
}
