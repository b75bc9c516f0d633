using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>Alone in the process: collections are counted for all of its threads.</summary>
[CollectionDefinition(nameof(HotPathTests), DisableParallelization = true)]
[Collection(nameof(HotPathTests))]
public sealed class HotPathTests
{
    private static readonly Guid Guest = Board.Guest('a');

    /// <summary>Of four events each.</summary>
    private static readonly int Reports = int.TryParse(Environment.GetEnvironmentVariable("PHYLLOME_REPORTS"), out var asked) ? asked / 16 * 16 : 250_000;

    [Fact]
    public void A_million_events_should_pass_in_order_without_a_byte_allocated_or_a_collection()
    {
        const int Batch = 16;
        using var router = new RouterFixture();
        using var mouse = router.GiveSource(1);
        using var pointer = router.GiveSink(2, Guest, SinkKind.Pointer);
        using var keyboard = router.GiveSink(3, Guest, SinkKind.Keyboard);
        router.Devices.GrabFails = Errno.EBUSY;
        using var node = router.GiveSinkNode(3);
        router.Seat([1], Guest);
        // The first key brings what the runtime makes once, tables and code.
        RouterFixture.Write(mouse, new(InputCodes.EV_KEY, 30, 1), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        RouterFixture.Write(mouse, new(InputCodes.EV_KEY, 30, 0), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
        RouterFixture.Read(keyboard, 4);
        var before = router.State().Counters;

        var events = new InputEvent[Batch * 4];
        InputEvent[] moved = new InputEvent[Batch * 3], typed = new InputEvent[Batch * 2];
        var sum = 0L;
        for (var report = 0; report < Reports; report += Batch)
        {
            for (var i = 0; i < Batch; i++)
            {
                var number = report + i;
                events[i * 4] = new(number, 7, InputCodes.EV_REL, 0, number % 100);
                events[(i * 4) + 1] = new(number, 7, InputCodes.EV_KEY, 0x110, number % 2 == 0 ? 1 : 0);
                events[(i * 4) + 2] = new(number, 7, InputCodes.EV_KEY, 30, number % 2 == 0 ? 1 : 0);
                events[(i * 4) + 3] = new(number, 7, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);
            }

            RouterFixture.Write(mouse, events);
            RouterFixture.Read(pointer, moved);
            foreach (ref readonly var one in moved.AsSpan())
                sum += one.Type == InputCodes.EV_REL ? one.Value : 0;
            RouterFixture.Read(keyboard, typed);
            if (typed[0] != new InputEvent(InputCodes.EV_KEY, 30, 1) || typed[1] != new InputEvent(report, 7, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0))
                Assert.Fail($"the keyboard got something else in report {report}");
        }

        var after = router.State().Counters;
        Assert.Equal(Enumerable.Range(0, Reports).Sum(number => number % 100L), sum);
        Assert.Equal(Reports * 4L, after.Read - before.Read);
        Assert.Equal(Reports * 5L, after.Written - before.Written);
        Assert.Equal(0, after.Dropped);
        Assert.Equal(0, after.AllocatedBytes - before.AllocatedBytes);
        Assert.Equal(0, after.Collections - before.Collections);
    }

    [Fact]
    public void Motion_alone_should_pass_exact_without_a_byte_allocated_or_a_collection()
    {
        const int Batch = 16;
        using var router = new RouterFixture();
        using var mouse = router.GiveSource(1);
        using var pointer = router.GiveSink(2, Guest, SinkKind.Pointer);
        router.Seat([1], Guest);
        InputEvent[] events = new InputEvent[Batch * 3], moved = new InputEvent[Batch * 3];
        Move(0);
        var before = router.State().Counters;
        for (var report = 0; report < Reports; report += Batch)
            Move(report);

        var after = router.State().Counters;
        Assert.Equal((Reports * 3L, Reports * 3L), (after.Read - before.Read, after.Written - before.Written));
        Assert.Equal((0, 0, 0), (after.Dropped, after.AllocatedBytes - before.AllocatedBytes, after.Collections - before.Collections));

        void Move(int report)
        {
            for (var i = 0; i < Batch; i++)
            {
                events[i * 3] = new(report, i, InputCodes.EV_REL, 0, report % 100);
                events[(i * 3) + 1] = new(report, i, InputCodes.EV_REL, 1, -i);
                events[(i * 3) + 2] = new(report, i, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);
            }

            RouterFixture.Write(mouse, events);
            RouterFixture.Read(pointer, moved);
            for (var i = 0; i < Batch; i++)
            {
                if (moved[i * 3] != new InputEvent(InputCodes.EV_REL, 1, -i) || moved[(i * 3) + 1] != new InputEvent(InputCodes.EV_REL, 0, report % 100) || moved[(i * 3) + 2] != events[(i * 3) + 2])
                    Assert.Fail($"the pointer got something else in report {report + i}");
            }
        }
    }

    [Fact]
    public void A_thousand_devices_that_come_and_go_while_their_events_pass_should_leave_no_descriptor_and_no_byte()
    {
        using var router = new RouterFixture();
        using var pointer = router.GiveSink(2, Guest, SinkKind.Pointer);
        router.Seat([1], Guest);
        Plug(router, pointer);
        var (before, descriptors) = (router.State().Counters, Descriptors());

        for (var cycle = 0; cycle < 1000; cycle++)
            Plug(router, pointer);

        var after = router.State().Counters;
        // Other tests open and close theirs meanwhile; a device that leaves one would be a thousand more.
        Assert.InRange(Descriptors(), 0, descriptors + 100);
        Assert.Equal(4000, after.Read - before.Read);
        Assert.Equal(0, after.AllocatedBytes - before.AllocatedBytes);
        Assert.Equal((0, 1), (router.State().Sources.Count, router.State().Sinks.Count));
        Assert.DoesNotContain(router.Store.Names, name => name.StartsWith("source", StringComparison.Ordinal));
    }

    /// <summary>A mouse comes, moves with its button down, and is pulled: the button comes up.</summary>
    private static void Plug(RouterFixture router, FileDescriptor pointer)
    {
        var moved = new InputEvent[5];
        using (var mouse = router.GiveSource(1))
        {
            RouterFixture.Write(
                mouse, new(InputCodes.EV_REL, 0, 1), new(InputCodes.EV_REL, 1, 1), new(InputCodes.EV_KEY, 0x110, 1), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0));
            RouterFixture.Read(pointer, moved.AsSpan(0, 4));
        }

        RouterFixture.Read(pointer, moved.AsSpan(0, 2));
        Assert.Equal((0x110, 0), (moved[0].Code, moved[0].Value));
        while (router.Next() is not SourceGone)
        {
            // What else is told of it.
        }

        // Given back in the order in which they went: when this one is, so are those before.
        using var last = router.GiveSource(9);
        router.Order(id => new CloseSource(id, 9));
    }

    /// <summary>Without those that tests before left to the collector.</summary>
    private static int Descriptors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }
}
