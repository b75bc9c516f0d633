using System.Globalization;
using System.Text;

namespace Phyllome.Seats.Screen;

/// <summary>The rounds of both, their medians, and what one is of the other.</summary>
sealed class Comparison
{
    /// <summary>What the presenter may take of the viewer's time, and how many megabytes at all.</summary>
    const double MostOfTheOther = 0.25, MostMegabytes = 40;

    readonly List<(Shower Shower, Measured Measured)> _rounds = [];

    public void Add(Shower shower, Measured measured) => _rounds.Add((shower, measured));

    /// <summary>What is more than it may be.</summary>
    public IReadOnlyList<string> Faults =>
    [
        .. Fault("Time from a change's announcement to its commit", Ratio(measured => measured.Latency(0.5)), MostOfTheOther, "x the viewer's"),
        .. Fault("Processor time a change", Ratio(measured => measured.Whole.Processor / measured.Frames), MostOfTheOther, "x the viewer's"),
        .. Fault("Resident memory", Median<PresenterShower>(measured => measured.Whole.Resident), MostMegabytes, "MB"),
    ];

    public override string ToString()
    {
        (string Head, string Format, Func<Measured, double> Figure)[] ofAll =
        [
            ("changes", "0", measured => measured.Frames), ("commits a change", "0.00", measured => (double)measured.Commits / measured.Frames),
            ("to commit p50 ms", "0.0", measured => measured.Latency(0.5)), ("p90", "0.0", measured => measured.Latency(0.9)),
        ];
        (string Head, string Format, Func<Measured, Taken, double> Figure)[] ofParts =
        [
            ("CPU ms a change", "0.00", (measured, taken) => taken.Processor / measured.Frames), ("RSS MB", "0.0", (_, taken) => taken.Resident),
            ("PSS MB", "0.0", (_, taken) => taken.Share), ("unit's MB", "0.0", (_, taken) => taken.Unit),
        ];
        var table = new StringBuilder();
        table.AppendLine(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", ofAll.Select(column => column.Head).Concat(ofParts.Select(column => column.Head)))} |");
        table.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(Enumerable.Repeat("---:|", ofAll.Length + ofParts.Length))}");
        foreach (var one in _rounds.GroupBy(round => round.Shower.Name))
        {
            var all = one.Select(round => round.Measured).ToList();
            table.AppendLine(Row(one.Key, [.. ofAll.Select(column => Text(Median(all, column.Figure), column.Format)), .. ofParts.Select(column => Text(Median(all, measured => column.Figure(measured, measured.Whole)), column.Format))]));
            if (all[0].Parts.Count == 1)
                continue;
            foreach (var part in all[0].Parts.Keys)
                table.AppendLine(Row($"{part} alone", [.. ofAll.Select(_ => ""), .. ofParts.Select(column => Text(Median(all, measured => column.Figure(measured, measured.Parts[part])), column.Format))]));
        }

        table.AppendLine();
        table.AppendLine(CultureInfo.InvariantCulture, $"- from a change's announcement to its commit: {Text(Ratio(measured => measured.Latency(0.5)), "0.00")} x the viewer's at p50, {Text(Ratio(measured => measured.Latency(0.9)), "0.00")} x at p90");
        table.AppendLine(CultureInfo.InvariantCulture, $"- processor time a change: {Text(Ratio(measured => measured.Whole.Processor / measured.Frames), "0.00")} x the viewer's");
        table.Append(CultureInfo.InvariantCulture, $"- memory: {Text(Ratio(measured => measured.Whole.Resident), "0.00")} x the viewer's resident, {Text(Ratio(measured => measured.Whole.Unit), "0.00")} x with all that the kernel counts for its units");
        return table.ToString();
    }

    static IReadOnlyList<string> Fault(string what, double figure, double most, string of) =>
        figure > most ? [$"{what} is {Text(figure, "0.00")} {of}, and may be {Text(most, "0.##")}."] : [];

    static string Row(string name, IEnumerable<string> cells) => $"| {name} | {string.Join(" | ", cells)} |";

    static string Text(double figure, string format) => figure.ToString(format, CultureInfo.InvariantCulture);

    static double Median(IEnumerable<Measured> rounds, Func<Measured, double> figure)
    {
        var ordered = rounds.Select(figure).Order().ToList();
        return ordered[ordered.Count / 2];
    }

    double Median<T>(Func<Measured, double> figure) where T : Shower => Median(_rounds.Where(round => round.Shower is T).Select(round => round.Measured), figure);

    double Ratio(Func<Measured, double> figure) => Median<PresenterShower>(figure) / Median<ViewerShower>(figure);
}
