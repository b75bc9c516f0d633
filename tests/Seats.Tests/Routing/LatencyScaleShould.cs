using CsCheck;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Routing;

public sealed class LatencyScaleShould
{
    [Fact]
    public void Say_at_most_a_sixteenth_too_much() => Gen.Long[0, (1L << 26) - 1].Sample(microseconds =>
    {
        var bucket = LatencyScale.BucketOf(microseconds);
        Assert.InRange(bucket, 0, LatencyScale.Buckets - 1);
        Assert.InRange(LatencyScale.Most(bucket), microseconds, microseconds + (microseconds / 16));
    });

    [Fact]
    public void Have_no_hole_between_its_buckets()
    {
        for (var bucket = 0; bucket < LatencyScale.Buckets - 1; bucket++)
        {
            Assert.Equal(bucket, LatencyScale.BucketOf(LatencyScale.Most(bucket)));
            Assert.Equal(bucket + 1, LatencyScale.BucketOf(LatencyScale.Most(bucket) + 1));
        }
    }

    [Theory]
    [InlineData(long.MinValue, 0)]
    [InlineData(-1, 0)]
    [InlineData(1L << 26, LatencyScale.Buckets - 1)]
    [InlineData(long.MaxValue, LatencyScale.Buckets - 1)]
    public void Hold_every_time(long microseconds, int bucket) => Assert.Equal(bucket, LatencyScale.BucketOf(microseconds));

    [Fact]
    public void Tell_which_time_a_part_of_the_reports_kept()
    {
        long[] counts = [0, 50, 49, 0, 1];
        Assert.Equal((1, 2, 4, 4), (LatencyScale.Percentile(counts, 0.5), LatencyScale.Percentile(counts, 0.99), LatencyScale.Percentile(counts, 0.999), LatencyScale.Percentile(counts, 1)));
        Assert.Null(LatencyScale.Percentile([], 0.5));
        Assert.Null(LatencyScale.Percentile([0, 0], 1));
    }

    [Fact]
    public void Add_up_the_nodes_of_one_device()
    {
        var receiver = new Device("usb1", DeviceKind.Keyboard, "Receiver", "1-2", null, null, null, null, null, [new(3, 4, InputAbilities.Keyboard, "keys"), new(5, 2, InputAbilities.Mouse, "mouse")]);
        var lid = new Device("lid", DeviceKind.Keys, "Lid", null, null, null, null, null, null, [new(9, 9, InputAbilities.Switch, "lid")]);
        var traffic = InputTraffic.Of([receiver, lid], device => device.Id == "usb1" ? "left" : null, [new(3, 6, 3, 1, 0, [0, 2]), new(5, 30, 10, 0, 1, [0, 0, 10]), new(8, 1, 1, 0, 0, [1])]);
        Assert.Equal([new("port:1-2", "keyboard", "Receiver", "/dev/input/event2", "left", 36, 13, 1, 1, [0, 2, 10])], traffic.Devices);
    }
}
