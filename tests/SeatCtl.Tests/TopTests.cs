using System.Text.Json;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

public sealed class TopTests : IDisposable
{
    private readonly PrivateBus _bus = new();
    private readonly Written _out = new();
    private readonly Written _error = new() { Eager = true };

    public void Dispose()
    {
        _bus.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(params string[] args) =>
        CommandTree.RunAsync(args, new(_out, _error, Screen: false, Colour: false, () => 100, _bus.Address), TestContext.Current.CancellationToken);

    /// <summary>Counts of reports that took so many microseconds.</summary>
    private static ValueList<long> Latency(params (long Microseconds, long Count)[] counts)
    {
        var buckets = new long[LatencyScale.Buckets];
        foreach (var (microseconds, count) in counts)
            buckets[LatencyScale.BucketOf(microseconds)] += count;
        return ValueList.Create<long>(buckets);
    }

    private static InputTraffic Keyboard(long events, long dropped, ValueList<long> latency) =>
        new([new("port:1-2.1", "keyboard", "Evil\e[2J Keyboard", "/dev/input/event4", "left", events, events / 2, dropped, 0, latency)]);

    [Fact]
    public async Task Each_device_has_its_rate_and_its_times_of_that_interval_alone()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Traffic.Enqueue(Keyboard(1000, 0, Latency((50_000, 500))));
        manager.Traffic.Enqueue(Keyboard(1200, 3, Latency((50_000, 500), (20, 99), (3000, 1))));
        Assert.Equal(0, await RunAsync("top", "--count", "1", "--interval", "0.1"));
        var lines = _out.ToString().Split('\n');
        Assert.Matches("^SEAT +DEVICE +REPORTS/S +P50 +P99 +P99.9 +MAX +DROPPED$", lines[0]);
        Assert.Matches(@"^left +keyboard Evil\?\[2J Keyboard +\d+ +20 us +20 us +3071 us +3071 us +3$", lines[1]);
    }

    [Fact]
    public async Task As_json_it_is_a_line_for_each_interval()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Traffic.Enqueue(Keyboard(0, 0, []));
        manager.Traffic.Enqueue(Keyboard(4, 0, Latency((20, 2))));
        Assert.Equal(0, await RunAsync("top", "--json", "--count", "2", "--interval", "0.1"));
        var pictures = _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("devices")[0]).ToArray();
        Assert.Equal((4, 20), (pictures[0].GetProperty("events").GetInt32(), pictures[0].GetProperty("p50").GetInt32()));
        Assert.Equal((0, JsonValueKind.Null), (pictures[1].GetProperty("events").GetInt32(), pictures[1].GetProperty("p50").ValueKind));
    }

    [Fact]
    public void What_a_router_that_was_killed_had_counted_is_not_taken_from_what_the_next_one_counts()
    {
        var between = Top.Between(Keyboard(1000, 0, Latency((20, 500))), Keyboard(10, 0, Latency((20, 5))), TimeSpan.FromSeconds(1));
        Assert.Equal((5, 10), (between.Devices[0].Rate, between.Devices[0].Events));
    }

    [Theory]
    [InlineData("--interval", "0")]
    [InlineData("--interval", "soon")]
    [InlineData("--count", "0")]
    [InlineData("--count", "many")]
    public async Task An_interval_and_a_count_of_nothing_or_of_no_number_are_refused(string option, string value)
    {
        Assert.Equal(2, await RunAsync("top", option, value));
        Assert.Contains(option, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_see_it_is_told_so()
    {
        await using var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Traffic.Enqueue(new([]));
        manager.Fault = new BusException(SeatsBus.ErrorRefused, "Can't see how input flows: polkit does not let you.");
        Assert.Equal(4, await RunAsync("top"));
    }
}
