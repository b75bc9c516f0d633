using System.Globalization;

namespace Phyllome.Seats.Bench;

/// <summary>Each figure of each round of a contender.</summary>
internal sealed class Figures
{
    private readonly Dictionary<string, List<double>> _all = [];

    public void Add(string key, double figure)
    {
        if (!_all.TryGetValue(key, out var list))
            _all.Add(key, list = []);
        list.Add(figure);
    }

    public double? Median(string key) => _all.TryGetValue(key, out var list) ? list.Order().ElementAt(list.Count / 2) : null;

    public double? Sum(string key) => _all.TryGetValue(key, out var list) ? list.Sum() : null;

    public static string Text(double? figure, string format) => figure?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
