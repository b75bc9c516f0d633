using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>The loop on real descriptors.</summary>
public sealed class RouterTests
{
    private static readonly Guid Guest = Board.Guest('a');
    private static readonly Guid Other = Board.Guest('b');
    private static readonly InputEvent End = new(1, 2, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    [Fact]
    public void A_source_with_a_key_down_should_stay_the_hosts_until_it_is_up()
    {
        using var router = new RouterFixture();
        router.Devices.Down = 28;
        using var keyboard = router.GiveSource(1);
        var device = router.Devices[keyboard];
        Assert.Equal(new SourceCame(new(1, Grabbed: false)), router.Next());
        Assert.False(device.Grabbed);
        Assert.Empty(router.Store.Names);

        RouterFixture.Write(keyboard, new(InputCodes.EV_KEY, 30, 1), End);
        device.SetDown(28, down: false);
        RouterFixture.Write(keyboard, new(InputCodes.EV_KEY, 28, 0), End);

        Assert.Equal(new SourceCame(new(1, Grabbed: true)), router.Next());
        Assert.True(device.Grabbed);
        var state = router.State();
        Assert.Equal(0, state.Counters.Read);
        Assert.Equal([new(1, Grabbed: true)], state.Sources);
        Assert.Equal(["source-1"], router.Store.Names);
    }

    [Fact]
    public void A_frame_should_have_the_time_of_its_end_alone()
    {
        using var router = new RouterFixture();
        using var device = router.GiveSource(1);
        using var pointer = router.GiveSink(2, Guest, SinkKind.Pointer);
        router.Seat([1], Guest);
        InputEvent[] moved = [new(InputCodes.EV_REL, 0, 3), new(InputCodes.EV_REL, 1, -4), End], pressed = [new(InputCodes.EV_REL, 0, 5), new(InputCodes.EV_KEY, 0x110, 1), End];
        RouterFixture.Write(device, [.. moved.Concat(pressed).Select(one => one with { Seconds = 1, Microseconds = 2 })]);
        Assert.Equal([moved[1], moved[0], End, .. pressed], RouterFixture.Read(pointer, 6));
    }

    [Fact]
    public void An_unplugged_source_should_release_its_keys_and_be_told_of()
    {
        using var router = new RouterFixture();
        var device = router.GiveSource(1);
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        router.Seat([1], Guest);
        RouterFixture.Write(device, new(1, 2, InputCodes.EV_KEY, 30, 1), End);
        Assert.Equal([new(InputCodes.EV_KEY, 30, 1), End], RouterFixture.Read(keyboard, 2));

        device.Dispose();
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 0), RouterFixture.Read(keyboard, 2)[0]);
        while (router.Next() is not SourceGone { Input: 1 })
        {
        }

        Assert.Empty(router.State().Sources);
        Assert.DoesNotContain("source-1", router.Store.Names);
    }

    [Fact]
    public void Focus_should_be_told_to_every_manager_and_answers_to_the_one_that_asked()
    {
        using var router = new RouterFixture();
        using var second = router.Connect();
        using var keyboard = router.GiveSource(1);
        var meanwhile = new List<RouterMessage>();
        router.Ask(id => new SetHotkeys(id, Board.Hotkeys), meanwhile);
        router.Ask(id => new SetSeat(id, "left", new([1], [Guest, Other])), meanwhile);
        RouterFixture.Write(keyboard, new(InputCodes.EV_KEY, 125, 1), End, new(InputCodes.EV_KEY, 15, 1), End);

        Assert.Equal(new FocusChanged("left", Guest), router.Next());
        Assert.Equal(new FocusChanged("left", Other), router.Next());
        Assert.Equal([new(1, true)], meanwhile.OfType<SourceCame>().Select(came => came.Source));
        Assert.Equal(new SourceCame(new(1, true)), router.Next(second));
        Assert.Equal(new FocusChanged("left", Guest), router.Next(second));
        Assert.Equal(new FocusChanged("left", Other), router.Next(second));

        var state = router.State();
        Assert.Equal(new RouterSeat("left", new([1], [Guest, Other]), Other), Assert.Single(state.Seats));
        Assert.Equal(Board.Hotkeys, state.Hotkeys);
    }

    [Fact]
    public void What_the_router_can_not_take_should_be_answered_with_the_reason()
    {
        using var router = new RouterFixture();
        router.Devices.GrabFails = Errno.EBUSY;
        router.GiveSource(1, Errno.EBUSY).Dispose();
        router.Devices.GrabFails = Errno.None;
        router.Devices.PrepareFails = Errno.ENOTTY;
        router.GiveSource(1, Errno.ENOTTY).Dispose();
        router.Devices.PrepareFails = Errno.None;
        using var device = router.GiveSource(1);
        router.GiveSource(1, Errno.EEXIST).Dispose();
        using var sink = router.GiveSink(2, Guest, SinkKind.Keyboard);
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        using (write)
        {
            Assert.Equal(Errno.EEXIST, router.HandOver(new GiveSink(7, 8, Guest, SinkKind.Keyboard), write));
            Assert.Equal(Errno.EBADMSG, router.HandOver("{}"u8, write));
            Assert.Equal(Errno.EBADMSG, router.HandOver(new GiveSource(5), null));
        }

        Assert.Equal([new(1, Grabbed: true)], router.State().Sources);
    }

    [Theory]
    [InlineData("nonsense", 0)]
    [InlineData("{}", 0)]
    [InlineData("""{"do":"format-disk","id":7}""", 7)]
    [InlineData("""{"do":"set-focus","id":8}""", 8)]
    [InlineData("""{"do":"set-focus","id":9,"seat":null,"guest":"00000000-0000-0000-0000-000000000000"}""", 9)]
    [InlineData("[1]", 0)]
    public void What_is_no_request_should_be_answered_as_such_and_change_nothing(string packet, long id)
    {
        using var router = new RouterFixture();
        router.Manager.Send(System.Text.Encoding.UTF8.GetBytes(packet));
        Assert.Equal(new RouterReply(id, RouterError.BadPacket), router.Next());
        Assert.Equal(RouterState.Empty.Seats, router.State().Seats);
    }

    [Fact]
    public void Closing_should_release_give_back_and_forget()
    {
        using var router = new RouterFixture();
        using var device = router.GiveSource(1);
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        router.Seat([1], Guest);
        Assert.Equal(["sink-2-1002-keyboard-" + Guest, "source-1"], router.Store.Names.Order());
        RouterFixture.Write(device, new(InputCodes.EV_KEY, 30, 1), End);
        RouterFixture.Read(keyboard, 2);

        router.Order(id => new CloseSource(id, 1));
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 0), RouterFixture.Read(keyboard, 2)[0]);
        Assert.False(router.Devices[device].Grabbed);
        router.Order(id => new CloseSink(id, 2));
        Assert.Empty(router.Store.Names);
        Assert.Equal(RouterError.NoSuchInput, Assert.IsType<RouterReply>(router.Ask(id => new CloseSource(id, 1))).Error);
        Assert.Equal(RouterError.NoSuchInput, Assert.IsType<RouterReply>(router.Ask(id => new CloseSink(id, 2))).Error);
        Assert.NotEqual(PollEvents.None, Poll.Wait(keyboard, PollEvents.None, TimeSpan.FromSeconds(30)) & PollEvents.HangUp);
    }

    [Fact]
    public void A_key_for_a_QEMU_that_died_should_be_dropped_and_the_managers_told()
    {
        using var router = new RouterFixture();
        using var device = router.GiveSource(1);
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        using var node = router.GiveSinkNode(2);
        router.Seat([1], Guest);
        router.Devices[node].GrabFails = Errno.EBUSY;
        RouterFixture.Write(device, new(InputCodes.EV_KEY, 30, 1), End);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 1), RouterFixture.Read(keyboard, 2)[0]);

        router.Devices[node].GrabFails = Errno.None;
        RouterFixture.Write(device, new(InputCodes.EV_KEY, 31, 1), End);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 0), RouterFixture.Read(keyboard, 2)[0]);
        RouterMessage told;
        do
            told = router.Next();
        while (told is not SinkCame { Sink.Live: false });
        Assert.Equal(new SinkCame(new(2, 1002, Guest, SinkKind.Keyboard, Live: false)), told);
    }

    [Fact]
    public void Events_on_a_sinks_own_node_should_end_what_is_written_to_it()
    {
        using var router = new RouterFixture();
        using var pointer = router.GiveSink(2, Guest, SinkKind.Pointer);
        using var node = router.GiveSinkNode(2);
        router.Order(id => new SetGuestLive(id, Guest, true));
        router.Devices[node].GrabFails = Errno.EBUSY;
        RouterFixture.Write(node, new InputEvent(InputCodes.EV_REL, 0, 1), End);
        Assert.True(Assert.Single(router.State().Sinks).Live);

        router.Devices[node].GrabFails = Errno.None;
        RouterFixture.Write(node, new InputEvent(InputCodes.EV_REL, 0, 1), End);
        while (router.Next() is not SinkCame { Sink.Live: false })
        {
        }

        Assert.False(Assert.Single(router.State().Sinks).Live);
        Assert.Equal(["node-2", "sink-2-1002-pointer-" + Guest], router.Store.Names.Order());
        router.Order(id => new CloseSink(id, 2));
        Assert.Empty(router.Store.Names);
    }

    [Fact]
    public void The_node_of_a_sink_that_is_not_there_should_be_refused()
    {
        using var router = new RouterFixture();
        using var sink = router.GiveSink(2, Guest, SinkKind.Pointer);
        using var node = router.GiveSinkNode(2);
        var (theirs, ours) = router.Devices.Pair();
        using (theirs)
        using (ours)
        {
            Assert.Equal(Errno.ENODEV, router.HandOver(new GiveSinkNode(3), theirs));
            Assert.Equal(Errno.EEXIST, router.HandOver(new GiveSinkNode(2), theirs));
        }
    }

    [Fact]
    public void Giving_a_device_back_should_keep_no_other_waiting_and_be_told_of_when_it_is_done()
    {
        using var router = new RouterFixture();
        using var slow = router.GiveSource(1);
        using var device = router.GiveSource(3);
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        router.Seat([3], Guest);
        router.Devices[slow].RcuGracePeriod.Reset();
        router.Manager.Send("""{"do":"close-source","id":99,"input":1}"""u8);

        RouterFixture.Write(device, new(InputCodes.EV_KEY, 30, 1), End);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 1), RouterFixture.Read(keyboard, 2)[0]);
        var meanwhile = new List<RouterMessage>();
        router.Ask(id => new QueryState(id), meanwhile);
        Assert.DoesNotContain(new SourceGone(1), meanwhile);
        router.Devices[slow].RcuGracePeriod.Set();
        Assert.Equal(new SourceGone(1), router.Next());
        Assert.Equal(new RouterReply(99, RouterError.None), router.Next());
        Assert.False(router.Devices[slow].Grabbed);
    }

    [Fact]
    public void A_thousand_plugs_with_a_key_down_should_leave_no_key_and_no_descriptor_behind()
    {
        using var router = new RouterFixture();
        using var keyboard = router.GiveSink(1, Guest, SinkKind.Keyboard);
        router.Seat([.. Enumerable.Range(2, 1000)], Guest);
        var held = 0;
        for (var input = 2; input < 1002; input++)
        {
            using (var device = router.GiveSource(input))
            {
                RouterFixture.Write(device, new(InputCodes.EV_KEY, 30, 1), End);
                Assert.Equal(1, RouterFixture.Read(keyboard, 2)[0].Value);
            }

            // The unplug: the key-up comes before anything else.
            Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 0), RouterFixture.Read(keyboard, 2)[0]);
            while (router.Next() is not SourceGone gone || gone.Input != input)
            {
            }

            if (input == 100)
                held = Directory.GetFiles("/proc/self/fd").Length;
        }

        Assert.Empty(router.State().Sources);
        // Other tests have some, too.
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, held + 200);
        Assert.Equal(["sink-1-1001-keyboard-" + Guest], router.Store.Names);
    }

    [Fact]
    public void A_loop_that_turns_should_say_so()
    {
        using var router = new RouterFixture();
        using var said = new CountdownEvent(3);
        router.Guard(TimeSpan.FromMilliseconds(2), () =>
        {
            if (!said.IsSet)
                said.Signal();
        });
        Assert.True(said.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_end_should_release_every_key()
    {
        using var router = new RouterFixture();
        using var device = router.GiveSource(1);
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        router.Seat([1], Guest);
        RouterFixture.Write(device, new(InputCodes.EV_KEY, 30, 1), End);
        RouterFixture.Read(keyboard, 2);
        router.Stop();
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 0), RouterFixture.Read(keyboard, 2)[0]);
    }

    [Theory]
    [InlineData("source-12", true)]
    [InlineData("source-", false)]
    [InlineData("source--1", false)]
    [InlineData("sink-1-2-keyboard-00000000-0000-0000-0000-000000000001", true)]
    [InlineData("sink-1-2-mouse-00000000-0000-0000-0000-000000000001", false)]
    [InlineData("node-2", true)]
    [InlineData("node-", false)]
    [InlineData("stored", false)]
    public void Stored_names_should_be_read_back_or_refused(string name, bool good) =>
        Assert.Equal(good, StoredName.TryReadSource(name, out _) || StoredName.TryReadSinkNode(name, out _) || StoredName.TryReadSink(name, out _));

    /// <summary>A median, since this machine has other work too.</summary>
    [Fact]
    public void What_an_unplugged_device_holds_should_go_up_within_10_ms()
    {
        const int Rounds = 50;
        ushort[] keys = [30, 31, 32, 33, 34, 35];
        using var router = new RouterFixture();
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        router.Seat([.. Enumerable.Range(10, Rounds)], Guest);
        List<TimeSpan> took = [];
        for (var round = 0; round < Rounds; round++)
        {
            var device = router.GiveSource(10 + round);
            InputEvent[] down = [.. keys.Select(key => new InputEvent(1, 2, InputCodes.EV_KEY, key, 1)), End];
            RouterFixture.Write(device, down);
            RouterFixture.Read(keyboard, down.Length);
            var began = Stopwatch.GetTimestamp();
            device.Dispose();
            var up = RouterFixture.Read(keyboard, down.Length);
            took.Add(Stopwatch.GetElapsedTime(began));
            Assert.Equal(keys, up.Where(one => one is { Type: InputCodes.EV_KEY, Value: 0 }).Select(one => one.Code).Order());
        }

        took.Sort();
        TestContext.Current.SendDiagnosticMessage($"{keys.Length} keys of an unplugged device: p50 {took[Rounds / 2].TotalMicroseconds:0} us, most {took[^1].TotalMicroseconds:0} us");
        Assert.InRange(took[Rounds / 2], TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
    }
}
