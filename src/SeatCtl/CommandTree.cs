using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Status;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The commands of <c>seatctl</c>.</summary>
internal sealed class CommandTree
{
    private readonly Terminal _terminal;
    private readonly DoctorSight _sight;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON", Recursive = true };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Print what would be done, and do nothing" };

    private readonly ClaimPlace _place;
    private readonly SelfTestSight _selfTest;

    private CommandTree(Terminal terminal, DoctorSight sight, ClaimPlace place, SelfTestSight selfTest) => (_terminal, _sight, _place, _selfTest) = (terminal, sight, place, selfTest);

    /// <param name="sight">What <c>doctor</c> looks at; null for this machine.</param>
    /// <param name="place">Where <c>gpu</c> claims cards; null for this machine.</param>
    /// <param name="selfTest">What <c>selftest</c> looks at; null for this machine.</param>
    internal static async Task<int> RunAsync(
        string[] args, Terminal terminal, CancellationToken cancellation, DoctorSight? sight = null, ClaimPlace? place = null, SelfTestSight? selfTest = null)
    {
        var parsed = Build(terminal, sight, place, selfTest).Parse(args);
        // The library's own answer prints help as well, and ends with 1.
        if (parsed.Action is ParseErrorAction)
        {
            terminal.Error.WriteLine($"seatctl: {string.Join(' ', parsed.Errors.Select(error => error.Message))} See: seatctl --help");
            return (int)ExitCode.Usage;
        }
        return await parsed.InvokeAsync(
            new() { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false }, cancellation);
    }

    internal static RootCommand Build(Terminal terminal, DoctorSight? sight = null, ClaimPlace? place = null, SelfTestSight? selfTest = null) =>
        new CommandTree(terminal, sight ?? DoctorSight.OfThisMachine, place ?? ClaimPlace.OfThisMachine, selfTest ?? SelfTestSight.OfThisMachine).Build();

    private RootCommand Build()
    {
        var seat = new Argument<string>("SEAT") { Description = "A seat's name" };
        var target = new Argument<string>("TARGET") { Description = "A guest in the seat's reach, or: home, next, previous" };
        var device = new Argument<string>("DEVICE") { Description = "A device's id as status shows it, its event node, or its name" };
        var to = new Argument<string>("SEAT") { Description = "A seat's name, or: host" };
        var file = new Argument<string>("FILE") { Description = "The file to check", DefaultValueFactory = _ => ConfigCheck.DefaultFile };
        var guest = new Argument<string>("GUEST") { Description = "A libvirt domain's name" };
        var origin = new Argument<string>("BASE") { Description = "The libvirt domain to clone, which is off" };
        var clone = new Argument<string>("NAME") { Description = "The clone's name" };
        var configuration = new Argument<string>("FILE") { Description = "The configuration to judge", DefaultValueFactory = _ => ConfigCheck.DefaultFile };
        var report = new Option<string?>("--report") { Description = "Write a file for a bug report as well, serials and addresses masked", HelpName = "FILE" };
        var doctor = Command("doctor", "Say what this PC, its graphics cards and its seats are fit for; needs no service, changes nothing", (parsed, cancellation) =>
            new Doctor(_terminal, _sight).RunAsync(parsed.GetRequiredValue(configuration), parsed.GetValue(report), parsed.GetValue(_json), cancellation), configuration);
        doctor.Add(report);
        return new RootCommand("See and steer the seats of this PC.")
        {
            _json,
            Command("status", "Show each seat with its guest, focus, devices and problems", WithClient(StatusAsync)),
            Command("watch", "The same, drawn again at each change, until Ctrl-C", WithClient(WatchAsync)),
            Top(),
            Command("explain", "Say why a device is where it is", WithClient((client, parsed, cancellation) =>
                ExplainAsync(client, parsed, parsed.GetRequiredValue(device), cancellation)), device),
            Command("events", "Tell of each thing that happens, a line each, until Ctrl-C", WithClient((client, parsed, cancellation) =>
                UntilCancelledAsync(Events.RunAsync(client, _terminal, parsed.GetValue(_json), cancellation), cancellation))),
            Change("assign", "Give a device to a seat, or to the host, for good", (client, words, cancellation) => client.AssignAsync(words[0], words[1], cancellation),
                words => new(words[1], "assign", words[0]), ["assign"], device, to),
            new Command("seat", "Start, stop, add and remove seats")
            {
                Change("start", "Start the seat's own guest, and give the seat back what the host took", (client, words, cancellation) => client.StartAsync(words[0], cancellation),
                    words => new(words[0], "start", null), ["seat", "start"], seat),
                Change("stop", "Ask the seat's own guest to shut down", (client, words, cancellation) => client.StopAsync(words[0], cancellation),
                    words => new(words[0], "stop", null), ["seat", "stop"], seat),
                AddSeat(),
                Change("remove", "Remove a seat that stands in no configuration", (client, words, cancellation) => client.RemoveSeatAsync(words[0], cancellation),
                    words => new(words[0], "remove", null), ["seat", "remove"], seat),
            },
            Change("focus", "Move the seat's input", (client, words, cancellation) => client.FocusAsync(words[0], words[1], cancellation),
                words => new(words[0], "focus", words[1]), ["focus"], seat, target),
            Remote(),
            Identify(),
            new Command("host", "What concerns the host")
            {
                Change("take", "Give the devices of all seats back to the host, at once", (client, _, cancellation) => client.TakeBackAsync(cancellation),
                    _ => new("host", "take", null), ["host", "take"]),
            },
            new Command("guest", "Look at guests, and make them")
            {
                Command("diff", "Show how a guest differs at its seat from how it is stored; needs no service", (parsed, cancellation) =>
                    GuestDiff.RunAsync(parsed.GetRequiredValue(guest), ConfigCheck.DefaultFile, GuestDiff.LibvirtUri, parsed.GetValue(_json), _terminal, cancellation), guest),
                DryRunnable(Command("clone", "Make a guest on top of another's frozen disks; needs no service", (parsed, cancellation) =>
                    GuestClone.RunAsync(
                        parsed.GetRequiredValue(origin), parsed.GetRequiredValue(clone), GuestDiff.LibvirtUri, parsed.GetValue(_dryRun), parsed.GetValue(_json), _terminal, cancellation), origin, clone)),
                NewGuest(),
            },
            Gpu(),
            doctor,
            Command("selftest", "See whether the service works, from its parts to each device that it holds; as root, changes nothing", SelfTestAsync),
            new Command("config", "Look after the configuration")
            {
                Command("check", "Check a configuration file; needs no service", (parsed, cancellation) =>
                    ConfigCheck.RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(_json), _terminal, cancellation), file),
            },
        };
    }

    private Command Command(string name, string description, Func<ParseResult, CancellationToken, Task<ExitCode>> run, params Argument[] arguments)
    {
        var command = new Command(name, description);
        foreach (var argument in arguments)
            command.Add(argument);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return (int)await run(parsed, cancellation);
            }
            catch (CommandFailure failure)
            {
                _terminal.Error.WriteLine($"seatctl: {failure.Message}");
                return (int)failure.Code;
            }
            catch (BusException fault)
            {
                _terminal.Error.WriteLine($"seatctl: {fault.Message} Is D-Bus running (systemctl status dbus)?");
                return (int)ExitCode.Failed;
            }
        });
        return command;
    }

    private Command DryRunnable(Command command)
    {
        command.Add(_dryRun);
        return command;
    }

    private Func<ParseResult, CancellationToken, Task<ExitCode>> WithClient(Func<SeatsClient, ParseResult, CancellationToken, Task> run) =>
        async (parsed, cancellation) =>
        {
            await using var client = SeatsClient.Open(_terminal.BusAddress);
            await run(client, parsed, cancellation);
            return ExitCode.Done;
        };

    private async Task<ExitCode> SelfTestAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var client = SeatsClient.Open(_terminal.BusAddress);
        return await SelfTest.RunAsync(client, _selfTest, parsed.GetValue(_json), _terminal, cancellation);
    }

    private async Task StatusAsync(SeatsClient client, ParseResult parsed, CancellationToken cancellation)
    {
        var status = await client.GetStatusAsync(cancellation);
        if (parsed.GetValue(_json))
            _terminal.Out.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.SeatsStatus));
        else
            _terminal.Out.Write(_terminal.Render(console => StatusView.Draw(console, status)));
    }

    private async Task ExplainAsync(SeatsClient client, ParseResult parsed, string device, CancellationToken cancellation)
    {
        var explanation = Explain.Find(await client.GetStatusAsync(cancellation), device);
        if (parsed.GetValue(_json))
            _terminal.Out.WriteLine(JsonSerializer.Serialize(explanation, DocumentsJson.Default.Explanation));
        else
            _terminal.Out.Write(Explain.Text(explanation));
    }

    private Task WatchAsync(SeatsClient client, ParseResult parsed, CancellationToken cancellation) =>
        UntilCancelledAsync(new Watch(client, _terminal, parsed.GetValue(_json)).RunAsync(cancellation), cancellation);

    private Command Top()
    {
        var seconds = new Option<double>("--interval") { Description = "Seconds that each picture is of", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
        var count = new Option<int?>("--count") { Description = "End after so many pictures", HelpName = "NUMBER" };
        Limit(seconds, 0.1, 3600, "--interval is from 0.1 to 3600 seconds.");
        Limit(count, 1, int.MaxValue, "--count is at least 1.");
        var command = Command("top", "Show how many reports a second each device sends and how long they take to its guest, until Ctrl-C", WithClient((client, parsed, cancellation) =>
            UntilCancelledAsync(new Top(client, _terminal, parsed.GetValue(_json)).RunAsync(
                TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)), parsed.GetValue(count) ?? int.MaxValue, cancellation), cancellation)));
        command.Add(seconds);
        command.Add(count);
        return command;
    }

    /// <summary>Refuses what is no such number. The library's own conversion throws where a validator asks for its result.</summary>
    private static void Limit<T, TNumber>(Option<T> option, TNumber least, TNumber most, string sentence) where TNumber : struct, INumber<TNumber> =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(TNumber.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most))
                result.AddError(sentence);
        });

    private static async Task UntilCancelledAsync(Task watch, CancellationToken cancellation)
    {
        try
        {
            await watch;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends.
        }
    }

    private Command Gpu()
    {
        var pci = new Argument<string>("PCI") { Description = "PCI address of a graphics card, like 0000:01:00.0" };
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var none = new Option<bool>("--none") { Description = "Release all cards" };
        GpuClaims Claims() => new(_terminal, _place);
        var claim = Command("claim", "Have a card bound to vfio-pci from the boot on; shown first, and confirmed after the restart", (parsed, _) =>
            Task.FromResult(Claims().Claim(parsed.GetRequiredValue(pci), ConfigCheck.DefaultFile, parsed.GetValue(yes), parsed.GetValue(_dryRun), parsed.GetValue(_json))), pci);
        var release = Command("release", "Give a card back to the host: one that is claimed from the next boot on, else at once", (parsed, _) =>
            Task.FromResult(Claims().Release(parsed.GetRequiredValue(pci), parsed.GetValue(yes), parsed.GetValue(_dryRun), parsed.GetValue(_json))), pci);
        foreach (var command in new[] { claim, release })
        {
            command.Add(yes);
            command.Add(_dryRun);
        }
        var settle = Command("settle", "Take back what was not confirmed; for the service manager", (parsed, _) => Task.FromResult(Claims().Settle(parsed.GetValue(none))));
        settle.Hidden = true;
        settle.Add(none);
        return new Command("gpu", "Claim graphics cards for guests, and release them")
        {
            claim,
            release,
            DryRunnable(Command("confirm", "Keep the last claim or release, after the restart", (parsed, _) =>
                Task.FromResult(Claims().Confirm(parsed.GetValue(_dryRun), parsed.GetValue(_json))))),
            settle,
        };
    }

    private Command NewGuest()
    {
        var name = new Argument<string>("NAME") { Description = "The guest's name" };
        var os = new Option<string>("--os") { Description = "Its system, as 'virt-install --osinfo list' has them, like win11 or debian12", HelpName = "ID", Required = true };
        var iso = new Option<string>("--iso") { Description = "The medium that its system is installed from", HelpName = "FILE", Required = true };
        var disk = new Option<int?>("--disk") { Description = "Its disk's size, in GiB", HelpName = "GIB" };
        var memory = new Option<int?>("--memory") { Description = "Its memory, in MiB", HelpName = "MIB" };
        var vcpus = new Option<int?>("--vcpus") { Description = "How many processors it has", HelpName = "NUMBER" };
        var pool = new Option<string>("--pool") { Description = "The storage pool that its disk goes to", HelpName = "POOL", DefaultValueFactory = _ => "default" };
        var profile = new Option<string?>("--profile") { Description = "The profile to make it by, rather than its system's", HelpName = "PROFILE" };
        profile.AcceptOnlyFromAmong([.. GuestNew.Profiles]);
        foreach (var number in new[] { disk, memory, vcpus })
            Limit(number, 1, GuestNew.Most, $"{number.Name} is from 1 to {GuestNew.Most}.");
        var command = Command("new", "Make a guest that installs its system from a medium, by virt-install; needs no service", (parsed, cancellation) =>
            GuestNew.RunAsync(
                new(parsed.GetRequiredValue(name), parsed.GetRequiredValue(os), Path.GetFullPath(parsed.GetRequiredValue(iso)), parsed.GetRequiredValue(pool),
                    GuestNew.ProfileOf(parsed.GetValue(profile)), parsed.GetValue(disk), parsed.GetValue(memory), parsed.GetValue(vcpus)),
                GuestDiff.LibvirtUri, new VirtInstall(), parsed.GetValue(_dryRun), parsed.GetValue(_json), _terminal, cancellation), name);
        foreach (var option in new Option[] { os, iso, disk, memory, vcpus, pool, profile, _dryRun })
            command.Add(option);
        return command;
    }

    private Command Remote()
    {
        const string On = "on", Off = "off";
        var seat = new Argument<string>("SEAT") { Description = "A seat's name" };
        var password = new Option<bool>("--password") { Description = "Set the password of viewers over TCP: asked for twice, or a line of standard input" };
        var viewOnly = new Option<string?>("--view-only") { Description = "Let viewers look alone, or type and point too", HelpName = "on|off" };
        var end = new Option<bool>("--end") { Description = "Send the viewers away" };
        viewOnly.AcceptOnlyFromAmong(On, Off);
        var command = Command("remote", "Show how a seat is seen from elsewhere and by whom, and steer it", WithClient((client, parsed, cancellation) =>
        {
            var name = parsed.GetRequiredValue(seat);
            if (parsed.GetValue(password))
                return DoAsync(client, parsed, ["remote", name, "--password"], new(name, "remote-password", null), async () => await client.SetRemotePasswordAsync(name, RemotePassword.Keep(await SecretLine.ReadAsync(_terminal, cancellation)), cancellation), cancellation);
            if (parsed.GetValue(viewOnly) is { } only)
                return DoAsync(client, parsed, ["remote", name, "--view-only", only], new(name, "remote-view-only", only), () => client.SetRemoteViewOnlyAsync(name, only == On, cancellation), cancellation);
            return parsed.GetValue(end)
                ? DoAsync(client, parsed, ["remote", name, "--end"], new(name, "remote-end", null), () => client.EndRemoteViewersAsync(name, cancellation), cancellation)
                : RemoteDisplay.ShowAsync(client, _terminal, name, parsed.GetValue(_json), cancellation);
        }), seat);
        command.Validators.Add(result =>
        {
            if (new Option[] { password, viewOnly, end }.Count(option => result.GetResult(option) is { Implicit: false }) > 1)
                result.AddError("--password, --view-only and --end are three commands: one at a time.");
        });
        foreach (var option in new Option[] { password, viewOnly, end, _dryRun })
            command.Add(option);
        return command;
    }

    private Command Identify()
    {
        var end = new Option<bool>("--end") { Description = "Ask no longer" };
        var command = Command("identify", "Have each free screen ask for two minutes which keyboard and mouse are in front of it", WithClient((client, parsed, cancellation) =>
        {
            var begin = !parsed.GetValue(end);
            return DoAsync(client, parsed, begin ? ["identify"] : ["identify", "--end"], new("host", "identify", begin ? null : "end"), () => client.IdentifyAsync(begin, cancellation), cancellation);
        }));
        command.Add(end);
        command.Add(_dryRun);
        return command;
    }

    private Command AddSeat()
    {
        var seat = new Argument<string>("SEAT") { Description = "Its name" };
        var guest = new Argument<string>("GUEST") { Description = "The libvirt domain that is its own, or template:NAME for a clone" };
        var devices = new Argument<string[]>("DEVICE") { Description = "Its devices", Arity = ArgumentArity.ZeroOrMore };
        var gpu = new Option<string>("--gpu") { Description = "PCI address of a graphics card to pass through, like 0000:01:00.0", HelpName = "PCI" };
        var command = Command("add", "Make a seat that stands in no configuration", WithClient((client, parsed, cancellation) =>
        {
            var (name, own, mine) = (parsed.GetRequiredValue(seat), parsed.GetRequiredValue(guest), parsed.GetValue(devices) ?? []);
            var card = parsed.GetValue(gpu) is not { } address ? "" : address.StartsWith("pci:", StringComparison.Ordinal) ? address[4..] : address;
            return DoAsync(client, parsed, ["seat", "add", name, own, card, .. mine], new(name, "add", own), () => client.AddSeatAsync(name, own, card, mine, cancellation), cancellation);
        }), seat, guest, devices);
        command.Add(gpu);
        command.Add(_dryRun);
        return command;
    }

    /// <summary>A command that changes something.</summary>
    /// <param name="words">Its own, before those of its arguments.</param>
    private Command Change(
        string name, string description, Func<SeatsClient, string[], CancellationToken, Task> work, Func<string[], Done> done, string[] words, params Argument<string>[] arguments)
    {
        var command = Command(name, description, WithClient((client, parsed, cancellation) =>
        {
            string[] values = [.. arguments.Select(argument => parsed.GetRequiredValue(argument))];
            return DoAsync(client, parsed, [.. words, .. values], done(values), () => work(client, values, cancellation), cancellation);
        }), [.. arguments]);
        command.Add(_dryRun);
        return command;
    }

    private async Task DoAsync(SeatsClient client, ParseResult parsed, string[] words, Done done, Func<Task> work, CancellationToken cancellation)
    {
        var json = parsed.GetValue(_json);
        if (parsed.GetValue(_dryRun))
        {
            var steps = await client.PreviewAsync(words, cancellation);
            if (json)
                _terminal.Out.WriteLine(JsonSerializer.Serialize(new Steps(steps), DocumentsJson.Default.Steps));
            else
                _terminal.Out.Write(string.Concat((steps.Count == 0 ? ["Nothing is to be done."] : steps).Select(step => View.Printable(step) + "\n")));
            return;
        }
        await work();
        if (json)
            _terminal.Out.WriteLine(JsonSerializer.Serialize(done, DocumentsJson.Default.Done));
    }
}
