using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Bench;

/// <summary>A program that moves events from FIFOs to a FIFO.</summary>
/// <param name="Command">Before the paths of the sink and the sources; null: nothing is between, one FIFO is both.</param>
internal sealed record Contender(string Name, string[]? Command);

/// <summary>A contender between FIFOs.</summary>
internal sealed class Running : Lane
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("phyllome-bench");
    private readonly string? _counts;

    /// <param name="counted">Under strace, which counts its system calls.</param>
    public Running(Contender contender, int sources, bool counted = false)
    {
        string[] paths = [.. Enumerable.Range(0, sources + 1).Select(number => Path.Combine(_directory.FullName, $"fifo{number}"))];
        using (var made = System.Diagnostics.Process.Start("mkfifo", paths))
            made.WaitForExit();
        Sink = FileDescriptor.OpenReadWrite(paths[0], nonBlocking: false);
        if (contender.Command is not { } command)
        {
            Sources = [Sink];
            return;
        }

        Sources = [.. paths[1..].Select(path => FileDescriptor.OpenReadWrite(path, nonBlocking: false))];
        string[] line = [.. command, .. paths];
        if (counted)
        {
            _counts = Path.Combine(_directory.FullName, "counts");
            line = ["strace", "-f", "-c", "-o", _counts, .. line];
        }

        Process = System.Diagnostics.Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        Process.ErrorDataReceived += (_, _) => { };
        Process.BeginErrorReadLine();
    }

    public override FileDescriptor Sink { get; }

    public override FileDescriptor[] Sources { get; }

    /// <summary>They fit the 64 kB of a FIFO.</summary>
    public override int? Most => 512;

    /// <summary>Ends it, and tells how many system calls there were.</summary>
    public long Count()
    {
        var tracee = File.ReadAllText($"/proc/{Process!.Id}/task/{Process.Id}/children").Trim();
        using (var child = System.Diagnostics.Process.GetProcessById(int.Parse(tracee, CultureInfo.InvariantCulture)))
            child.Kill();
        Process.WaitForExit();
        // '% time  seconds  usecs/call  calls  [errors]  total'
        var total = File.ReadLines(_counts!).Last(line => line.EndsWith("total", StringComparison.Ordinal));
        return long.Parse(total.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var source in Sources)
            source.Dispose();
        Sink.Dispose();
        _directory.Delete(recursive: true);
    }
}
