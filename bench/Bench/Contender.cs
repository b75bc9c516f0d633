using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Bench;

/// <summary>A program that moves events from FIFOs to a FIFO.</summary>
/// <param name="Command">Before the paths of the sink and the sources; null: nothing is between, one FIFO is both.</param>
internal sealed record Contender(string Name, string[]? Command);

/// <summary>A contender that runs, with both ends of it.</summary>
internal sealed class Running : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("phyllome-bench");
    private readonly Process? _process;
    private readonly string? _counts;

    /// <param name="counted">Under strace, which counts its system calls.</param>
    public Running(Contender contender, int sources, bool counted = false)
    {
        string[] paths = [.. Enumerable.Range(0, sources + 1).Select(number => Path.Combine(_directory.FullName, $"fifo{number}"))];
        using (var made = Process.Start("mkfifo", paths))
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

        _process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public FileDescriptor Sink { get; }

    public FileDescriptor[] Sources { get; }

    /// <summary>Nanoseconds of processor time of all threads.</summary>
    public long ProcessorTime => _process is null ? 0 : Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
        .Sum(task => long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Bytes.</summary>
    public long Resident => _process is null ? 0 : 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Ends it, and tells how many system calls there were.</summary>
    public long Count()
    {
        var tracee = File.ReadAllText($"/proc/{_process!.Id}/task/{_process.Id}/children").Trim();
        using (var child = Process.GetProcessById(int.Parse(tracee, CultureInfo.InvariantCulture)))
            child.Kill();
        _process.WaitForExit();
        // '% time  seconds  usecs/call  calls  [errors]  total'
        var total = File.ReadLines(_counts!).Last(line => line.EndsWith("total", StringComparison.Ordinal));
        return long.Parse(total.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        foreach (var source in Sources)
            source.Dispose();
        Sink.Dispose();
        _directory.Delete(recursive: true);
    }
}
