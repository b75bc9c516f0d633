using System.Text.Json;
using Spectre.Console;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Where <c>seatctl selftest</c> looks; tests look elsewhere.</summary>
/// <param name="SysRoot">Where sysfs is.</param>
/// <param name="Hold">Whether somebody has an event node to itself.</param>
internal sealed record SelfTestSight(string SysRoot, Func<string, Hold> Hold)
{
    internal static SelfTestSight OfThisMachine { get; } = new("/sys", NodeHold.Of);
}

/// <summary><c>seatctl selftest</c>: whether the service that runs does what it promises, seen from outside of it.</summary>
internal static class SelfTest
{
    internal static async Task<ExitCode> RunAsync(SeatsClient client, SelfTestSight sight, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var status = await client.GetStatusAsync(cancellation);
        var report = SelfTestReport.Of(status, await client.GetTrafficAsync(cancellation), VirtualNodes.Read(sight.SysRoot), sight.Hold);
        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, DocumentsJson.Default.SelfTestReport));
        else
            terminal.Out.Write(terminal.Render(console => Draw(console, report)));
        return report.Holds ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Draw(IAnsiConsole console, SelfTestReport report)
    {
        foreach (var finding in report.Findings)
        {
            var (word, style) = finding.Outcome switch { Outcome.Holds => ("holds", Style.Plain), Outcome.Broken => ("broken", View.Bad), _ => ("not tested", Style.Plain) };
            View.Line(console, $"{word,-10} {finding.Sentence}", style);
        }

        View.Line(console, report.Holds ? "Nothing is broken." : "Not all holds: see what is broken.", View.Head);
    }
}
