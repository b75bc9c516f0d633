using System.Diagnostics;
using System.Globalization;

namespace Phyllome.Seats.Bench;

/// <summary>All contenders, one after the other in each round, and the medians of the rounds.</summary>
internal static class Measurement
{
    private const string Reference = "C reference";

    public static int Run(string forwarder, int rounds)
    {
        var self = Environment.ProcessPath!;
        Contender[] contenders =
        [
            new("source read directly", null),
            new(Reference, [forwarder]),
            new("C, a system call an event", [forwarder, "--single"]),
            new("phyllome-input-router", [self, "router"]),
        ];
        var figures = contenders.ToDictionary(contender => contender.Name, _ => new Figures());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var index in Enumerable.Range(0, contenders.Length))
            {
                // Another order in each round, so that nobody always follows the same one.
                var contender = contenders[(index + round) % contenders.Length];
                Console.Error.WriteLine($"round {round + 1} of {rounds}: {contender.Name}");
                Measure(contender, figures[contender.Name]);
            }

            MeasureBesideCollections(self, contenders[^1], figures[contenders[^1].Name]);
        }

        foreach (var contender in contenders.Where(contender => contender.Command is not null))
            CountCalls(contender, figures[contender.Name]);
        Print(contenders, figures);
        return 0;
    }

    /// <summary>Four mice at 8 kHz for a minute, once for each: that every report and every count of every axis arrives, and what it costs.</summary>
    public static int RunMinute(string forwarder)
    {
        const int Rate = 8000, Mice = 4, Reports = Rate * Mice * 60;
        double? reference = null;
        foreach (var contender in (Contender[])[new(Reference, [forwarder]), new("phyllome-input-router", [Environment.ProcessPath!, "router"])])
        {
            using var running = new Running(contender, Mice);
            Load.Of(running, 1000, 400);
            var before = running.ProcessorTime;
            var run = Load.Of(running, Rate, Reports);
            var cost = (running.ProcessorTime - before) / 1000.0 / Reports;
            reference ??= cost;
            Console.WriteLine(
                $"- {contender.Name}: {Reports} reports, {run.Lost} lost, sums exact, p50 {Figures.Text(run.Percentile(0.5), "0.0")} us, p99 {Figures.Text(run.Percentile(0.99), "0")} us, "
                + $"{Figures.Text(cost, "0.00")} us of processor time a report ({Figures.Text(cost / reference, "0.00")} x), {Figures.Text(running.Resident / 1e6, "0.0")} MB");
        }

        return 0;
    }

    private static void Measure(Contender contender, Figures figures)
    {
        var began = Stopwatch.GetTimestamp();
        using (var running = new Running(contender, 1))
        {
            Load.Of(running, 1000, 1);
            figures.Add("start", Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            Load.Of(running, 1000, 500);
            foreach (var (rate, reports) in ((int, int)[])[(1000, 3000), (8000, 16000)])
            {
                var before = running.ProcessorTime;
                var run = Load.Of(running, rate, reports);
                figures.Add($"cpu {rate}", (running.ProcessorTime - before) / 1000.0 / reports);
                figures.Add($"p50 {rate}", run.Percentile(0.5));
                figures.Add($"p99 {rate}", run.Percentile(0.99));
                figures.Add($"p99.9 {rate}", run.Percentile(0.999));
            }

            const int Flood = 300_000;
            var earlier = running.ProcessorTime;
            var flood = Load.Of(running, 0, Flood);
            figures.Add("cpu flood", (running.ProcessorTime - earlier) / 1000.0 / Flood);
            figures.Add("flood", Flood / flood.Elapsed.TotalSeconds / 1000);
            figures.Add("resident", running.Resident / 1e6);
        }

        if (contender.Command is null)
            return;
        using (var running = new Running(contender, 4))
        {
            const int Reports = 4 * 8000;
            Load.Of(running, 1000, 400);
            var before = running.ProcessorTime;
            Load.Of(running, 8000, Reports);
            figures.Add("cpu 4 mice", (running.ProcessorTime - before) / 1000.0 / Reports);
        }
    }

    private static void MeasureBesideCollections(string self, Contender contender, Figures figures)
    {
        const int Reports = 10_000;
        using var running = new Running(contender, 1);
        Load.Of(running, 1000, 500);
        figures.Add("p99.9 quiet", Load.Of(running, 1000, Reports).Percentile(0.999));
        using var neighbour = Neighbour.Start(self);
        figures.Add("p99.9 beside", Load.Of(running, 1000, Reports).Percentile(0.999));
        neighbour.Kill();
        neighbour.WaitForExit();
    }

    /// <summary>The difference of a long and a short run, so that the start is in neither.</summary>
    private static void CountCalls(Contender contender, Figures figures)
    {
        Console.Error.WriteLine($"system calls: {contender.Name}");
        figures.Add("calls 1000", (Calls(500, 2500) - Calls(500, 500)) / 2000.0);
        figures.Add("calls flood", (Calls(0, 60_000) - Calls(0, 10_000)) / 50_000.0);

        long Calls(int rate, int reports)
        {
            using var running = new Running(contender, 1, counted: true);
            Load.Of(running, 500, 100);
            Load.Of(running, rate, reports);
            return running.Count();
        }
    }

    private static void Print(Contender[] contenders, Dictionary<string, Figures> all)
    {
        (string Head, string Key, string Format)[] columns =
        [
            ("1 kHz p50", "p50 1000", "0.0"), ("p99", "p99 1000", "0"), ("p99.9", "p99.9 1000", "0"), ("8 kHz p50", "p50 8000", "0.0"), ("p99", "p99 8000", "0"),
            ("CPU 1 kHz", "cpu 1000", "0.0"), ("8 kHz", "cpu 8000", "0.0"), ("4 x 8 kHz", "cpu 4 mice", "0.0"), ("backlog", "cpu flood", "0.00"),
            ("calls 1 kHz", "calls 1000", "0.00"), ("backlog", "calls flood", "0.00"),
            ("k reports/s", "flood", "0"), ("start ms", "start", "0"), ("MB", "resident", "0.0"),
        ];
        Console.WriteLine($"| | {string.Join(" | ", columns.Select(column => column.Head))} |");
        Console.WriteLine($"|---|{string.Concat(columns.Select(_ => "---:|"))}");
        foreach (var contender in contenders)
            Console.WriteLine($"| {contender.Name} | {string.Join(" | ", columns.Select(column => Figures.Text(all[contender.Name].Median(column.Key), column.Format)))} |");
        foreach (var missing in (string[])["evsieve", "persistent-evdev", "QEMU input-linux"])
            Console.WriteLine($"| {missing} | it takes kernel devices alone, and FIFOs are none: see bench/run --pc |{string.Concat(columns.Skip(1).Select(_ => " |"))}");

        var (direct, reference, router) = (all[contenders[0].Name], all[Reference], all[contenders[^1].Name]);
        Console.WriteLine();
        foreach (var (rate, name) in ((int, string)[])[(1000, "1 kHz"), (8000, "8 kHz")])
        {
            var added = router.Median($"p50 {rate}") - direct.Median($"p50 {rate}");
            var least = reference.Median($"p50 {rate}") - direct.Median($"p50 {rate}");
            Console.WriteLine($"- p50 added over reading the source directly, {name}: {Figures.Text(added, "0.0")} us, {Figures.Text(added / least, "0.00")} x the C reference");
        }

        Console.WriteLine($"- processor time a report: {Ratio("cpu 1000")} x the C reference at 1 kHz, {Ratio("cpu 8000")} x at 8 kHz, {Ratio("cpu 4 mice")} x with four mice at 8 kHz, {Ratio("cpu flood")} x under backlog");
        Console.WriteLine($"- p99.9 at 1 kHz beside a process that runs full collections every 100 ms: {Figures.Text(router.Median("p99.9 beside") / router.Median("p99.9 quiet"), "0.00")} x its own quiet figure, {Figures.Text(router.Median("p99.9 quiet"), "0")} us");

        string Ratio(string key) => Figures.Text(router.Median(key) / reference.Median(key), "0.00");
    }
}
