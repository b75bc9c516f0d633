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
    private readonly Dictionary<string, SeatObject> _seats = [];
    private readonly CancellationTokenSource _stop = new();
    // One slot: however many changes come while one is told, the newest picture is told once after it.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private BusConnection? _bus;
    private Polkit? _polkit;
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
            // Subscribed first, so that no change is lost between the first picture and the loop.
            service.StatusChanged += OnStatusChanged;
            await _bus.ExportObjectManagerAsync(SeatsBus.Path).ConfigureAwait(false);
            await _bus.ExportAsync(SeatsBus.Path, ManagerInterface).ConfigureAwait(false);
            await ShowAsync(service.Status).ConfigureAwait(false);
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
        [new("GetStatus", [], [new("json", "s")], (_, _) => Task.FromResult<WriteBody?>(Json(service.Status)))],
        [new("Version", "s", static body => body.Write(Version), Changes: false)],
        [new("StatusChanged", [new("json", "s")])]);

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
        await ShowAsync(status).ConfigureAwait(false);
        await bus.EmitSignalAsync(SeatsBus.Path, SeatsBus.Manager, "StatusChanged", Json(status)).ConfigureAwait(false);
    }

    /// <summary>Makes the objects of the seats those of the status.</summary>
    private async Task ShowAsync(SeatsStatus status)
    {
        foreach (var gone in _seats.Keys.Except(status.Seats.Select(seat => seat.Name)).ToList())
        {
            await _seats[gone].DisposeAsync().ConfigureAwait(false);
            _seats.Remove(gone);
        }
        foreach (var seat in status.Seats)
        {
            if (_seats.TryGetValue(seat.Name, out var shown))
                await shown.ShowAsync(seat).ConfigureAwait(false);
            else
                _seats[seat.Name] = await SeatObject.ExportAsync(_bus!, service, _polkit!, seat).ConfigureAwait(false);
        }
        _told = status;
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
