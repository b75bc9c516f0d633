using System.Diagnostics;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>
/// What a start costs besides libvirt's own start call, for which something stands in that takes two seconds; all other calls go to a real
/// daemon (its test driver). On request: <c>dotnet run -c Release --project tests/VmBridge.Tests -- --explicit only --output Detailed</c>.
/// </summary>
public sealed class StartCost : IAsyncDisposable
{
    private const int Guests = 8, Rounds = 5;
    private static readonly TimeSpan Call = TimeSpan.FromSeconds(2);

    private readonly PrivateDaemon _daemon = new();
    private readonly GuestHost _host;
    private readonly LibvirtConnection _owner;
    private readonly List<Guid> _guests = [];

    public StartCost()
    {
        Assert.SkipUnless(PrivateDaemon.HasTestDriver, "libvirt's test driver is in libvirtd alone, which is not here, or not what the tests run");
        _daemon.Start();
        _host = new(_daemon.Uri)
        {
            Create = (_, _) =>
            {
                Thread.Sleep(Call);
                return null;
            },
        };
        var told = GuestHostShould.Listen(_host);
        _host.Watch();
        GuestHostShould.NextAsync(told, seen => seen.Guests is not null).GetAwaiter().GetResult();
        _owner = LibvirtConnection.Open(_daemon.Uri);
        for (var guest = 0; guest < Guests; guest++)
        {
            using var domain = _owner.Define($"<domain type='test'><name>guest{guest}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices/></domain>");
            _guests.Add(domain.Uuid);
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eight_starts_at_once_take_no_longer_than_one()
    {
        await TimeAsync(1);
        var (one, all) = (await TimeAsync(1), await TimeAsync(Guests));
        Assert.True(all < 1.3 * one, $"one took {one.TotalMilliseconds:0} ms, {Guests} at once {all.TotalMilliseconds:0} ms");
    }

    [Fact(Explicit = true)]
    public async Task One_start_and_eight_at_once()
    {
        await TimeAsync(1);
        for (var round = 0; round < Rounds; round++)
        {
            var (one, all) = (await TimeAsync(1), await TimeAsync(Guests));
            TestContext.Current.TestOutputHelper!.WriteLine($"one: {(one - Call).TotalMilliseconds:0.0} ms of our own; {Guests} at once: {all / one:0.000} of one");
            Assert.True(one - Call < TimeSpan.FromMilliseconds(20), "a start costs less than 20 ms of our own");
        }
    }

    private async Task<TimeSpan> TimeAsync(int count)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(_guests.Take(count).Select(guest => _host.StartAsync(guest, new("left", "/dev/input/event7", "/dev/input/event8", []), Cancellation)));
        return clock.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _owner?.Dispose();
        _daemon.Dispose();
    }
}
