using System.Text.Json;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The manager's D-Bus API, with its errors as exit codes.</summary>
internal sealed class SeatsClient : IAsyncDisposable
{
    private readonly BusConnection _bus;

    private SeatsClient(BusConnection bus) => _bus = bus;

    /// <summary>Ends where the bus is lost.</summary>
    internal Task Ended => _bus.Ended;

    internal static SeatsClient Open(string? address)
    {
        try
        {
            return new(address == null ? BusConnection.OpenSystem() : BusConnection.OpenAddress(address));
        }
        catch (BusException fault)
        {
            throw new CommandFailure(ExitCode.NotThere, $"The seats can't be asked: {fault.Message}; is D-Bus running (systemctl status dbus)?");
        }
    }

    internal Task<SeatsStatus> GetStatusAsync(CancellationToken cancellation) => AskAsync(
        new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "GetStatus"), static body => Parse(body.ReadString()), seat: null, cancellation);

    internal Task StartAsync(string seat, CancellationToken cancellation) => DoAsync(seat, "Start", null, cancellation);

    internal Task StopAsync(string seat, CancellationToken cancellation) => DoAsync(seat, "Stop", null, cancellation);

    internal Task FocusAsync(string seat, string target, CancellationToken cancellation) => DoAsync(seat, "Focus", body => body.Write(target), cancellation);

    /// <param name="kept">What is to be kept of the password; it does not leave this process itself.</param>
    internal Task SetRemotePasswordAsync(string seat, string kept, CancellationToken cancellation) => DoAsync(seat, "SetRemotePassword", body => body.Write(kept), cancellation);

    internal Task SetRemoteViewOnlyAsync(string seat, bool viewOnly, CancellationToken cancellation) => DoAsync(seat, "SetRemoteViewOnly", body => body.Write(viewOnly), cancellation);

    internal Task EndRemoteViewersAsync(string seat, CancellationToken cancellation) => DoAsync(seat, "EndRemoteViewers", null, cancellation);

    internal Task AssignAsync(string device, string seat, CancellationToken cancellation) => ChangeAsync("Assign", body =>
    {
        body.Write(device);
        body.Write(seat);
    }, cancellation);

    internal Task AddSeatAsync(string seat, string guest, string gpu, IReadOnlyList<string> devices, CancellationToken cancellation) => ChangeAsync("AddSeat", body =>
    {
        body.Write(seat);
        body.Write(guest);
        body.Write(gpu);
        body.Write(devices);
    }, cancellation);

    internal Task RemoveSeatAsync(string seat, CancellationToken cancellation) => ChangeAsync("RemoveSeat", body => body.Write(seat), cancellation);

    internal Task TakeBackAsync(CancellationToken cancellation) => ChangeAsync("TakeBack", null, cancellation);

    internal Task IdentifyAsync(bool begin, CancellationToken cancellation) => ChangeAsync("Identify", body => body.Write(begin), cancellation);

    /// <summary>What passed of each device that the router holds.</summary>
    internal Task<InputTraffic> GetTrafficAsync(CancellationToken cancellation) => AskAsync(
        new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "GetTraffic") { AllowInteraction = true, Deadline = Timeout.InfiniteTimeSpan },
        static body => JsonSerializer.Deserialize(body.ReadString(), TrafficJson.Default.InputTraffic) ?? throw new JsonException("the traffic is no document"),
        seat: null, cancellation);

    /// <summary>What a command would do, in sentences.</summary>
    internal Task<List<string>> PreviewAsync(IEnumerable<string> words, CancellationToken cancellation) => AskAsync(
        new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "Preview", body => body.Write(words)), static body => body.ReadStrings(), seat: null, cancellation);

    private Task<bool> ChangeAsync(string member, WriteBody? body, CancellationToken cancellation) =>
        DoAsync(SeatsBus.Path, SeatsBus.Manager, member, body, seat: null, cancellation);

    /// <summary>Tells every new status, and of the service coming (true) and going (false). Handlers return at once.</summary>
    internal async Task WatchAsync(Action<SeatsStatus> changed, Action<bool> running)
    {
        await _bus.WatchNameAsync(SeatsBus.Name, owner => running(owner != null)).ConfigureAwait(false);
        await _bus.WatchSignalAsync(
            new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "StatusChanged"), (_, body) => changed(Parse(body.ReadString()))).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private static SeatsStatus Parse(string json) =>
        JsonSerializer.Deserialize(json, StatusJson.Default.SeatsStatus) ?? throw new JsonException("the status is no document");

    private Task<bool> DoAsync(string seat, string member, WriteBody? body, CancellationToken cancellation) =>
        DoAsync(SeatsBus.SeatPath(seat), SeatsBus.Seat, member, body, seat, cancellation);

    // A password may be asked for, and typed slowly; starting a guest takes its time, too.
    private Task<bool> DoAsync(string path, string @interface, string member, WriteBody? body, string? seat, CancellationToken cancellation) => AskAsync(
        new BusCall(SeatsBus.Name, path, @interface, member, body) { AllowInteraction = true, Deadline = Timeout.InfiniteTimeSpan },
        static _ => true, seat, cancellation);

    private async Task<T> AskAsync<T>(BusCall call, ReadBody<T> read, string? seat, CancellationToken cancellation)
    {
        try
        {
            return await _bus.CallAsync(call, read, cancellation).ConfigureAwait(false);
        }
        catch (BusException fault)
        {
            throw Explain(fault, seat);
        }
        catch (JsonException fault)
        {
            throw new CommandFailure(ExitCode.Failed, $"The service answered in a form that this seatctl does not know ({fault.Message}); install both in one version.");
        }
    }

    private static CommandFailure Explain(BusException fault, string? seat) => fault.Name switch
    {
        SeatsBus.ErrorNotThere => new(ExitCode.NotThere, fault.Message),
        SeatsBus.ErrorRefused => new(ExitCode.Refused, fault.Message),
        SeatsBus.ErrorFailed => new(ExitCode.Failed, fault.Message),
        BusErrors.AccessDenied or BusErrors.InteractiveAuthorizationRequired =>
            new(ExitCode.Refused, $"D-Bus does not let you ({fault.Message}); do it as root, or ask the administrator."),
        BusErrors.UnknownObject or BusErrors.UnknownInterface or BusErrors.UnknownMethod when seat != null =>
            new(ExitCode.NotThere, $"There is no seat '{seat}'; 'seatctl status' lists those that are."),
        BusErrors.ServiceUnknown or BusErrors.NameHasNoOwner => NotRunning(),
        // It went before it answered, or hangs.
        BusErrors.NoReply => new(ExitCode.NotThere, $"The service phyllome-seatd did not answer: {fault.Message} See: journalctl -u phyllome-seatd"),
        // The bus was told to start it, and could not.
        _ when fault.Name.StartsWith("org.freedesktop.DBus.Error.Spawn.", StringComparison.Ordinal) => NotRunning(),
        _ => new(ExitCode.Failed, $"The service phyllome-seatd did not answer: {fault.Message} See: journalctl -u phyllome-seatd"),
    };

    private static CommandFailure NotRunning() =>
        new(ExitCode.NotThere, "The service phyllome-seatd does not run; start it with: systemctl start phyllome-seats.target");
}
