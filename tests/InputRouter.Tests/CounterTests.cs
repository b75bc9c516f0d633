using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>What is counted of each source.</summary>
public sealed class CounterTests
{
    private static readonly Guid Guest = Board.Guest('a');

    private static InputEvent[] Report(TimeSpan ago)
    {
        var (seconds, microseconds) = Math.DivRem((Stopwatch.GetTimestamp() / 1000) - (long)ago.TotalMicroseconds, 1_000_000);
        return [new(seconds, microseconds, InputCodes.EV_REL, 0, 1), new(seconds, microseconds, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)];
    }

    private static CountersReply Ask(RouterFixture router, int above = -1) => Assert.IsType<CountersReply>(router.Ask(id => new QueryCounters(id, above)));

    [Fact]
    public void Each_source_has_its_own_events_and_the_time_from_the_kernels_until_they_were_written()
    {
        using var router = new RouterFixture();
        using var fast = router.GiveSource(1);
        using var slow = router.GiveSource(2);
        using var pointer = router.GiveSink(3, Guest, SinkKind.Pointer);
        router.Seat([1, 2], Guest);
        RouterFixture.Write(fast, [.. Report(TimeSpan.Zero), .. Report(TimeSpan.Zero)]);
        RouterFixture.Write(slow, Report(TimeSpan.FromSeconds(40)));
        RouterFixture.Read(pointer, 6);

        var sources = Ask(router).Sources;
        Assert.Equal([(1, 4, 1, 0), (2, 2, 1, 0)], sources.Select(source => (source.Input, (int)source.Events, (int)source.Batches, (int)source.Dropped)));
        Assert.Equal(2, sources[0].Latency.Sum());
        Assert.InRange(LatencyScale.Percentile(sources[0].Latency.AsSpan(), 1)!.Value, 0, 30_000_000);
        Assert.InRange(LatencyScale.Percentile(sources[1].Latency.AsSpan(), 1)!.Value, 40_000_000, 70_000_000);
    }

    [Fact]
    public void What_nobody_gets_and_what_the_kernel_threw_away_is_counted_at_its_source()
    {
        using var router = new RouterFixture();
        using var here = router.GiveSource(1);
        using var elsewhere = router.GiveSource(2);
        router.Order(id => new SetSeat(id, "left", new([1], [Guest])));
        RouterFixture.Write(here, Report(TimeSpan.Zero));
        RouterFixture.Write(here, new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        while (Ask(router).Sources[0].Events < 4)
            Assert.Empty(Ask(router, above: 2).Sources);
        var counted = Ask(router).Sources;
        Assert.Equal((1, 1), (counted[0].Dropped, counted[0].Overruns));
        Assert.Equal((0, 0, 0), (counted[1].Events, counted[1].Dropped, counted[1].Latency.Count));
    }

    [Fact]
    public void Of_many_sources_a_packet_has_some_and_says_that_there_are_more()
    {
        using var router = new RouterFixture();
        var ends = Enumerable.Range(1, CountersReply.Most + 1).Select(input => router.GiveSource(input)).ToArray();
        var first = Ask(router);
        Assert.Equal((CountersReply.Most, true), (first.Sources.Count, first.More));
        var second = Ask(router, first.Sources[^1].Input);
        Assert.Equal((CountersReply.Most + 1, false), (second.Sources.Single().Input, second.More));
        foreach (var end in ends)
            end.Dispose();
    }

    [Fact]
    public void The_fullest_packet_fits_its_socket()
    {
        var full = ValueList.Create<long>([.. Enumerable.Repeat(999_999_999L, LatencyScale.Buckets)]);
        var reply = new CountersReply(long.MaxValue, Enumerable.Repeat(new SourceCounters(int.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, full), CountersReply.Most).ToValueList(), true);
        Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(reply, RoutingJson.Default.RouterMessage).Length, 0, SeqPacketSocket.LargestPacket);
    }
}
