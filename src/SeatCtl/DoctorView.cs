using Phyllome.Seats.DisplayAssign.Preflight;
using Spectre.Console;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The diagnosis for a person: the host whole, of cards and seats what is not well, and how to mend what stands in the way.</summary>
internal static class DoctorView
{
    private const int VerdictWidth = 9, CheckWidth = 20;

    internal static void Draw(IAnsiConsole console, Diagnosis diagnosis)
    {
        View.Line(console, "Host", View.Head);
        Findings(console, diagnosis.Host);
        foreach (var card in diagnosis.Gpus)
            Card(console, card);
        if (diagnosis.Displays.Count > 0)
            Displays(console, diagnosis.Displays);
        foreach (var seat in diagnosis.Seats)
        {
            console.WriteLine();
            View.Line(console, $"Seat {seat.Name}", View.Head);
            Findings(console, seat.Findings);
        }
        if (diagnosis.Unread.Count > 0)
        {
            console.WriteLine();
            View.Line(console, "Not for this user to read (sudo shows it)", View.Head);
            foreach (var what in diagnosis.Unread)
                View.Indented(console, what);
        }
        console.WriteLine();
        View.Line(
            console, !diagnosis.Ready ? "Seats cannot run as they are configured: see what is refused." : diagnosis.Seats.Count > 0 ? "Seats can run." : "Seats can run; none is configured yet.",
            StyleOf(diagnosis.Ready ? Verdict.Ok : Verdict.Refuse));
    }

    private static void Card(IAnsiConsole console, CardDiagnosis card)
    {
        console.WriteLine();
        View.Line(console, $"Card {card.Function.Address}  {card.Function.Name}", View.Head);
        string[] what =
        [
            card.Function.Driver ?? "no driver", .. card.Function.Group is { } group ? [$"group {group}"] : Array.Empty<string>(),
            .. card.Functions.Count > 0 ? [$"with {string.Join(", ", card.Functions.Select(one => one.Kind))}"] : Array.Empty<string>(),
            card.Seat is { } seat ? $"for seat {seat}" : "for no seat",
        ];
        View.Indented(console, string.Join("; ", what));
        var bad = card.Findings.Where(finding => finding.Verdict != Verdict.Ok).ToValueList();
        var good = card.Findings.Count - bad.Count;
        // Nobody asks for the host's own; that much stands against it is as it should be.
        if (card.Seat is null && card.Function.Boot && card.Verdict == Verdict.Refuse)
        {
            var also = bad.Where(finding => finding.Verdict == Verdict.Refuse && finding.Check != Checks.BootGpu).Select(finding => finding.Check).ToList();
            View.Indented(console, $"the host's own: it showed the boot{(also.Count > 0 ? $" (and {string.Join(", ", also)})" : "")}");
            return;
        }
        Findings(console, bad);
        View.Indented(console, bad.Count == 0 ? $"passes all {good} checks" : $"passes the other {good} checks");
    }

    private static void Displays(IAnsiConsole console, ValueList<DisplayDiagnosis> displays)
    {
        console.WriteLine();
        View.Line(console, "Displays", View.Head);
        var table = View.Table("", "", "", "").HideHeaders();
        foreach (var display in displays)
        {
            string[] notes =
            [
                .. display.Boot ? ["showed the boot"] : Array.Empty<string>(),
                .. display.Holder is { } holder ? [$"held by {holder}"] : Array.Empty<string>(), .. (display.Edid?.Faults ?? []).Select(fault => $"its EDID: {fault}"),
            ];
            table.AddRow(View.Cell("  " + (display.Monitor ?? display.Connector)), View.Cell(display.Mode ?? ""), View.Cell(display.Selector), View.Cell(string.Join(", ", notes)));
        }
        console.Write(table);
    }

    private static void Findings(IAnsiConsole console, ValueList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var table = View.Table("", "", "").HideHeaders();
            (table.Columns[0].Width, table.Columns[1].Width) = (VerdictWidth, CheckWidth);
            console.Write(table.AddRow(View.Cell("  " + EnumWords.Of(finding.Verdict), StyleOf(finding.Verdict)), View.Cell(finding.Check), View.Cell(finding.Evidence)));
            if (finding.Verdict == Verdict.Ok)
                continue;
            View.Indented(console, $"why: {finding.Why}", VerdictWidth + 2);
            if (finding.Mend is { } mend)
                View.Indented(console, $"do: {mend}", VerdictWidth + 2);
        }
    }

    private static Style StyleOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok => new(Color.Green),
        Verdict.Warning => new(Color.Yellow),
        _ => View.Bad,
    };
}
