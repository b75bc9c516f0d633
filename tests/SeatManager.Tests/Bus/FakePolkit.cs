using Phyllome.Seats.Linux.Systemd;

namespace Phyllome.Seats.SeatManager.Tests.Bus;

/// <summary>polkit's authority on a private bus: it answers what the test says, and remembers what it was asked.</summary>
internal sealed class FakePolkit : IAsyncDisposable
{
    private readonly BusConnection _bus;

    private FakePolkit(BusConnection bus) => _bus = bus;

    public bool Authorized { get; set; }

    public bool Challenge { get; set; }

    public List<(string Subject, string Name, string Action, uint Flags)> Asked { get; } = [];

    public static async Task<FakePolkit> StartAsync(string address)
    {
        var polkit = new FakePolkit(BusConnection.OpenAddress(address));
        await polkit._bus.ExportAsync("/org/freedesktop/PolicyKit1/Authority", polkit.Authority);
        await polkit._bus.RequestNameAsync("org.freedesktop.PolicyKit1");
        return polkit;
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private BusInterface Authority => new(
        "org.freedesktop.PolicyKit1.Authority",
        [
            new(
                "CheckAuthorization",
                [new("subject", "(sa{sv})"), new("action_id", "s"), new("details", "a{ss}"), new("flags", "u"), new("cancellation_id", "s")],
                [new("result", "(bba{ss})")],
                (_, body) =>
                {
                    body.Enter('r', "sa{sv}");
                    var subject = body.ReadString();
                    var name = body.ReadDictionary("sv", value => value.ReadVariant("s", text => text.ReadString()))["name"];
                    body.Exit();
                    var action = body.ReadString();
                    body.Skip("a{ss}");
                    Asked.Add((subject, name, action, body.ReadUInt32()));
                    return Task.FromResult<WriteBody?>(answer =>
                    {
                        answer.Open('r', "bba{ss}");
                        answer.Write(Authorized);
                        answer.Write(Challenge);
                        answer.Open('a', "{ss}");
                        answer.Close();
                        answer.Close();
                    });
                }),
        ],
        [],
        []);
}
