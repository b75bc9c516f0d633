using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Phyllome.Seats.Configuration;

/// <summary>Takes checked values out of tables, and collects what is wrong with them.</summary>
internal sealed class TomlReader(string file)
{
    private readonly List<Diagnostic> _diagnostics = [];

    /// <summary>All that was found, in the order of the file.</summary>
    public ValueList<Diagnostic> Diagnostics => _diagnostics
        .OrderBy(d => d.Place?.Line).ThenBy(d => d.Place?.Column).ThenBy(d => d.Sentence, StringComparer.Ordinal).Distinct().ToValueList();

    public bool Failed => _diagnostics.Any(d => d.Severity == Severity.Error);

    public void Fault(Place place, string sentence) => _diagnostics.Add(new(file, place, sentence));

    public void Warn(Place place, string sentence) => _diagnostics.Add(new(file, place, sentence, Severity.Warning));

    public void NotInForce(Place place, string what) => Warn(place, $"{what} is read but not in force in this version");

    /// <summary>Tells of every key that is not in the list.</summary>
    /// <param name="where">The table as it is written: <c>[host]</c>.</param>
    public void CheckKeys(TomlTable table, string where, params string[] known)
    {
        foreach (var (key, entry) in table.Entries)
        {
            if (!known.Contains(key))
                Fault(entry.Key, $"unknown key {Words.Quote(key)} in {where}{Hint(key, known)}");
        }
    }

    /// <summary>The nearest of the words, or all of them.</summary>
    public static string Hint(string word, params string[] known) => Words.Nearest(word, known) is null
        ? $": there {(known.Length == 1 ? "is" : "are")} {Words.List(known)}"
        : Words.DidYouMean(word, known);

    public (Place Place, string Value)? Text(TomlTable table, string key)
    {
        if (!table.Entries.TryGetValue(key, out var entry))
            return null;
        if (entry.Value is TomlText text)
            return (text.Place, text.Value);
        Fault(entry.Value.Place, $"{Words.Quote(key)} is {entry.Value.Kind}, but takes a string in quotes");
        return null;
    }

    /// <summary>Null where the key is not there or is told of.</summary>
    public bool? Truth(TomlTable table, string key)
    {
        if (!table.Entries.TryGetValue(key, out var entry))
            return null;
        if (entry.Value is TomlTruth truth)
            return truth.Value;
        Fault(entry.Value.Place, $"{Words.Quote(key)} is {entry.Value.Kind}, but takes true or false");
        return null;
    }

    /// <summary>One of an enumeration's words, which are those that it has in JSON; null where the key is not there or is told of.</summary>
    public T? OneOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(TomlTable table, string key) where T : struct, Enum
    {
        if (Text(table, key) is not { } text)
            return null;
        var words = EnumWords.All<T>();
        foreach (var (word, value) in words)
        {
            if (word == text.Value)
                return value;
        }
        Fault(text.Place, $"{Words.Quote(key)} cannot be {Words.Quote(text.Value)}: it is one of {Words.List([.. words.Select(pair => pair.Word)], "or")}");
        return null;
    }

    /// <summary>The strings of a list; those that are none are told of and left out. Null where the key is not there or is no list.</summary>
    public List<(Place Place, string Value)>? Texts(TomlTable table, string key)
    {
        if (!table.Entries.TryGetValue(key, out var entry))
            return null;
        if (entry.Value is not TomlList { OfTables: false } list)
        {
            var instead = entry.Value is TomlText text ? $": write {key} = [\"{Words.Quote(text.Value)[1..^1]}\"]" : "";
            Fault(entry.Value.Place, $"{Words.Quote(key)} is {entry.Value.Kind}, but takes a list of strings{instead}");
            return null;
        }
        var texts = new List<(Place, string)>();
        foreach (var item in list.Items)
        {
            if (item is TomlText element)
                texts.Add((element.Place, element.Value));
            else
                Fault(item.Place, $"{Words.Quote(key)} is a list of strings, but holds {item.Kind}");
        }
        return texts;
    }

    /// <summary>The selectors of a list of the given kinds, each once.</summary>
    public List<(Place Place, Selector Selector)> Selectors(TomlTable table, string key, ValueList<SelectorKind> allowed)
    {
        var selectors = new List<(Place Place, Selector Selector)>();
        foreach (var (place, text) in Texts(table, key) ?? [])
        {
            if (!Configuration.Selectors.TryParse(text, allowed, out var selector, out var fault))
                Fault(place, fault);
            else if (selectors.Exists(other => other.Selector == selector))
                Fault(place, $"{Words.Quote(text)} stands twice in {Words.Quote(key)}: remove one");
            else
                selectors.Add((place, selector));
        }
        return selectors;
    }

    /// <summary>A span of time like <c>10min</c> or <c>1h 30min</c>.</summary>
    public TimeSpan? Duration(TomlTable table, string key)
    {
        if (Text(table, key) is not { } text)
            return null;
        var good = text.Value.Length > 0;
        long seconds = 0;
        var rest = text.Value.AsSpan();
        while (good && rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            var unit = digits < 0 ? [] : rest[digits..];
            var letters = unit.IndexOfAnyExceptInRange('a', 'z');
            var name = letters < 0 ? unit : unit[..letters];
            good = int.TryParse(digits is > 0 and < 7 ? rest[..digits] : [], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && name is "s" or "sec" or "min" or "h" or "d";
            seconds += number * (name is "min" ? 60L : name is "h" ? 3600 : name is "d" ? 86400 : 1);
            rest = good ? unit[name.Length..].TrimStart(' ') : [];
        }
        // A timer takes 2^32 ms at most.
        if (good && seconds <= 40 * 86400)
            return TimeSpan.FromSeconds(seconds);
        Fault(text.Place, $"{Words.Quote(key)} cannot be {Words.Quote(text.Value)}: it is a time with its unit (s, min, h, d), like 10min, of 40 days at most");
        return null;
    }
}
