using System.Reflection;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>
/// Serves the D-Bus API <c>org.phyllome.Seats1</c> over an <see cref="ISeatService"/>. Starting fails where the bus or the name is not
/// to be had; where the bus is lost later, the host stops with exit code 1, so that systemd starts it again.
/// </summary>
internal sealed partial class SeatsBusService(
    ISeatService service, SeatsBusOptions options, IHostApplicationLifetime lifetime, ILogger<SeatsBusService> log) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    // One slot: however many changes come while one is told, the newest picture is told once after it.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private BusConnection? _bus;
    private Polkit? _polkit;
    private SeatsObjects? _objects;
    private Task _telling = Task.CompletedTask;
    private SeatsStatus _told = SeatsStatus.Empty;

    private static string Version { get; } =
        typeof(SeatsBusService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _bus = options.Address is { } address ? BusConnection.OpenAddress(address) : BusConnection.OpenSystem();
            _polkit = new(_bus);
            _objects = new(_bus, service, _polkit);
            // Subscribed first, so that no change is lost between the first picture and the loop.
            service.StatusChanged += OnStatusChanged;
            await _bus.ExportObjectManagerAsync(SeatsBus.Path).ConfigureAwait(false);
            await _bus.ExportAsync(SeatsBus.Path, ManagerInterface).ConfigureAwait(false);
            _told = service.Status;
            await _objects.ShowAsync(_told).ConfigureAwait(false);
            // The name comes last: whoever sees it finds everything there.
            await _bus.RequestNameAsync(SeatsBus.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (BusException fault)
        {
            throw new InvalidOperationException(
                $"The seats can't be served on D-Bus: {fault.Message} Is another phyllome-seatd running, and is org.phyllome.Seats1.conf in D-Bus's system.d?", fault);
        }
        _telling = TellAsync(_bus);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        service.StatusChanged -= OnStatusChanged;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _telling.ConfigureAwait(false);
        if (_bus != null)
            await _bus.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_bus != null)
            await _bus.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private BusInterface ManagerInterface => new(
        SeatsBus.Manager,
        [
            new("GetStatus", [], [new("json", "s")], (_, _) => Task.FromResult<WriteBody?>(Json(service.Status))),
            new("Assign", [new("device", "s"), new("seat", "s")], [], (caller, arguments) =>
            {
                var (device, seat) = (arguments.ReadString(), arguments.ReadString());
                return ChangeAsync(caller, SeatsBus.ActionAssign, $"assign {device}", () => service.AssignAsync(device, seat, CancellationToken.None));
            }),
            new("AddSeat", [new("seat", "s"), new("guest", "s"), new("gpu", "s"), new("devices", "as")], [], (caller, arguments) =>
            {
                var (seat, guest, gpu, devices) = (arguments.ReadString(), arguments.ReadString(), arguments.ReadString(), arguments.ReadStrings().ToValueList());
                return ChangeAsync(caller, SeatsBus.ActionChangeSeats, $"add seat {seat}", () => service.AddSeatAsync(seat, guest, gpu.Length == 0 ? null : gpu, devices, CancellationToken.None));
            }),
            new("RemoveSeat", [new("seat", "s")], [], (caller, arguments) =>
            {
                var seat = arguments.ReadString();
                return ChangeAsync(caller, SeatsBus.ActionChangeSeats, $"remove seat {seat}", () => service.RemoveSeatAsync(seat, CancellationToken.None));
            }),
            new("TakeBack", [], [], (caller, _) =>
                ChangeAsync(caller, SeatsBus.ActionHostTake, "take everything back to the host", () => service.TakeBackAsync(CancellationToken.None))),
            new("Identify", [new("begin", "b")], [], (caller, arguments) =>
            {
                var begin = arguments.ReadBoolean();
                return ChangeAsync(caller, SeatsBus.ActionChangeSeats, "ask who is in front of which screen", () => service.IdentifyAsync(begin, CancellationToken.None));
            }),
            // Not for everyone, as reading else is: when keys are pressed tells much of which they are.
            new("GetTraffic", [], [new("json", "s")], (caller, _) => CountTrafficAsync(caller)),
            new("Preview", [new("words", "as")], [new("steps", "as")], (_, arguments) =>
            {
                var words = arguments.ReadStrings().ToValueList();
                return Verbs.DoAsync<WriteBody?>(async () =>
                {
                    var steps = await service.PreviewAsync(words, CancellationToken.None).ConfigureAwait(false);
                    return body => body.Write(steps);
                });
            }),
        ],
        [new("Version", "s", static body => body.Write(Version), Changes: false)],
        [new("StatusChanged", [new("json", "s")])]);

    private async Task<WriteBody?> CountTrafficAsync(BusCaller caller)
    {
        await _polkit!.RequireAsync(caller, SeatsBus.ActionSeeTraffic, "see how input flows").ConfigureAwait(false);
        var traffic = await Verbs.DoAsync(() => service.CountTrafficAsync(CancellationToken.None)).ConfigureAwait(false);
        var json = JsonSerializer.Serialize(traffic, TrafficJson.Default.InputTraffic);
        return body => body.Write(json);
    }

    private async Task<WriteBody?> ChangeAsync(BusCaller caller, string action, string what, Func<Task> work)
    {
        await _polkit!.RequireAsync(caller, action, what).ConfigureAwait(false);
        return await Verbs.DoAsync(work).ConfigureAwait(false);
    }

    private static WriteBody Json(SeatsStatus status)
    {
        var json = JsonSerializer.Serialize(status, StatusJson.Default.SeatsStatus);
        return body => body.Write(json);
    }

    private void OnStatusChanged(SeatsStatus status) => _changed.Writer.TryWrite(true);

    private async Task TellAsync(BusConnection bus)
    {
        try
        {
            var lost = bus.Ended;
            while (true)
            {
                var change = _changed.Reader.WaitToReadAsync(_stop.Token).AsTask();
                if (await Task.WhenAny(change, lost).ConfigureAwait(false) == lost)
                {
                    await lost.ConfigureAwait(false);
                    return;
                }
                await change.ConfigureAwait(false);
                _changed.Reader.TryRead(out _);
                await TellAsync(bus, service.Status).ConfigureAwait(false);
                // No wait for something to happen, but a bound on how often listeners are woken.
                await Task.Delay(options.Interval, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            BusLost(fault.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task TellAsync(BusConnection bus, SeatsStatus status)
    {
        if (status == _told)
            return;
        _told = status;
        await _objects!.ShowAsync(status).ConfigureAwait(false);
        await bus.EmitSignalAsync(SeatsBus.Path, SeatsBus.Manager, "StatusChanged", Json(status)).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Critical, "The seats are no longer served on D-Bus: {Reason} The manager ends, so that it is started again; the seats stay as they are.")]
    private partial void BusLost(string reason);
}

/// <param name="Address">Another bus than the system's; null for the system's.</param>
internal sealed record SeatsBusOptions(string? Address)
{
    /// <summary>The least time between two StatusChanged signals.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(50);
}

internal static class SeatsBusRegistration
{
    /// <summary>Serves the registered <see cref="ISeatService"/> on D-Bus.</summary>
    /// <param name="address">A bus's address; null for what <see cref="SeatsBus.AddressVariable"/> says, else the system bus.</param>
    internal static IServiceCollection AddSeatsBus(this IServiceCollection services, string? address = null) => services
        .AddSingleton(new SeatsBusOptions(address ?? Environment.GetEnvironmentVariable(SeatsBus.AddressVariable)))
        .AddHostedService<SeatsBusService>();
}
