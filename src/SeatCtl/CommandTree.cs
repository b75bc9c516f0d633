using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The commands of <c>seatctl</c>.</summary>
internal sealed class CommandTree
{
    private readonly Terminal _terminal;
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON", Recursive = true };

    private CommandTree(Terminal terminal) => _terminal = terminal;

    internal static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var parsed = new CommandTree(terminal).Build().Parse(args);
        // The library's own answer prints help as well, and ends with 1.
        if (parsed.Action is ParseErrorAction)
        {
            terminal.Error.WriteLine($"seatctl: {string.Join(' ', parsed.Errors.Select(error => error.Message))} See: seatctl --help");
            return (int)ExitCode.Usage;
        }
        return await parsed.InvokeAsync(
            new() { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false }, cancellation);
    }

    private RootCommand Build()
    {
        var seat = new Argument<string>("SEAT") { Description = "A seat's name" };
        var target = new Argument<string>("TARGET") { Description = "A guest in the seat's reach, or: home, next, previous" };
        var device = new Argument<string>("DEVICE") { Description = "A device's id as status shows it, its event node, or its name" };
        var file = new Argument<string>("FILE") { Description = "The file to check", DefaultValueFactory = _ => ConfigCheck.DefaultFile };
        var guest = new Argument<string>("GUEST") { Description = "A libvirt domain's name" };
        return new RootCommand("See and steer the seats of this PC.")
        {
            _json,
            Command("status", "Show each seat with its guest, focus, devices and problems", WithClient(StatusAsync)),
            Command("watch", "The same, drawn again at each change, until Ctrl-C", WithClient(WatchAsync)),
            Command("explain", "Say why a device is where it is", WithClient((client, parsed, cancellation) =>
                ExplainAsync(client, parsed, parsed.GetRequiredValue(device), cancellation)), device),
            new Command("seat", "Start and stop seats")
            {
                Command("start", "Start the seat's own guest", WithClient((client, parsed, cancellation) =>
                    DoAsync(parsed, "start", seat, null, name => client.StartAsync(name, cancellation))), seat),
                Command("stop", "Ask the seat's own guest to shut down", WithClient((client, parsed, cancellation) =>
                    DoAsync(parsed, "stop", seat, null, name => client.StopAsync(name, cancellation))), seat),
            },
            Command("focus", "Move the seat's input", WithClient((client, parsed, cancellation) =>
                DoAsync(parsed, "focus", seat, target, name => client.FocusAsync(name, parsed.GetRequiredValue(target), cancellation))), seat, target),
            new Command("guest", "Look at guests")
            {
                Command("diff", "Show how a guest differs at its seat from how it is stored; needs no service", (parsed, cancellation) =>
                    GuestDiff.RunAsync(parsed.GetRequiredValue(guest), ConfigCheck.DefaultFile, GuestDiff.LibvirtUri, parsed.GetValue(_json), _terminal, cancellation), guest),
            },
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

    private Func<ParseResult, CancellationToken, Task<ExitCode>> WithClient(Func<SeatsClient, ParseResult, CancellationToken, Task> run) =>
        async (parsed, cancellation) =>
        {
            await using var client = SeatsClient.Open(_terminal.BusAddress);
            await run(client, parsed, cancellation);
            return ExitCode.Done;
        };

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

    private async Task WatchAsync(SeatsClient client, ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            await new Watch(client, _terminal, parsed.GetValue(_json)).RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends.
        }
    }

    private async Task DoAsync(ParseResult parsed, string did, Argument<string> seat, Argument<string>? target, Func<string, Task> work)
    {
        var name = parsed.GetRequiredValue(seat);
        await work(name);
        if (parsed.GetValue(_json))
        {
            var done = new Done(name, did, target == null ? null : parsed.GetRequiredValue(target));
            _terminal.Out.WriteLine(JsonSerializer.Serialize(done, DocumentsJson.Default.Done));
        }
    }
}
