using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Phyllome.Seats.Configuration;

/// <summary>A value of a TOML file and where it stands.</summary>
internal abstract record TomlValue(Place Place)
{
    /// <summary>What it is, for a sentence: <c>a string</c>.</summary>
    public abstract string Kind { get; }
}

internal sealed record TomlText(Place Place, string Value) : TomlValue(Place)
{
    public override string Kind => "a string";
}

internal sealed record TomlTruth(Place Place, bool Value) : TomlValue(Place)
{
    public override string Kind => "true or false";
}

/// <param name="Whole">Null for a fraction, and for one that is too large for anything here.</param>
internal sealed record TomlNumber(Place Place, int? Whole) : TomlValue(Place)
{
    public override string Kind => "a number";
}

/// <summary>A date: nothing here takes one.</summary>
internal sealed record TomlOther(Place Place, string What) : TomlValue(Place)
{
    public override string Kind => What;
}

/// <param name="OfTables">Written as <c>[[name]]</c>, which may be gone on with.</param>
internal sealed record TomlList(Place Place, List<TomlValue> Items, bool OfTables) : TomlValue(Place)
{
    public override string Kind => OfTables ? "a list of tables" : "a list";
}

/// <summary>How a table came to be, which says who may add to it.</summary>
internal enum TomlOrigin
{
    /// <summary>By a header of one below it: its own header may still come.</summary>
    Implied,
    Header,
    /// <summary>By a dotted key: other dotted keys of the same table may add to it.</summary>
    Dotted,
    Inline,
}

internal sealed record TomlTable(Place Place, TomlOrigin Origin) : TomlValue(Place)
{
    public override string Kind => "a table";

    public TomlOrigin Origin { get; set; } = Origin;

    /// <summary>Entries in the order of the file, each with the place of its key.</summary>
    public OrderedDictionary<string, (Place Key, TomlValue Value)> Entries { get; } = [];
}

/// <summary>Reads TOML into values that know their places; every fault is told.</summary>
internal sealed class TomlTree
{
    private readonly List<(Place Place, string Sentence)> _faults = [];
    private readonly TomlTable _root = new(new(1, 1), TomlOrigin.Header);

    public static (TomlTable Root, IReadOnlyList<(Place Place, string Sentence)> Faults) Read(string text)
    {
        var tree = new TomlTree();
        try
        {
            tree.Add(SyntaxParser.Parse(text, validate: false));
        }
        catch (TomlException exception)
        {
            // Thrown, not reported, for lists and tables that lie too deep in each other.
            tree._faults.Add((new(1, 1), $"this is no TOML: {exception.Message}"));
        }
        catch (ArgumentOutOfRangeException)
        {
            // Tomlyn 2.10.2 fails at a backslash before half of a surrogate pair, which no UTF-8 file holds.
            tree._faults.Add((new(1, 1), "this is no TOML: it holds half a character after a backslash; save the file as UTF-8"));
        }
        return (tree._root, tree._faults);
    }

    private void Add(DocumentSyntax document)
    {
        if (document.HasErrors)
        {
            // One fault makes the rest of its line unreadable too: the first of each line says what is wrong.
            foreach (var line in document.Diagnostics.Where(m => m.Kind == DiagnosticMessageKind.Error).GroupBy(m => m.Span.Start.Line))
                _faults.Add((At(line.First()), $"this is no TOML: {line.First().Message.Replace("␤", "end of line", StringComparison.Ordinal)}"));
            return;
        }
        foreach (var pair in document.KeyValues)
            Add(_root, pair);
        foreach (var header in document.Tables)
        {
            var table = header is TableArraySyntax ? OpenNext(header) : Open(header);
            // What stands under a refused header is read as well, for its own faults.
            foreach (var pair in header.Items)
                Add(table ?? new(At(header), TomlOrigin.Header), pair);
        }
    }

    private TomlTable? Open(TableSyntaxBase header)
    {
        var (above, last) = Descend(header);
        if (above is null)
            return null;
        if (!above.Entries.TryGetValue(last.Name, out var there))
        {
            var table = new TomlTable(last.Place, TomlOrigin.Header);
            above.Entries[last.Name] = (last.Place, table);
            return table;
        }
        if (there.Value is TomlTable { Origin: TomlOrigin.Implied } implied)
        {
            implied.Origin = TomlOrigin.Header;
            return implied;
        }
        Twice(last, there.Key);
        return null;
    }

    private TomlTable? OpenNext(TableSyntaxBase header)
    {
        var (above, last) = Descend(header);
        if (above is null)
            return null;
        if (!above.Entries.TryGetValue(last.Name, out var there))
        {
            there = (last.Place, new TomlList(last.Place, [], OfTables: true));
            above.Entries[last.Name] = there;
        }
        if (there.Value is not TomlList { OfTables: true } list)
        {
            Twice(last, there.Key);
            return null;
        }
        var table = new TomlTable(last.Place, TomlOrigin.Header);
        list.Items.Add(table);
        return table;
    }

    /// <summary>The table that holds the last part of a header's name.</summary>
    private (TomlTable? Above, (Place Place, string Name) Last) Descend(TableSyntaxBase header)
    {
        var parts = Parts(header.Name!);
        var table = _root;
        foreach (var (place, name) in parts[..^1])
        {
            if (!table.Entries.TryGetValue(name, out var there))
            {
                there = (place, new TomlTable(place, TomlOrigin.Implied));
                table.Entries[name] = there;
            }
            var below = there.Value switch
            {
                TomlTable { Origin: not TomlOrigin.Inline } open => open,
                TomlList { OfTables: true } list => (TomlTable)list.Items[^1],
                _ => null,
            };
            if (below is null)
            {
                Twice((place, name), there.Key);
                return (null, default);
            }
            table = below;
        }
        return (table, parts[^1]);
    }

    private void Add(TomlTable table, KeyValueSyntax pair)
    {
        var parts = Parts(pair.Key!);
        foreach (var (place, name) in parts[..^1])
        {
            if (!table.Entries.TryGetValue(name, out var there))
            {
                there = (place, new TomlTable(place, TomlOrigin.Dotted));
                table.Entries[name] = there;
            }
            if (there.Value is not TomlTable { Origin: TomlOrigin.Dotted } dotted)
            {
                Twice((place, name), there.Key);
                return;
            }
            table = dotted;
        }
        var last = parts[^1];
        var value = Value(pair.Value!);
        if (!table.Entries.TryAdd(last.Name, (last.Place, value)))
            Twice(last, table.Entries[last.Name].Key);
    }

    private TomlValue Value(SyntaxNode node)
    {
        var place = At(node);
        switch (node)
        {
            case StringValueSyntax text:
                return new TomlText(place, text.Value ?? "");
            case BooleanValueSyntax truth:
                return new TomlTruth(place, truth.Value);
            case ArraySyntax array:
                return new TomlList(place, [.. array.Items.Select(item => Value(item.Value!))], OfTables: false);
            case InlineTableSyntax inline:
                var table = new TomlTable(place, TomlOrigin.Dotted);
                foreach (var item in inline.Items)
                    Add(table, item.KeyValue!);
                Close(table);
                return table;
            case IntegerValueSyntax number:
                return new TomlNumber(place, number.Value is >= int.MinValue and <= int.MaxValue ? (int)number.Value : null);
            case FloatValueSyntax:
                return new TomlNumber(place, null);
            default:
                return new TomlOther(place, "a date or time");
        }
    }

    /// <summary>Nothing may be added to an inline table once its brace is closed.</summary>
    private static void Close(TomlTable table)
    {
        table.Origin = TomlOrigin.Inline;
        foreach (var (_, value) in table.Entries.Values)
        {
            if (value is TomlTable { Origin: TomlOrigin.Dotted } dotted)
                Close(dotted);
        }
    }

    private void Twice((Place Place, string Name) again, Place first) =>
        _faults.Add((again.Place, $"{Words.Quote(again.Name)} is already set on line {first.Line}: join the two or remove one"));

    private static (Place Place, string Name)[] Parts(KeySyntax key) =>
        [(At(key.Key!), Name(key.Key!)), .. key.DotKeys.Select(part => (At(part.Key!), Name(part.Key!)))];

    private static string Name(BareKeyOrStringValueSyntax key) => key switch
    {
        StringValueSyntax text => text.Value ?? "",
        BareKeySyntax bare => bare.Key?.Text ?? "",
        _ => "",
    };

    private static Place At(SyntaxNode node) => new(node.Span.Start.Line + 1, node.Span.Start.Column + 1);

    private static Place At(DiagnosticMessage message) => new(message.Span.Start.Line + 1, message.Span.Start.Column + 1);
}
