using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.VmBridge;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests;

/// <summary>Against libvirt's test machine, whose guest heeds its power button at once.</summary>
[Collection("test:///default")]
public sealed class HostShutdownTests : IDisposable
{
    private readonly LibvirtConnection _owner = LibvirtConnection.Open("test:///default");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _owner.Dispose();

    [Fact]
    public async Task The_host_should_wait_until_every_guest_of_a_seat_is_off()
    {
        await using var host = new GuestHost("test:///default");
        var running = await RunningAsync(host);

        Assert.Empty(await HostShutdown.EndAsync(host, [running], TimeSpan.FromMinutes(1), TextWriter.Null));

        using var domain = _owner.Find(running.Uuid);
        Assert.False(domain!.IsActive);
    }

    [Fact]
    public async Task Systemd_should_be_asked_whether_the_host_is_stopping()
    {
        await using var bus = new FakeSystemd();
        Assert.False(await HostState.IsStoppingAsync(bus.Address));
        await bus.StartAsync();
        Assert.False(await HostState.IsStoppingAsync(bus.Address));
        bus.State = "stopping";
        Assert.True(await HostState.IsStoppingAsync(bus.Address));
    }

    private async Task<Guest> RunningAsync(GuestHost host)
    {
        using var domain = _owner.Find("test")!;
        if (!domain.IsActive)
            domain.Start();
        var seen = new TaskCompletionSource<Guest>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Changed += now =>
        {
            if (now.Guests?.FirstOrDefault(guest => guest.Name == "test" && guest.State == GuestState.Running) is { } guest)
                seen.TrySetResult(guest);
        };
        host.Watch();
        return await seen.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private sealed class FakeSystemd : IAsyncDisposable
    {
        private readonly PrivateBus _bus = new();
        private BusConnection? _connection;

        public string Address => _bus.Address;

        public string State { get; set; } = "running";

        public async Task StartAsync()
        {
            _connection = BusConnection.OpenAddress(Address);
            await _connection.ExportAsync("/org/freedesktop/systemd1", new("org.freedesktop.systemd1.Manager", [], [new("SystemState", "s", body => body.Write(State))], []));
            await _connection.RequestNameAsync("org.freedesktop.systemd1");
        }

        public async ValueTask DisposeAsync()
        {
            if (_connection is not null)
                await _connection.DisposeAsync();
            _bus.Dispose();
        }
    }
}
