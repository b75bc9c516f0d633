using System.Text.Json;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>gpu claim</c>, <c>release</c> and <c>confirm</c> print with <c>--json</c>.</summary>
/// <param name="Done">Whether it was done; false for <c>--dry-run</c>.</param>
/// <param name="Files">What was, or would be, written.</param>
/// <param name="Remake">The command that makes the initramfs anew; null where none has to be run.</param>
/// <param name="Next">What is to be done now; null for nothing.</param>
internal sealed record GpuChange(string Gpu, bool Done, IReadOnlyList<GpuFile> Files, string? Remake, string? Next);

/// <param name="After">Null where the file goes.</param>
internal sealed record GpuFile(string Path, string? Before, string? After);

/// <summary>A change of the claimed cards for a person, or as a document.</summary>
internal static class GpuChangeView
{
    internal static ExitCode Say(Terminal terminal, GpuChange change, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(change, DocumentsJson.Default.GpuChange));
            return ExitCode.Done;
        }
        foreach (var file in change.Files)
        {
            terminal.Out.WriteLine($"{(file.After is null ? "remove" : file.Before is null ? "write" : "change")} {file.Path}");
            foreach (var line in (file.After ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                terminal.Out.WriteLine($"    {View.Printable(line)}");
        }
        if (change is { Remake: { } command, Done: false })
            terminal.Out.WriteLine($"run {command}");
        if (change is { Files.Count: 0, Done: true, Next: null, Remake: null })
            terminal.Out.WriteLine("Nothing else is to be done.");
        if (change.Next is { } next)
            terminal.Out.WriteLine($"{char.ToUpperInvariant(next[0])}{next[1..]}.");
        return ExitCode.Done;
    }
}
