using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>Of this machine's kernel. Alone in the process, whose memory it locks.</summary>
[CollectionDefinition(nameof(UrgencyTests), DisableParallelization = true)]
[Collection(nameof(UrgencyTests))]
public sealed class UrgencyTests
{
    /// <summary>Scheduling policies of the kernel (sched(7)).</summary>
    private const int Other = 0, Fifo = 1;

    [Fact]
    public void The_thread_that_takes_it_runs_in_real_time_or_is_nice_and_no_other_does()
    {
        var before = Threads();
        (int Policy, int Priority, int Nice) taken = default, child = default;
        IReadOnlyList<string> lacking = [];
        OnAThread(() =>
        {
            lacking = Urgency.Take();
            taken = Here();
            OnAThread(() => child = Here());
        });
        Scheduling.UnlockMemory();
        if (lacking.Any(sentence => sentence.Contains("nor before others", StringComparison.Ordinal)))
            Assert.Equal((Other, 0, 0), taken);
        else if (lacking.Any(sentence => sentence.Contains("real time", StringComparison.Ordinal)))
            Assert.Equal((Other, 0, Urgency.Nice), taken);
        else
            Assert.Equal((Fifo, Urgency.Priority), (taken.Policy, taken.Priority));
        Assert.Equal(Other, child.Policy);
        Assert.Equal(before, Threads());
    }

    [Fact]
    public void What_is_used_stays_in_memory_and_what_is_only_reserved_takes_none()
    {
        var resident = Kilobytes("VmRSS");
        var errno = Scheduling.LockMemory();
        Assert.SkipUnless(errno == Errno.None, $"this machine does not allow it ({errno})");
        var (locked, after) = (Kilobytes("VmLck"), Kilobytes("VmRSS"));
        Scheduling.UnlockMemory();
        Assert.True(locked >= resident, $"{locked} kB of {resident} kB are locked");
        Assert.InRange(after, 0, resident + 16_384);
        Assert.Equal(0, Kilobytes("VmLck"));
    }

    private static void OnAThread(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        thread.Join();
    }

    /// <summary>Policy, priority and nice value of this thread.</summary>
    private static (int Policy, int Priority, int Nice) Here() => Of("/proc/thread-self/stat");

    /// <summary>How many threads are in real time.</summary>
    private static int Threads() => Directory.EnumerateDirectories("/proc/self/task").Count(thread =>
    {
        try
        {
            return Of(Path.Combine(thread, "stat")).Policy != Other;
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    });

    private static (int Policy, int Priority, int Nice) Of(string stat)
    {
        // proc(5): the fields after the name, which is in parentheses, begin with the third.
        var text = File.ReadAllText(stat);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[41 - 3], System.Globalization.CultureInfo.InvariantCulture), int.Parse(fields[40 - 3], System.Globalization.CultureInfo.InvariantCulture), int.Parse(fields[19 - 3], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static long Kilobytes(string name) =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
}
