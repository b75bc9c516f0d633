using System.Text;

namespace Phyllome.Seats.Configuration;

/// <summary>What the sentences of diagnostics have in common.</summary>
internal static class Words
{
    private const int Longest = 60;

    /// <summary>In quotes, cut, and with control characters escaped: what stands in a file must not steer a terminal.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var rune in text.EnumerateRunes().Take(Longest))
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format)
                quoted.Append($"\\u{rune.Value:x4}");
            else
                quoted.Append(rune);
        }
        return quoted.Append(text.EnumerateRunes().Skip(Longest).Any() ? "…'" : "'").ToString();
    }

    /// <summary><c>'a', 'b' and 'c'</c>.</summary>
    public static string List(IEnumerable<string> words, string last = "and")
    {
        string[] quoted = [.. words.Select(Quote)];
        return quoted.Length < 2 ? string.Concat(quoted) : $"{string.Join(", ", quoted[..^1])} {last} {quoted[^1]}";
    }

    /// <summary><c>: did you mean 'x'?</c> where a candidate is near, else nothing.</summary>
    public static string DidYouMean(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } near ? $": did you mean '{near}'?" : "";

    /// <summary>The candidate that the word was most likely meant to be; null where none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > Longest)
            return null;
        string[] all = [.. candidates.Order(StringComparer.Ordinal)];
        var lower = word.ToLowerInvariant();
        var near = all.MinBy(candidate => Distance(lower, candidate));
        if (near is not null && Distance(lower, near) <= Math.Max(1, Math.Min(word.Length, near.Length) / 3))
            return near;
        return word.Length < 3 ? null : all.Where(candidate => candidate.Contains(lower, StringComparison.Ordinal)).MinBy(candidate => candidate.Length);
    }

    /// <summary>Edits from one word to another; two neighbours that changed places are one edit.</summary>
    private static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var change = rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[from.Length, to.Length];
    }
}
