using System.Text.Json;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

public sealed class CommandTreeTests : IDisposable
{
    private readonly PrivateBus _bus = new();
    private readonly Written _out = new();
    private readonly Written _error = new() { Eager = true };
    private bool _colour;
    private bool _screen;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _bus.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    private Terminal Terminal => new(_out, _error, _screen, _colour, () => 80, _bus.Address);

    private Task<int> RunAsync(params string[] args) => CommandTree.RunAsync(args, Terminal, Cancellation);

    [Fact]
    public async Task Status_is_a_table_that_fits_80_columns()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(0, await RunAsync("status"));
        Assert.Equal(
            """
            Seat   State   Guest           Focus    Devices and displays
            left   active  work (running)  windows  keyboard Logitech K120 Keyboard
                                                    mouse Logitech M90
                                                    display Dell U2415 1920x1200
                                                    (passthrough)
                                                    gpu 0000:01:00.0 (passthrough)
            right  failed  -               -        -

            Devices of the host
              keyboard  Evil?[2J Keyboard  port:1-1

            Problems
              right: Guest 'play' can't be started: no such domain; define it in libvirt.
              libvirt can't be reached; start libvirtd.

            """,
            _out.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Status_without_seats_says_so()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Status = SeatsStatus.Empty;
        Assert.Equal(0, await RunAsync("status"));
        Assert.Equal("No seats. Configure one in /etc/phyllome/seats.toml, see seats.toml(5).\n", _out.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Colours_are_only_where_they_are_wanted(bool colour)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        _colour = colour;
        Assert.Equal(0, await RunAsync("status"));
        Assert.Equal(colour, _out.ToString().Contains('\e', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_as_json_is_the_document()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(0, await RunAsync("status", "--json"));
        Assert.Equal(manager.Status, JsonSerializer.Deserialize(_out.ToString(), StatusJson.Default.SeatsStatus));
    }

    [Theory]
    [InlineData("port:1-2.1")]
    [InlineData("/dev/input/event4")]
    [InlineData("logitech k120 keyboard")]
    public async Task Why_a_device_is_at_its_seat_is_explained(string device)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(0, await RunAsync("explain", device));
        Assert.Equal(
            "port:1-2.1: keyboard Logitech K120 Keyboard (/dev/input/event4)\n  seat left: configured: port:1-2\n  kept from the host's programs by the input router's grab alone: udev had no rule for it when it was plugged in\n",
            _out.ToString());
    }

    [Fact]
    public async Task Why_a_device_is_not_at_a_seat_is_explained_and_is_data()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Status = SeatsStatus.Empty with
        {
            Unassigned = [new("port:1-3", "keyboard", "Evil\e[2J", "/dev/input/event5", "the host has no other keyboard") { Refused = ["same hub: it is at port:1 too"] }],
        };
        Assert.Equal(0, await RunAsync("explain", "port:1-3"));
        Assert.Equal("port:1-3: keyboard Evil?[2J (/dev/input/event5)\n  the host's: the host has no other keyboard\n  not otherwise: same hub: it is at port:1 too\n", _out.ToString());
        var json = new Written();
        Assert.Equal(0, await CommandTree.RunAsync(["explain", "port:1-3", "--json"], Terminal with { Out = json }, Cancellation));
        using var document = JsonDocument.Parse(json.ToString());
        Assert.Equal("host", document.RootElement.GetProperty("reason").GetString());
        Assert.Equal("same hub: it is at port:1 too", document.RootElement.GetProperty("refused")[0].GetString());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("seat").ValueKind);
    }

    [Theory]
    [InlineData("card0-DP-2", "card0-DP-2: display LG 27\n  seat left: a program of the package shows the guest, by a lease that the desktop gives which has the card\n")]
    [InlineData("dell u2415", "card0-DP-1: display DELL U2415\n  the host's: nothing of the seats is on it\n")]
    public async Task How_the_picture_gets_to_a_display_is_explained(string display, string words)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Status = SeatsStatus.Empty with
        {
            Seats = [new("left", SeatState.Active, null, null, [], [], [new("card0-DP-2", "LG 27", "1280x1024", "desktop-lease")], null, [])],
            Host = SeatsStatus.Empty.Host with { Displays = [new("card0-DP-1", "DELL U2415", "1920x1200", null)] },
        };
        Assert.Equal(0, await RunAsync("explain", display));
        Assert.Equal(words, _out.ToString());
    }

    [Fact]
    public async Task A_device_that_is_not_there_cannot_be_explained()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(3, await RunAsync("explain", "port:9-9"));
    }

    [Fact]
    public async Task Seats_are_started_stopped_and_focused()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(0, await RunAsync("seat", "start", "left"));
        Assert.Equal(0, await RunAsync("seat", "stop", "left"));
        Assert.Empty(_out.ToString());
        Assert.Equal(0, await RunAsync("focus", "left", "home", "--json"));
        Assert.Equal(["start", "stop", "focus home interactive"], manager.Done);
        using var done = JsonDocument.Parse(_out.ToString());
        Assert.Equal("home", done.RootElement.GetProperty("target").GetString());
    }

    [Theory]
    [InlineData("assign port:1-3 left", "assign port:1-3 left")]
    [InlineData("assign port:1-3 host", "assign port:1-3 host")]
    [InlineData("seat add third gamer", "add third gamer '' ")]
    [InlineData("seat add third gamer port:1-3 port:1-4 --gpu pci:0000:01:00.0", "add third gamer '0000:01:00.0' port:1-3+port:1-4")]
    [InlineData("seat remove third", "remove third")]
    [InlineData("host take", "take")]
    [InlineData("identify", "identify True")]
    [InlineData("remote left --view-only on", "view-only True")]
    [InlineData("remote left --view-only off", "view-only False")]
    [InlineData("remote left --end", "send away")]
    [InlineData("identify --end", "identify False")]
    public async Task What_is_remembered_can_be_changed(string command, string done)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(0, await RunAsync(command.Split(' ')));
        Assert.Equal([done], manager.Done);
        Assert.Empty(_out.ToString());
    }

    [Theory]
    [InlineData("assign port:1-3 right", "would assign port:1-3 right\n")]
    [InlineData("seat add third gamer port:1-3", "would seat add third gamer  port:1-3\n")]
    [InlineData("focus right next", "would focus right next\n")]
    [InlineData("seat stop left", "Nothing is to be done.\n")]
    [InlineData("host take", "would host take\n")]
    [InlineData("identify", "would identify\n")]
    [InlineData("remote left --end", "would remote left --end\n")]
    [InlineData("identify --end", "would identify --end\n")]
    public async Task A_dry_run_prints_the_steps_and_does_nothing(string command, string printed)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(0, await RunAsync([.. command.Split(' '), "--dry-run"]));
        Assert.Equal(printed, _out.ToString());
        var json = new Written();
        Assert.Equal(0, await CommandTree.RunAsync([.. command.Split(' '), "--dry-run", "--json"], Terminal with { Out = json }, Cancellation));
        using var document = JsonDocument.Parse(json.ToString());
        Assert.Equal(JsonValueKind.Array, document.RootElement.GetProperty("would").ValueKind);
        Assert.Empty(manager.Done);
    }

    [Fact]
    public async Task Events_are_a_line_each()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        var events = CommandTree.RunAsync(["events"], Terminal, stop.Token);
        var (left, right) = (FakeManager.Two.Seats[0], FakeManager.Two.Seats[1]);
        var told = _out.NextAsync(Cancellation);
        // To and fro until it is listened to.
        while (!told.IsCompleted)
        {
            await manager.ChangeAsync(FakeManager.Two with { Seats = [left with { State = SeatState.Away }, right] });
            await manager.ChangeAsync(FakeManager.Two);
        }
        Assert.Contains(await told, (string[])["seat left is away, it was active\n", "seat left is active, it was away\n"]);
        await stop.CancelAsync();
        Assert.Equal(0, await events);
    }

    [Fact]
    public void What_happened_is_told_once_and_in_order()
    {
        var before = FakeManager.Two;
        var left = before.Seats[0];
        var after = before with
        {
            Seats = [left with { State = SeatState.Waiting, Guest = left.Guest! with { State = Guests.GuestState.Off }, Focus = "work", Devices = [left.Devices[0]], Problems = ["it broke"] }],
            Unassigned = [.. before.Unassigned, left.Devices[1] with { Claim = "the host took it back" }],
        };
        Assert.Equal(
            [
                "seat right is no more", "seat left is waiting, it was active", "guest work of seat left is off", "the input of seat left goes to work", "seat left: it broke",
                "mouse Logitech M90 (port:1-2.2) is the host's: the host took it back",
            ],
            Events.Between(before, after).Select(happened => happened.Sentence));
        Assert.Empty(Events.Between(after, after));
    }

    [Theory]
    [InlineData(SeatsBus.ErrorFailed, 1)]
    [InlineData(SeatsBus.ErrorNotThere, 3)]
    [InlineData(SeatsBus.ErrorRefused, 4)]
    [InlineData(BusErrors.AccessDenied, 4)]
    public async Task A_refusal_is_one_sentence_and_an_exit_code(string error, int code)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Fault = new(error, "That is not to be.");
        Assert.Equal(code, await RunAsync("seat", "start", "left"));
        Assert.Contains("That is not to be.", Assert.Single(Lines(_error)), StringComparison.Ordinal);
        Assert.Empty(_out.ToString());
    }

    [Fact]
    public async Task A_seat_that_is_not_there_is_exit_code_3()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(3, await RunAsync("seat", "start", "middle"));
        Assert.Equal(["seatctl: There is no seat 'middle'; 'seatctl status' lists those that are."], Lines(_error));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("focus left home")]
    public async Task Without_the_service_it_says_how_to_start_it(string command)
    {
        Assert.Equal(3, await RunAsync(command.Split(' ')));
        Assert.Equal(["seatctl: The service phyllome-seatd does not run; start it with: systemctl start phyllome-seats.target"], Lines(_error));
    }

    [Fact]
    public async Task Without_a_bus_it_says_so()
    {
        _ = _bus.Address;
        _bus.Stop();
        Assert.Equal(3, await RunAsync("status"));
        Assert.Contains("is D-Bus running", Assert.Single(Lines(_error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stauts")]
    [InlineData("seat start")]
    [InlineData("focus left")]
    [InlineData("")]
    [InlineData("seat")]
    public async Task Wrong_usage_is_exit_code_2_and_one_sentence(string command)
    {
        Assert.Equal(2, await RunAsync(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.EndsWith("See: seatctl --help", Assert.Single(Lines(_error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "focus <SEAT> <TARGET>")]
    [InlineData("--version", "0.1.0")]
    public async Task Help_and_version_need_no_service(string option, string expected)
    {
        Assert.Equal(0, await RunAsync(option));
        Assert.Contains(expected, _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_as_json_is_one_line_a_change_and_survives_the_service()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var manager = await FakeManager.StartAsync(_bus.Address);
        var watch = CommandTree.RunAsync(["watch", "--json"], Terminal, stop.Token);
        Assert.Equal(FakeManager.Two, Parse(await _out.NextAsync(Cancellation)));
        await manager.ChangeAsync(SeatsStatus.Empty);
        Assert.Equal(SeatsStatus.Empty, Parse(await _out.NextAsync(Cancellation)));
        await manager.DisposeAsync();
        Assert.Contains("phyllome-seatd has ended", await _error.NextAsync(Cancellation), StringComparison.Ordinal);
        await using var next = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(FakeManager.Two, Parse(await _out.NextAsync(Cancellation)));
        await stop.CancelAsync();
        Assert.Equal(0, await watch);
    }

    [Fact]
    public async Task Watch_waits_for_a_service_that_does_not_run_yet()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var watch = CommandTree.RunAsync(["watch", "--json"], Terminal, stop.Token);
        Assert.Contains("does not run", await _error.NextAsync(Cancellation), StringComparison.Ordinal);
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        Assert.Equal(FakeManager.Two, Parse(await _out.NextAsync(Cancellation)));
        await stop.CancelAsync();
        Assert.Equal(0, await watch);
    }

    [Fact]
    public async Task Watch_redraws_a_screen_and_leaves_it_as_it_was()
    {
        _screen = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        var watch = CommandTree.RunAsync(["watch"], Terminal, stop.Token);
        Assert.StartsWith("\e[?1049h\e[?25l\e[HSeat   State", await _out.NextAsync(Cancellation), StringComparison.Ordinal);
        await manager.ChangeAsync(SeatsStatus.Empty);
        Assert.StartsWith("\e[HNo seats.", await _out.NextAsync(Cancellation), StringComparison.Ordinal);
        await stop.CancelAsync();
        Assert.Equal(0, await watch);
        Assert.EndsWith("\e[?25h\e[?1049l", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_fails_when_the_bus_is_lost()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        var watch = RunAsync("watch", "--json");
        await _out.NextAsync(Cancellation);
        _bus.Stop();
        Assert.Equal(1, await watch);
        Assert.Contains(Lines(_error), line => line.Contains("The connection to D-Bus was lost", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[[seat]]\nname = \"left\"\nguests = [\"work\"]\ndevices = [\"port:1-2\"]\n", 0)]
    [InlineData("[[seat]]\nname = 7\nguests = [\"work\"]\ndevices = [\"port:1-2\"]\n", 1)]
    public async Task A_configuration_is_checked_without_a_service(string text, int code)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text, Cancellation);
            Assert.Equal(code, await RunAsync("config", "check", file));
            if (code == 0)
                Assert.Equal($"{file} is good: 1 seat.\n", _out.ToString());
            else
                Assert.StartsWith($"{file}:2:", Lines(_error)[0], StringComparison.Ordinal);
            var json = new Written();
            Assert.Equal(code, await CommandTree.RunAsync(["config", "check", file, "--json"], Terminal with { Out = json }, Cancellation));
            using var document = JsonDocument.Parse(json.ToString());
            Assert.Equal(code == 0, document.RootElement.GetProperty("valid").GetBoolean());
            Assert.Equal(code == 0, document.RootElement.GetProperty("faults").GetArrayLength() == 0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_configuration_that_is_not_there_is_exit_code_3()
    {
        Assert.Equal(3, await RunAsync("config", "check", "/nonexistent/seats.toml"));
        Assert.Equal(["seatctl: There is no file /nonexistent/seats.toml; without one, no seats are configured."], Lines(_error));
    }

    private static SeatsStatus? Parse(string line)
    {
        Assert.Equal(1, line.Count(letter => letter == '\n'));
        return JsonSerializer.Deserialize(line, StatusJson.Default.SeatsStatus);
    }

    private static string[] Lines(Written text) => text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
