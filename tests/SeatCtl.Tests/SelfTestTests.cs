using System.Text.Json;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary>One seat with a keyboard and a mouse, whose guest has a virtual keyboard, and the host's own virtual keyboard.</summary>
public sealed class SelfTestTests : IDisposable
{
    private readonly PrivateBus _bus = new();
    private readonly Written _out = new(), _error = new();
    private readonly DirectoryInfo _sys = Directory.CreateTempSubdirectory("phyllome-selftest-");
    private readonly Dictionary<string, Hold> _holds = [];
    private SeatStatus _seat = FakeManager.Two.Seats[0];

    public SelfTestTests()
    {
        Node("event20", "phyllome/6f0e/keyboard", "Phyllome keyboard work");
        Node("event21", "phyllome/host/keyboard", "Phyllome keyboard host");
        Node("event4", "usb-0000:00:14.0-2.1/input0", "Logitech K120 Keyboard");
    }

    public void Dispose()
    {
        _bus.Dispose();
        _out.Dispose();
        _error.Dispose();
        _sys.Delete(recursive: true);
    }

    [Fact]
    public async Task Where_each_device_is_held_and_each_seat_active_all_holds()
    {
        Assert.Equal(0, await RunAsync());
        Assert.Equal(
            """
            holds      The manager answers.
            holds      The input router answers, and has 2 devices.
            holds      Seat left is active with guest work.
            holds      Nothing of the keyboard Logitech K120 Keyboard (port:1-2.1) of seat left reaches the host.
            holds      Nothing of the mouse Logitech M90 (port:1-2.2) of seat left reaches the host.
            holds      Nothing of the virtual device 'Phyllome keyboard work' (/dev/input/event20) reaches the host.
            Nothing is broken.

            """, _out.ToString());
    }

    [Theory]
    [InlineData("/dev/input/event4", "Nobody holds the keyboard Logitech K120 Keyboard (port:1-2.1) of seat left: what is typed there reaches the host too.")]
    [InlineData("/dev/input/event20", "Nobody holds the virtual device 'Phyllome keyboard work' (/dev/input/event20): what is typed into the guest reaches the host too;")]
    public async Task A_device_that_nobody_holds_is_broken(string node, string sentence)
    {
        _holds[node] = Hold.Free;
        Assert.Equal(1, await RunAsync());
        Assert.Contains(_out.ToString().Split('\n'), line => line.StartsWith($"broken     {sentence}", StringComparison.Ordinal));
        Assert.EndsWith("Not all holds: see what is broken.\n", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_of_a_seat_that_the_router_does_not_have_is_broken()
    {
        _seat = _seat with { Devices = [.. _seat.Devices, new("port:1-2.3", "keyboard", "Third", "/dev/input/event9", null)] };
        Assert.Equal(1, await RunAsync());
        Assert.Contains("broken     The input router does not have the keyboard Third (port:1-2.3) of seat left;", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_a_problem_is_broken_and_what_is_not_there_is_not_tested()
    {
        _holds["/dev/input/event7"] = Hold.Gone;
        _seat = _seat with { State = SeatState.Waiting, Guest = new("work", GuestState.Off), Problems = ["Guest 'work' can't be started: no room."] };
        Assert.Equal(1, await RunAsync("--json"));
        using var report = JsonDocument.Parse(_out.ToString());
        Assert.False(report.RootElement.GetProperty("holds").GetBoolean());
        Assert.Equal(
            ["service holds", "router holds", "seat broken", "seat not-tested", "device holds", "device not-tested", "guest-device holds"],
            report.RootElement.GetProperty("findings").EnumerateArray().Select(finding => $"{finding.GetProperty("part").GetString()} {finding.GetProperty("outcome").GetString()}"));
    }

    [Fact]
    public async Task Who_may_not_ask_is_told_to_be_root()
    {
        _holds["/dev/input/event4"] = Hold.NotAllowed;
        Assert.Equal(4, await RunAsync());
        Assert.Equal("seatctl: Whether a device is held can be asked by root alone: sudo seatctl selftest\n", _error.ToString());
    }

    [Fact]
    public void A_node_that_is_not_there_is_gone() => Assert.Equal(Hold.Gone, NodeHold.Of(Path.Combine(_sys.FullName, "event0")));

    private void Node(string node, string phys, string name)
    {
        var device = Directory.CreateDirectory(Path.Combine(_sys.FullName, "class", "input", node, "device")).FullName;
        File.WriteAllText(Path.Combine(device, "phys"), phys + "\n");
        File.WriteAllText(Path.Combine(device, "name"), name + "\n");
    }

    private async Task<int> RunAsync(params string[] options)
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Status = new([_seat], [], new([], null, 0, []));
        manager.Traffic.Enqueue(new(
            [new("port:1-2.1", "keyboard", "Logitech K120 Keyboard", "/dev/input/event4", "left", 0, 0, 0, 0, []), new("port:1-2.2", "mouse", "Logitech M90", "/dev/input/event7", "left", 0, 0, 0, 0, [])]));
        return await CommandTree.RunAsync(
            ["selftest", .. options], new(_out, _error, Screen: false, Colour: false, () => 200, _bus.Address), TestContext.Current.CancellationToken,
            selfTest: new(_sys.FullName, node => _holds.GetValueOrDefault(node, Hold.Held)));
    }
}
