using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Bench;

/// <summary>A contender that runs, with both ends of it.</summary>
internal abstract class Lane : IDisposable
{
    /// <summary>Where what the contender writes is read.</summary>
    public abstract FileDescriptor Sink { get; }

    /// <summary>Where what the contender reads is written.</summary>
    public abstract FileDescriptor[] Sources { get; }

    /// <summary>Reports on their way at most, so that a contender is measured and not the size of its sink; null for no bound, where what is lost counts.</summary>
    public virtual int? Most => null;

    /// <summary>Null where there is none.</summary>
    protected Process? Process { get; init; }

    /// <summary>Nanoseconds of processor time of all threads.</summary>
    public long ProcessorTime => Process is null ? 0 : Directory.EnumerateDirectories($"/proc/{Process.Id}/task")
        .Sum(task => long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>Bytes.</summary>
    public long Resident => Process is null ? 0 : 1024 * long.Parse(
        File.ReadLines($"/proc/{Process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    public virtual void Dispose()
    {
        if (Process is { HasExited: false })
        {
            Process.Kill();
            Process.WaitForExit();
        }

        Process?.Dispose();
    }
}
