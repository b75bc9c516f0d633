using System.Globalization;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Hardware;

// phyllome-bench-pc ROUNDS BENCH FORWARDER [--processors 1|2] [--clock instructions] [--evsieve PATH] [--persistent-evdev PATH] [--deb FILE]...
// Boots one virtual PC and runs phyllome-bench's 'kernel' in it; its words go to standard error, its table to standard output.
const string Usage = "Use: phyllome-bench-pc ROUNDS BENCH FORWARDER [--processors 1|2] [--clock instructions] [--evsieve PATH] [--persistent-evdev PATH] [--deb FILE]...";
if (args.Length < 3 || args.Length % 2 == 0 || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) || rounds == 0)
    return Fail(Usage);

string? evsieve = null, persistent = null;
bool two = false, counted = false;
List<string> debs = [];
foreach (var pair in args[3..].Chunk(2))
{
    if (pair[0] == "--processors")
    {
        if (pair[1] is not ("1" or "2"))
            return Fail(Usage);
        two = pair[1] == "2";
        continue;
    }

    if (pair[0] == "--clock")
    {
        if (pair[1] != "instructions")
            return Fail(Usage);
        counted = true;
        continue;
    }

    if (!File.Exists(pair[1]))
        return Fail($"There is no file {pair[1]}, named by {pair[0]}.");
    switch (pair[0])
    {
        case "--evsieve":
            evsieve = pair[1];
            break;
        case "--persistent-evdev":
            persistent = pair[1];
            break;
        case "--deb":
            debs.Add(pair[1]);
            break;
        default:
            return Fail(Usage);
    }
}

if (two && counted)
    return Fail("One processor alone can have its instructions counted.");

try
{
    // Emulated, the processors' clocks are taken for unsynchronized otherwise, and each look at the time asks a device.
    await using var pc = await Pc.StartAsync(new PcHardware { MemoryMegabytes = 2048, PreciseTimers = true, KeepsTwoProcessors = two || counted, Processors = counted ? 1 : 4, CountsInstructions = counted, KernelArguments = "tsc=reliable" }, new Said());
    await pc.MustRunAsync("mkdir -p /opt/bench && modprobe uinput");
    foreach (var deb in debs)
        await pc.MustRunAsync($"dpkg-deb --fsys-tarfile '{await pc.CopyInAsync(deb)}' | tar --extract --keep-directory-symlink --directory=/");
    // What sends and reads comes before all else but the contenders: its own waiting would be taken for theirs.
    var line = $"chrt -f 1 /opt/bench/{await BringAsync(args[1])} kernel {rounds} /opt/bench/{await BringAsync(args[2])}";
    foreach (var peer in new[] { evsieve, persistent })
        line += peer is null ? " -" : $" /opt/bench/{await BringAsync(peer)}";
    await foreach (var said in pc.StreamLinesAsync($"uname -r >&2; {line} 2>&1; echo ended with $?"))
    {
        (said.StartsWith('|') || said.StartsWith('-') || said.Length == 0 ? Console.Out : Console.Error).WriteLine(said);
        if (said.StartsWith("ended with", StringComparison.Ordinal))
            return said == "ended with 0" ? 0 : 1;
    }

    return 1;

    async Task<string> BringAsync(string file)
    {
        await pc.MustRunAsync($"install -m 755 '{await pc.CopyInAsync(file)}' /opt/bench/");
        return Path.GetFileName(file);
    }
}
catch (PcException failure)
{
    return Fail(failure.Message);
}

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
