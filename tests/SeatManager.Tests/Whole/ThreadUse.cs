using System.Globalization;

namespace Phyllome.Seats.SeatManager.Tests.Whole;

/// <summary>
/// How often this program's threads went to sleep by themselves, and how long they ran (proc(5): voluntary_ctxt_switches, schedstat).
/// </summary>
internal sealed class ThreadUse
{
    private readonly Dictionary<string, (long Wakes, long Nanoseconds)> _byThread;

    private ThreadUse(Dictionary<string, (long Wakes, long Nanoseconds)> byThread) => _byThread = byThread;

    public static ThreadUse None { get; } = new([]);

    public long Wakes => _byThread.Values.Sum(thread => thread.Wakes);

    /// <summary>A thread that ends while they are read is not counted.</summary>
    public static ThreadUse Read()
    {
        const string Switches = "voluntary_ctxt_switches:";
        var threads = new Dictionary<string, (long Wakes, long Nanoseconds)>(StringComparer.Ordinal);
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var name = $"{File.ReadAllText($"{task}/comm").Trim()} {Path.GetFileName(task)}";
                var line = File.ReadLines($"{task}/status").First(line => line.StartsWith(Switches, StringComparison.Ordinal));
                threads[name] = (Number(line[Switches.Length..]), Number(File.ReadAllText($"{task}/schedstat").Split(' ')[0]));
            }
            catch (IOException)
            {
            }
        }
        return new(threads);
    }

    public ThreadUse Since(ThreadUse before) => new(_byThread.ToDictionary(
        thread => thread.Key,
        thread => (thread.Value.Wakes - before._byThread.GetValueOrDefault(thread.Key).Wakes, thread.Value.Nanoseconds - before._byThread.GetValueOrDefault(thread.Key).Nanoseconds),
        StringComparer.Ordinal));

    /// <summary>By the names of threads, those that ran longest first.</summary>
    public override string ToString() => string.Join(", ", _byThread
        .GroupBy(thread => thread.Key[..thread.Key.LastIndexOf(' ')], thread => thread.Value)
        .Select(name => (name.Key, Wakes: name.Sum(thread => thread.Wakes), Nanoseconds: name.Sum(thread => thread.Nanoseconds)))
        .Where(name => name.Nanoseconds > 0).OrderByDescending(name => name.Nanoseconds)
        .Select(name => string.Create(CultureInfo.InvariantCulture, $"{name.Key} {name.Wakes}x {name.Nanoseconds / 1e6:0.0} ms")));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
