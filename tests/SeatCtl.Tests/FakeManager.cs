using System.Text.Json;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary>The manager's D-Bus API, with seats that the test gives.</summary>
internal sealed class FakeManager : IAsyncDisposable
{
    private readonly BusConnection _bus;

    private FakeManager(BusConnection bus) => _bus = bus;

    public SeatsStatus Status { get; set; } = Two;

    public List<string> Done { get; } = [];

    /// <summary>What passed of each device, a picture each time that it is asked for; the last one again and again.</summary>
    public Queue<InputTraffic> Traffic { get; } = [];

    /// <summary>What came of the last password.</summary>
    public string? Kept { get; private set; }

    public BusException? Fault { get; set; }

    public static SeatsStatus Two => new(
        [
            new(
                "left", SeatState.Active, new("work", GuestState.Running), "windows", ["work", "windows"],
                [new("port:1-2.1", "keyboard", "Logitech K120 Keyboard", "/dev/input/event4", "configured: port:1-2"), new("port:1-2.2", "mouse", "Logitech M90", "/dev/input/event7", null)],
                [new("card1-DP-1", "Dell U2415", "1920x1200", "passthrough")], new("0000:01:00.0", "vfio-pci", "passthrough"), []),
            new("right", SeatState.Failed, null, null, [], [], [], null, ["Guest 'play' can't be started: no such domain; define it in libvirt."]),
        ],
        [new("port:1-1", "keyboard", "Evil\e[2J Keyboard", "/dev/input/event2", null)],
        new([], null, 7, ["libvirt can't be reached; start libvirtd."]));

    public static async Task<FakeManager> StartAsync(string address)
    {
        var manager = new FakeManager(BusConnection.OpenAddress(address));
        await manager._bus.ExportAsync(SeatsBus.Path, new(
            SeatsBus.Manager,
            [
                new("GetStatus", [], [new("json", "s")], (_, _) => manager.Answer(body => body.Write(manager.Json))),
                new("GetTraffic", [], [new("json", "s")], (caller, _) => manager.Answer(body => body.Write(manager.NextTraffic()))),
                new("Assign", [new("device", "s"), new("seat", "s")], [], (_, body) => manager.Do($"assign {body.ReadString()} {body.ReadString()}")),
                new("AddSeat", [new("seat", "s"), new("guest", "s"), new("gpu", "s"), new("devices", "as")], [],
                    (_, body) => manager.Do($"add {body.ReadString()} {body.ReadString()} '{body.ReadString()}' {string.Join('+', body.ReadStrings())}")),
                new("RemoveSeat", [new("seat", "s")], [], (_, body) => manager.Do($"remove {body.ReadString()}")),
                new("TakeBack", [], [], (_, _) => manager.Do("take")),
                new("Identify", [new("begin", "b")], [], (_, body) => manager.Do($"identify {body.ReadBoolean()}")),
                new("Preview", [new("words", "as")], [new("steps", "as")], (_, body) =>
                {
                    var words = string.Join(' ', body.ReadStrings());
                    return manager.Answer(answer => answer.Write(words.EndsWith("left", StringComparison.Ordinal) ? [] : new[] { $"would {words}" }));
                }),
            ],
            [], [new("StatusChanged", [new("json", "s")])]));
        await manager._bus.ExportAsync(SeatsBus.SeatPath("left"), new(
            SeatsBus.Seat,
            [
                new("Start", [], [], (_, _) => manager.Do("start")), new("Stop", [], [], (_, _) => manager.Do("stop")),
                new("SetRemotePassword", [new("kept", "s")], [], (_, body) =>
                {
                    manager.Kept = body.ReadString();
                    return manager.Do("password");
                }),
                new("SetRemoteViewOnly", [new("view_only", "b")], [], (_, body) => manager.Do($"view-only {body.ReadBoolean()}")),
                new("EndRemoteViewers", [], [], (_, _) => manager.Do("send away")),
                new("Focus", [new("target", "s")], [], (caller, body) => manager.Do($"focus {body.ReadString()} {(caller.AllowInteraction ? "interactive" : "")}")),
            ],
            [], []));
        await manager._bus.RequestNameAsync(SeatsBus.Name);
        return manager;
    }

    public async Task ChangeAsync(SeatsStatus status)
    {
        Status = status;
        await _bus.EmitSignalAsync(SeatsBus.Path, SeatsBus.Manager, "StatusChanged", body => body.Write(Json));
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private string NextTraffic() => JsonSerializer.Serialize(Traffic.Count > 1 ? Traffic.Dequeue() : Traffic.Peek(), TrafficJson.Default.InputTraffic);

    private string Json => JsonSerializer.Serialize(Status, StatusJson.Default.SeatsStatus);

    private Task<WriteBody?> Do(string what)
    {
        Done.Add(what);
        return Answer(null);
    }

    private Task<WriteBody?> Answer(WriteBody? body) => Fault == null ? Task.FromResult(body) : Task.FromException<WriteBody?>(Fault);
}
