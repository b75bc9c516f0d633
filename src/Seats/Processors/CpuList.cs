using System.Globalization;

namespace Phyllome.Seats.Processors;

/// <summary>Numbers as Linux and libvirt list them: <c>0-3,8,10-11</c>.</summary>
public static class CpuList
{
    /// <summary>Fails with <see cref="FormatException"/> on anything else; empty text is the empty list.</summary>
    public static ValueList<int> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var numbers = new SortedSet<int>();
        foreach (var part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            var first = int.Parse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture);
            var last = ends.Length == 1 ? first : int.Parse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture);
            if (ends.Length > 2 || last < first)
                throw new FormatException($"'{part}' is no range of numbers.");
            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        return numbers.ToValueList();
    }

    public static string Format(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Distinct().Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
                ranges[^1] = (ranges[^1].First, number);
            else
                ranges.Add((number, number));
        }
        return string.Join(',', ranges.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
    }
}
