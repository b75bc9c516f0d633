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

    /// <summary>Numbers as a mask of the kernel's: hexadecimal words of 32 bits, the highest first, with commas between (cpuset(7), Mask format). Fails with <see cref="FormatException"/> on anything else.</summary>
    public static ValueList<int> FromMask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Trim().Split(',');
        var numbers = new List<int>();
        for (var word = 0; word < words.Length; word++)
        {
            var bits = uint.Parse(words[^(word + 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            numbers.AddRange(Enumerable.Range(0, WordBits).Where(bit => (bits & (1u << bit)) != 0).Select(bit => (word * WordBits) + bit));
        }
        return numbers.ToValueList();
    }

    /// <summary>As <see cref="FromMask"/> reads it; none are <c>00000000</c>.</summary>
    public static string ToMask(IEnumerable<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        var words = new List<uint> { 0 };
        foreach (var number in numbers)
        {
            while (words.Count <= number / WordBits)
                words.Add(0);
            words[number / WordBits] |= 1u << (number % WordBits);
        }
        words.Reverse();
        return string.Join(',', words.Select(word => word.ToString("x8", CultureInfo.InvariantCulture)));
    }

    private const int WordBits = 32;
}
