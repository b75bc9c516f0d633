using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>A seat on the bus.</summary>
internal sealed class SeatObject : IAsyncDisposable
{
    private static readonly (string Name, string Signature, Action<MessageWriter, SeatStatus> Write, Func<SeatStatus, object> Value)[] Properties =
    [
        ("State", "s", static (body, seat) => body.Write(Word(seat.State)), static seat => seat.State),
        ("Guest", "s", static (body, seat) => body.Write(seat.Guest?.Name ?? ""), static seat => seat.Guest?.Name ?? ""),
        ("GuestState", "s", static (body, seat) => body.Write(seat.Guest is { } guest ? Word(guest.State) : ""), static seat => seat.Guest?.State.ToString() ?? ""),
        ("Focus", "s", static (body, seat) => body.Write(seat.Focus ?? ""), static seat => seat.Focus ?? ""),
        ("Reach", "as", static (body, seat) => body.Write(seat.Reach), static seat => seat.Reach),
        ("Problems", "as", static (body, seat) => body.Write(seat.Problems), static seat => seat.Problems),
    ];

    private readonly BusConnection _bus;
    private readonly string _path;
    private volatile SeatStatus _status;
    private BusRegistration? _registration;

    private SeatObject(BusConnection bus, SeatStatus status)
    {
        _bus = bus;
        _status = status;
        _path = SeatsBus.SeatPath(status.Name);
    }

    internal static async Task<SeatObject> ExportAsync(BusConnection bus, ISeatService service, Polkit polkit, SeatStatus status)
    {
        var seat = new SeatObject(bus, status);
        seat._registration = await bus.ExportAsync(seat._path, seat.Describe(service, polkit), announce: true).ConfigureAwait(false);
        return seat;
    }

    /// <summary>Takes the seat's new status and tells what changed in it.</summary>
    internal async Task ShowAsync(SeatStatus status)
    {
        var before = _status;
        _status = status;
        var changed = Properties.Where(property => !property.Value(before).Equals(property.Value(status))).Select(property => property.Name).ToList();
        if (changed.Count > 0)
            await _bus.EmitPropertiesChangedAsync(_path, SeatsBus.Seat, changed).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _registration?.DisposeAsync() ?? ValueTask.CompletedTask;

    private BusInterface Describe(ISeatService service, Polkit polkit)
    {
        var name = _status.Name;
        return new(
            SeatsBus.Seat,
            [
                new("Start", [], [], (caller, _) => DoAsync(
                    polkit, caller, SeatsBus.ActionManageSeats, $"start seat {name}", () => service.StartSeatAsync(name, CancellationToken.None))),
                new("Stop", [], [], (caller, _) => DoAsync(
                    polkit, caller, SeatsBus.ActionManageSeats, $"stop seat {name}", () => service.StopSeatAsync(name, CancellationToken.None))),
                new("Focus", [new("target", "s")], [], (caller, arguments) =>
                {
                    var target = arguments.ReadString();
                    return DoAsync(
                        polkit, caller, SeatsBus.ActionFocus, $"move the input of seat {name}", () => service.FocusAsync(name, target, CancellationToken.None));
                }),
            ],
            [
                new("Name", "s", body => body.Write(name), Changes: false),
                .. Properties.Select(property => new BusProperty(property.Name, property.Signature, body => property.Write(body, _status))),
            ],
            []);
    }

    private static async Task<WriteBody?> DoAsync(Polkit polkit, BusCaller caller, string action, string what, Func<Task> work)
    {
        await polkit.RequireAsync(caller, action, what).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
            return null;
        }
        catch (SeatRefusedException refused)
        {
            throw new BusException(
                refused.Refusal switch
                {
                    Refusal.NotThere => SeatsBus.ErrorNotThere,
                    Refusal.AgainstPolicy => SeatsBus.ErrorRefused,
                    _ => SeatsBus.ErrorFailed,
                },
                refused.Message);
        }
    }

    private static string Word<T>(T state) where T : struct, Enum => state.ToString().ToLowerInvariant();
}
