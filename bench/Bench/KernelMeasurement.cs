using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.InputRouter;

namespace Phyllome.Seats.Bench;

/// <summary>All contenders over real evdev and uinput, one after the other in each round, and the medians of the rounds.</summary>
internal static class KernelMeasurement
{
    private const string Direct = "source read directly";
    private const string Reference = "C reference";
    private const string Ours = "phyllome-input-router";

    /// <summary>Seconds that a rate is kept up.</summary>
    private const int Length = 2;

    private static readonly int[] Rates = [125, 500, 1000, 2000];

    /// <param name="evsieve">The program; null where there is none.</param>
    /// <param name="persistent">persistent-evdev's program; null where there is none.</param>
    public static int Run(int rounds, string forwarder, string? evsieve, string? persistent)
    {
        var self = Environment.ProcessPath!;
        var scratch = Directory.CreateTempSubdirectory("phyllome-bench");
        KernelContender[] contenders =
        [
            new(Direct, null),
            new(Reference, source => Urgent(forwarder, "uinput", source)),
            new(Ours, source => ["env", .. RouterEnvironment(), "chrt", "--other", "0", self, "router-kernel", source]),
            new("evsieve", source => Urgent(evsieve!, "--input", source, "grab", "--output"), Missing: evsieve is null ? "none was given (--evsieve PATH)" : null),
            new("persistent-evdev", source => Urgent("python3", "-u", persistent!, Configuration(scratch, source)), Missing: persistent is null ? "none was given (--persistent-evdev PATH)" : null),
            new(
                "QEMU input-linux",
                source => Urgent("qemu-system-x86_64", "-M", "none", "-nodefaults", "-display", "none", "-object", $"input-linux,id=mouse,evdev={source}"), HasSink: false,
                Missing: InPath("qemu-system-x86_64") ? null : "it is not installed"),
        ];
        var figures = contenders.ToDictionary(contender => contender.Name, _ => new Figures());
        var failures = contenders.ToDictionary(contender => contender.Name, contender => contender.Missing);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var index in Enumerable.Range(0, contenders.Length))
            {
                var contender = contenders[(index + round) % contenders.Length];
                if (failures[contender.Name] is not null)
                    continue;
                Console.Error.WriteLine($"round {round + 1} of {rounds}: {contender.Name}");
                try
                {
                    Measure(contender, figures[contender.Name]);
                }
                catch (Exception failure) when (failure is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
                {
                    failures[contender.Name] = failure.Message;
                }
            }

            if (failures[Ours] is null)
                MeasureBesideCollections(self, contenders[2], figures[Ours]);
        }

        scratch.Delete(recursive: true);
        Print(contenders, figures, failures);
        return failures[Reference] is null && failures[Ours] is null ? 0 : 1;
    }

    private static void Measure(KernelContender contender, Figures figures)
    {
        using var lane = new KernelLane(contender);
        foreach (var rate in Rates)
        {
            var before = lane.ProcessorTime;
            if (!contender.HasSink)
            {
                Load.Send(lane, rate, rate * Length);
                figures.Add($"cpu {rate}", (lane.ProcessorTime - before) / 1000.0 / (rate * Length));
                continue;
            }

            var run = Load.Of(lane, rate, rate * Length);
            figures.Add($"cpu {rate}", (lane.ProcessorTime - before) / 1000.0 / run.Latencies.Length);
            figures.Add($"p50 {rate}", run.Percentile(0.5));
            figures.Add($"p99 {rate}", run.Percentile(0.99));
            figures.Add($"p99.9 {rate}", run.Percentile(0.999));
            figures.Add($"lost {rate}", run.Lost);
            figures.Add("overruns", run.Overruns);
        }

        figures.Add("resident", lane.Resident / 1e6);
    }

    /// <summary>As the router makes its routing thread run: otherwise the wake-up rules of the scheduler are compared, and not the programs.</summary>
    private static string[] Urgent(params string[] command) => ["chrt", "-f", Urgency.Priority.ToString(CultureInfo.InvariantCulture), .. command];

    /// <summary>What the router's unit sets, for env(1).</summary>
    private static List<string> RouterEnvironment()
    {
        const string Setting = "Environment=";
        using var unit = new StreamReader(typeof(KernelMeasurement).Assembly.GetManifestResourceStream("phyllome-input-router.service")!);
        return [.. unit.ReadToEnd().Split('\n').Where(line => line.StartsWith(Setting, StringComparison.Ordinal)).Select(line => line[Setting.Length..])];
    }

    private static void MeasureBesideCollections(string self, KernelContender contender, Figures figures)
    {
        const int Rate = 500, Reports = 10 * Rate;
        using var lane = new KernelLane(contender);
        figures.Add("p99.9 quiet", Load.Of(lane, Rate, Reports).Percentile(0.999));
        using var neighbour = Neighbour.Start(self);
        figures.Add("p99.9 beside", Load.Of(lane, Rate, Reports).Percentile(0.999));
        neighbour.Kill();
        neighbour.WaitForExit();
    }

    private static string Configuration(DirectoryInfo scratch, string source)
    {
        var path = Path.Combine(scratch.FullName, "persistent.json");
        File.WriteAllText(path, $$$"""{"cache": "{{{scratch.FullName}}}", "devices": {"bench-persistent": "{{{source}}}"}}""");
        return path;
    }

    private static bool InPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static void Print(KernelContender[] contenders, Dictionary<string, Figures> all, Dictionary<string, string?> failures)
    {
        List<(string Head, string Key, string Format)> columns = [];
        foreach (var rate in Rates)
            columns.AddRange([($"{rate} Hz p50", $"p50 {rate}", "0"), ("p99", $"p99 {rate}", "0"), ("CPU", $"cpu {rate}", "0.0"), ("lost", $"lost {rate}", "0")]);
        columns.Add(("MB", "resident", "0.0"));
        Console.WriteLine($"| | {string.Join(" | ", columns.Select(column => column.Head))} |");
        Console.WriteLine($"|---|{string.Concat(columns.Select(_ => "---:|"))}");
        foreach (var contender in contenders)
        {
            Console.WriteLine(failures[contender.Name] is { } why
                ? $"| {contender.Name} | not measured: {why} |{string.Concat(columns.Skip(1).Select(_ => " |"))}"
                : $"| {contender.Name} | {string.Join(" | ", columns.Select(column => Figures.Text(Figure(all[contender.Name], column.Key), column.Format)))} |");
        }

        var (direct, ours) = (all[Direct], all[Ours]);
        Console.WriteLine();
        foreach (var peer in contenders.Skip(1).Where(peer => peer.Name != Ours && peer.HasSink && failures[peer.Name] is null))
        {
            var added = Rates.Select(rate => $"{Figures.Text((ours.Median($"p50 {rate}") - direct.Median($"p50 {rate}")) / (all[peer.Name].Median($"p50 {rate}") - direct.Median($"p50 {rate}")), "0.00")} x at {rate} Hz");
            var cost = Rates.Select(rate => $"{Figures.Text(ours.Median($"cpu {rate}") / all[peer.Name].Median($"cpu {rate}"), "0.00")} x at {rate} Hz");
            Console.WriteLine($"- to {peer.Name}: p50 added over reading the source directly {string.Join(", ", added)}; processor time a report {string.Join(", ", cost)}");
        }

        foreach (var contender in contenders.Where(contender => failures[contender.Name] is null && all[contender.Name].Sum("overruns") > 0))
            Console.WriteLine($"- {contender.Name}: {Figures.Text(all[contender.Name].Sum("overruns"), "0")} times the reader of its virtual device came too late, and what was lost there is not its fault");
        Console.WriteLine($"- p99.9 at 500 Hz beside a process that runs full collections every 100 ms: {Figures.Text(ours.Median("p99.9 beside") / ours.Median("p99.9 quiet"), "0.00")} x its own quiet figure, {Figures.Text(ours.Median("p99.9 quiet"), "0")} us");
    }

    /// <summary>What is lost is added up over the rounds.</summary>
    private static double? Figure(Figures figures, string key) => key.StartsWith("lost", StringComparison.Ordinal) ? figures.Sum(key) : figures.Median(key);
}
