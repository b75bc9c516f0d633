using System.Text.Json;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;
using Spectre.Console;

namespace Phyllome.Seats.FirstRun;

/// <summary>Two people at one PC: they sit down, type, move, switch and come home, or look at two monitors of one card; each claim is held against
/// what the guests received.</summary>
/// <param name="oneGpu">One graphics card with two monitors in place of two cards that are passed through.</param>
sealed class Demonstration(Screen screen, string folder, bool oneGpu, bool keep)
{
    readonly List<Shown> _claims = [];
    readonly Dictionary<string, double> _seconds = [];
    readonly List<string> _pictures = [];

    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var package = TimeAsync("build the package", () => Package.BuildAsync(screen, stop.Token));
        try
        {
            return await RunAsync(package, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            await package.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    async Task<bool> RunAsync(Task<string> package, CancellationToken cancellation)
    {
        await using var pc = await TimeAsync("power on", () => TwoSeatPc.StartAsync(oneGpu ? TwoSeatPc.OneCardHardware(DebianRelease.Bookworm) : TwoSeatPc.Hardware(DebianRelease.Bookworm), screen, cancellation));
        try
        {
            await PlayAsync(pc, package, cancellation);
        }
        catch (PcException failure)
        {
            Claim("the run reaches its end", false, "all of it", failure.Message);
        }
        finally
        {
            await screen.StopAsync();
            await pc.Pc.CollectLogsAsync(Path.Combine(folder, "logs"), CancellationToken.None);
        }
        var held = await ConcludeAsync(cancellation);
        if (keep) await KeepAsync(pc, cancellation);
        return held;
    }

    async Task PlayAsync(TwoSeatPc pc, Task<string> package, CancellationToken cancellation)
    {
        screen.Report("plugging in two hubs, each with a keyboard and a mouse");
        await TimeAsync("plug in", () => pc.PlugInWhatIsMissingAsync(cancellation));
        var monitors = new BootMonitors(pc.Pc, folder);
        if (oneGpu)
        {
            screen.Report("plugging two monitors into the one graphics card");
            await monitors.PlugInAsync(cancellation);
        }
        var built = await package;
        screen.Report("installing the package, which starts the service");
        await TimeAsync("install and start the service", () => pc.InstallAsync(built, cancellation));
        screen.Report("writing /etc/phyllome/seats.toml: two seats");
        await pc.ConfigureAsync(oneGpu ? TwoSeatPc.OneCardConfiguration(await monitors.ConnectorsAsync(cancellation)) : pc.Configuration, cancellation);
        screen.Show(pc);
        await TimeAsync("both seats active", () => pc.WaitUntilBothSeatsAreActiveAsync(cancellation));
        await TimeAsync("both guests listen", () => pc.WaitUntilBothGuestsListenAsync(cancellation));
        var console = await pc.Pc.HostConsoleReceivedAsync(cancellation);

        await TimeAsync("type and move", async () =>
        {
            await Task.WhenAll(
                TypeAsync(pc.Left, "the quick brown fox, on the left", pc.Alpha, cancellation),
                TypeAsync(pc.Right, "jumps over the lazy dog, on the right", pc.Beta, cancellation));
            await Task.WhenAll(MoveAsync(pc.Left, 1, pc.Alpha, cancellation), MoveAsync(pc.Right, -1, pc.Beta, cancellation));
        });
        if (oneGpu)
        {
            await ShowsAsync(pc.Left, 0, monitors, cancellation);
            await ShowsAsync(pc.Right, 1, monitors, cancellation);
        }
        else await TimeAsync("switch and come home", async () =>
        {
            await FocusAsync(pc, ["leftmeta", "tab"], pc.Beta, cancellation);
            await TypeAsync(pc.Left, " left was here", pc.Beta, cancellation, elsewhere: pc.Alpha);
            await FocusAsync(pc, ["leftctrl", "rightctrl"], pc.Alpha, cancellation);
            await TypeAsync(pc.Left, ", and is home again", pc.Alpha, cancellation, elsewhere: pc.Beta);
        });

        var strayed = (await pc.Pc.HostConsoleReceivedAsync(cancellation))[console.Length..];
        Claim("the host's own console received none of it", strayed.Length == 0, "all of the above", $"{strayed.Length} bytes");
        if (oneGpu) return;
        foreach (var (person, card) in new[] { (pc.Left, "card-left"), (pc.Right, "card-right") })
        {
            var picture = Path.GetFullPath(Path.Combine(folder, $"monitor-{person.Name}.png"));
            await pc.Pc.PhotographAsync(card, picture, cancellation);
            _pictures.Add(picture);
        }
    }

    async Task TypeAsync(Person person, string text, PcGuest into, CancellationToken cancellation, PcGuest? elsewhere = null)
    {
        screen.Report($"{person.Name} types: {text}");
        var others = elsewhere?.Lines.Count ?? 0;
        var arrived = await person.TypeAsync(text, into, cancellation);
        var strayed = elsewhere is null ? 0 : KeyStroke.In(elsewhere.Lines.Skip(others)).Count;
        Claim(
            $"what {person.Name} types arrives in {into.Name}, whole, in order and nowhere else", arrived.SequenceEqual(Person.StrokesOf(text)) && strayed == 0,
            $"'{text}'", $"{arrived.Count(stroke => stroke.Down)} keys" + (strayed == 0 ? "" : $", and {strayed} strayed to {elsewhere!.Name}"));
    }

    async Task MoveAsync(Person person, int direction, PcGuest into, CancellationToken cancellation)
    {
        var movements = Enumerable.Range(1, 20).Select(n => n * direction).ToList();
        var arrived = await person.MoveAsync(movements, into, cancellation);
        Claim($"the mouse of {person.Name} moves in {into.Name}, each movement once", arrived.SequenceEqual(movements), $"{movements.Count} movements", $"{arrived.Count} movements");
    }

    async Task ShowsAsync(Person person, int output, BootMonitors monitors, CancellationToken cancellation)
    {
        var picture = await monitors.WaitUntilItShowsAsync(output, person.Own.Name, cancellation);
        Claim($"the monitor of {person.Name} shows {person.Own.Name}, pixel for pixel", true, "its picture beside the guest's own", $"{picture.Width}x{picture.Height}, 0 pixels differ");
        _pictures.Add(Path.GetFullPath(monitors.Picture(output)));
    }

    async Task FocusAsync(TwoSeatPc pc, string[] chord, PcGuest guest, CancellationToken cancellation)
    {
        screen.Report($"left presses {string.Join('+', chord)}");
        await pc.Left.Keyboard.ChordAsync(chord, cancellation);
        var status = await pc.WaitForFocusAsync(pc.Left, guest, cancellation);
        Claim($"{string.Join('+', chord)} moves left's input to {guest.Name}", true, string.Join('+', chord), $"focus {status.Seats.First(seat => seat.Name == pc.Left.Name).Focus}");
    }

    void Claim(string claim, bool held, string done, string arrived)
    {
        lock (_claims) _claims.Add(new Shown(claim, held, done, arrived));
    }

    async Task<bool> ConcludeAsync(CancellationToken cancellation)
    {
        var held = _claims.All(claim => claim.Held);
        var table = new Table().RoundedBorder().AddColumns("claim", "done", "arrived", "held");
        foreach (var claim in _claims)
            table.AddRow(new Text(claim.Claim), new Text(claim.Done), new Text(claim.Arrived), new Text(claim.Held ? "yes" : "NO"));
        AnsiConsole.Write(table);
        foreach (var (part, seconds) in _seconds) AnsiConsole.MarkupLineInterpolated($"[grey]{seconds,6:0.0} s[/]  {part}");
        foreach (var picture in _pictures) AnsiConsole.MarkupLineInterpolated($"picture  {picture}");
        var summary = new Summary(held, _claims, _seconds, [.. _pictures.Select(picture => Path.GetFileName(picture)!)],
            $"{Environment.ProcessorCount} processors, {Environment.OSVersion.VersionString}");
        var file = Path.GetFullPath(Path.Combine(folder, "summary.json"));
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(summary, SummaryJson.Default.Summary) + "\n", cancellation);
        AnsiConsole.MarkupLineInterpolated($"summary  {file}");
        AnsiConsole.MarkupLine(held ? "[green]every claim held[/]" : "[red]a claim did not hold; the logs are beside the summary[/]");
        return held;
    }

    static async Task KeepAsync(TwoSeatPc pc, CancellationToken cancellation)
    {
        AnsiConsole.MarkupLineInterpolated($"The PC stays on until Ctrl+C. A shell in it: {pc.Pc.HowToGetIn}");
        AnsiConsole.MarkupLine("There: seatctl watch; virsh list; journalctl --unit 'phyllome*'");
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    async Task TimeAsync(string part, Func<Task> work) => await TimeAsync(part, async () =>
    {
        await work();
        return true;
    });

    async Task<T> TimeAsync<T>(string part, Func<Task<T>> work)
    {
        var begin = screen.Elapsed;
        var result = await work();
        lock (_claims) _seconds[part] = Math.Round((screen.Elapsed - begin).TotalSeconds, 1);
        return result;
    }
}
