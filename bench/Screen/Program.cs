using System.Globalization;
using Phyllome.Seats.Screen;
using Phyllome.Seats.VirtualPc;

// phyllome-bench-screen ROUNDS PRESENTER LENDER CHANGING [--seconds N] [--spice] [--assert]
// Boots one virtual PC with one guest and has it shown on the same monitor by the presenter and by remote-viewer, by turns. Its words go to
// standard error, its table to standard output. Run it from the repository's root: the presenter's units are taken from packaging/.
const string Usage = "Use: phyllome-bench-screen ROUNDS PRESENTER LENDER CHANGING [--seconds N] [--spice] [--assert]";
if (args.Length < 4 || !TryCount(args[0], out var rounds))
    return Fail(Usage);
var (seconds, protocol, asserts) = (20, "vnc", false);
for (var at = 4; at < args.Length; at++)
{
    if (args[at] == "--assert")
        asserts = true;
    else if (args[at] == "--spice")
        protocol = "spice";
    else if (args[at] != "--seconds" || ++at == args.Length || !TryCount(args[at], out seconds))
        return Fail(Usage);
}

foreach (var program in args[1..4])
{
    if (!File.Exists(program))
        return Fail($"There is no file {program}.");
}

try
{
    await using var bench = await BenchPc.StartAsync(args[1], args[2], args[3], protocol, new Said());
    var comparison = new Comparison();
    Shower[] showers = [new PresenterShower(bench), new ViewerShower(bench)];
    for (var round = 0; round < rounds; round++)
    {
        foreach (var index in Enumerable.Range(0, showers.Length))
        {
            // Another order in each round, so that nobody always follows the other.
            var shower = showers[(index + round) % showers.Length];
            Console.Error.WriteLine($"round {round + 1} of {rounds}: {shower.Name}");
            await shower.StartAsync();
            await bench.WaitUntilShownAsync();
            var measured = await bench.MeasureAsync(await shower.PartsAsync(), seconds);
            await bench.WaitUntilShownAsync();
            await shower.StopAsync();
            Console.Error.WriteLine($"  {measured}");
            comparison.Add(shower, measured);
        }
    }

    Console.WriteLine(comparison);
    if (asserts && comparison.Faults is { Count: > 0 } faults)
    {
        foreach (var fault in faults)
            Console.Error.WriteLine(fault);
        return 1;
    }

    return 0;
}
catch (PcException failure)
{
    return Fail(failure.Message);
}

static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

static int Fail(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 2;
}

/// <summary>Progress on standard error: the table alone is on standard output.</summary>
sealed class Said : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine(value);
}
