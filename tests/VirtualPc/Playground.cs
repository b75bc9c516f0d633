using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Image;

namespace Phyllome.Seats.VirtualPc;

/// <summary><c>dotnet run --project tests/VirtualPc [trixie]</c>: a PC with two of everything, to be used by hand. Each line is an order;
/// the end of the input switches the PC off. <c>images</c> in place of a release: what PCs of both are made from, where the cache lacks it.</summary>
static class Playground
{
    const string Help = """
        run COMMAND | plug keyboard|mouse|hub|stick NAME PORT | unplug NAME | type NAME TEXT | chord NAME KEY+KEY | move NAME DX DY | click NAME
        monitor OUTPUT WIDTH HEIGHT | monitor OUTPUT off | photo GPU|OUTPUT FILE.png | guest NAME [PCI-ADDRESS] | ready NAME | received NAME
        install FILE.deb | console | logs FOLDER
        """;

    static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["images"])
        {
            await PlayAsync(arguments.Contains("trixie") ? DebianRelease.Trixie : DebianRelease.Bookworm);
            return 0;
        }
        try
        {
            foreach (var release in Enum.GetValues<DebianRelease>()) await PcImage.GetAsync(new ImageRecipe(release), new Saying(Console.WriteLine), CancellationToken.None);
            return 0;
        }
        catch (PcException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    static async Task PlayAsync(DebianRelease release)
    {
        var hardware = new PcHardware
        {
            Release = release,
            Gpus = [new("gpu1"), new("gpu2")],
            Usb = [new PcKeyboard("kbd-left", "1"), new PcMouse("mouse-left", "2"), new PcKeyboard("kbd-right", "3"), new PcMouse("mouse-right", "4")],
        };
        var clock = System.Diagnostics.Stopwatch.StartNew();
        void Say(string text) => Console.WriteLine($"[{clock.Elapsed.TotalSeconds,6:0.0}] {text}");
        await using var pc = await Pc.StartAsync(hardware, new Saying(Say));
        Say(pc.HowToGetIn);
        Say(Help);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            try
            {
                Say($"> {line}");
                if (await ObeyAsync(pc, line) is { Length: > 0 } answer) Console.WriteLine(answer.TrimEnd());
                Say("done");
            }
            catch (PcException failure)
            {
                Say(failure.Message);
            }
        }
    }

    static async Task<string> ObeyAsync(Pc pc, string line)
    {
        var words = line.Split(' ', 3);
        string[] rest = words.Length > 2 ? words[2].Split(' ') : [];
        static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        switch (words)
        {
            case ["run", ..]:
                var result = await pc.RunAsync(line[4..]);
                return $"{result.Output}{result.Errors}(exit code {result.ExitCode})";
            case ["plug", "keyboard", _]: await pc.PlugKeyboardAsync(rest[0], rest[1]); break;
            case ["plug", "mouse", _]: await pc.PlugMouseAsync(rest[0], rest[1]); break;
            case ["plug", "hub", _]: await pc.PlugHubAsync(rest[0], rest[1]); break;
            case ["plug", "stick", _]: await pc.PlugStickAsync(rest[0], rest[1]); break;
            case ["unplug", var name]: await pc.UnplugAsync(name); break;
            case ["type", var name, var text]: await pc.Keyboard(name).TypeAsync(text); break;
            case ["chord", var name, var keys]: await pc.Keyboard(name).ChordAsync(keys.Split('+')); break;
            case ["move", var name, _]: await pc.Mouse(name).MoveAsync(Number(rest[0]), Number(rest[1])); break;
            case ["click", var name]: await pc.Mouse(name).ClickAsync(); break;
            case ["monitor", var output, "off"]: await pc.UnplugMonitorAsync(Number(output)); break;
            case ["monitor", var output, _]: await pc.PlugMonitorAsync(Number(output), Number(rest[0]), Number(rest[1])); break;
            case ["photo", var gpu, var file] when int.TryParse(gpu, out var output): await pc.PhotographAsync(output, file); break;
            case ["photo", var gpu, var file]: await pc.PhotographAsync(gpu, file); break;
            case ["guest", var name, ..]:
                await pc.DefineGuestAsync(new GuestRecipe(name) { PassedThrough = rest });
                break;
            case ["ready", var name]: await pc.Guest(name).WaitUntilReadyAsync(TimeSpan.FromMinutes(5)); break;
            case ["received", var name]: return string.Join('\n', pc.Guest(name).Lines);
            case ["install", var deb]: await pc.InstallPackageAsync(deb); break;
            case ["console"]: return await pc.HostConsoleReceivedAsync();
            case ["logs", var folder]: await pc.CollectLogsAsync(folder); break;
            default: return Help;
        }
        return "";
    }

    sealed class Saying(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
