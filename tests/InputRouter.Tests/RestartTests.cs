using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>A router that is killed, and the next.</summary>
public sealed class RestartTests
{
    private const ushort A = 30, S = 31, D = 32;

    private static readonly Guid Guest = Board.Guest('a');
    private static readonly Guid Other = Board.Guest('b');
    private static readonly InputEvent End = new(1, 2, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    private static InputEvent EndAt(long microseconds) => new(7, microseconds, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    [Fact]
    public void Routes_focus_hotkeys_and_live_guests_should_be_as_before_without_a_manager()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        using var other = first.GiveSink(4, Other, SinkKind.Keyboard);
        first.Order(id => new SetHotkeys(id, Board.Hotkeys));
        first.Seat([1], Guest, Other);
        first.Order(id => new SetGuestLive(id, Other, true));
        Press(device, 125);
        Press(device, 15);
        while (first.Next() is not FocusChanged { Focus: { } focus } || focus != Other)
        {
        }

        var before = first.State();
        first.Kill();

        using var second = new RouterFixture(first);
        // Asked once: each collection of another test's garbage counts in it.
        var after = second.State();
        Assert.Equal(before with { Counters = after.Counters }, after);
        Press(device, S);
        // After the key-ups of all that the sink may have had down.
        Assert.Equal([new(InputCodes.EV_KEY, S, 1), End], RouterFixture.Read(other, SinkCodes.KeyboardKeys.Count + 3)[^2..]);
    }

    [Fact]
    public void A_focus_on_the_host_should_be_as_before_and_the_host_live()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        using var keyboard = first.GiveSink(2, HostReach.Id, SinkKind.Keyboard);
        first.Order(id => new SetSeat(id, "left", new([1], [Guest, HostReach.Id])));
        var before = first.State();
        Assert.Equal(HostReach.Id, before.Seats[0].Focus);
        first.Kill();

        using var second = new RouterFixture(first);
        // Asked once: each collection of another test's garbage counts in it.
        var after = second.State();
        Assert.Equal(before with { Counters = after.Counters }, after);
        Press(device, S);
        Assert.Equal([new(InputCodes.EV_KEY, S, 1), End], RouterFixture.Read(keyboard, SinkCodes.HostKeyboardKeys.Count + 3)[^2..]);
    }

    [Fact]
    public void A_key_that_stays_down_should_stay_down_and_one_that_went_up_meanwhile_should_go_up()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        first.Devices.GrabFails = Errno.EBUSY;
        using var node = first.GiveSinkNode(2);
        first.Seat([1], Guest);
        Press(device, A);
        Press(device, S);
        RouterFixture.Read(keyboard, 4);
        first.Kill();

        // What the kernel knows: A and S are down in the sink, A and D on the device.
        first.Devices[node].SetDown(A, true);
        first.Devices[node].SetDown(S, true);
        first.Devices[device].SetDown(A, true);
        first.Devices[device].SetDown(D, true);

        using var second = new RouterFixture(first);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, S, 0), RouterFixture.Read(keyboard, 2)[0]);
        RouterFixture.Write(device, new(InputCodes.EV_KEY, D, 0), End, new(InputCodes.EV_KEY, A, 0), End);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, A, 0), RouterFixture.Read(keyboard, 2)[0]);
    }

    [Fact]
    public void What_was_typed_and_moved_while_no_router_was_there_should_come_in_order_with_its_own_times()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        using var mouse = first.GiveSource(5);
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        using var pointer = first.GiveSink(3, Guest, SinkKind.Pointer);
        first.Devices.GrabFails = Errno.EBUSY;
        using var node = first.GiveSinkNode(2);
        using var pointersNode = first.GiveSinkNode(3);
        first.Seat([1, 5], Guest);
        Press(device, A);
        RouterFixture.Read(keyboard, 2);
        first.Kill();

        // A up and down again, S and up, D.
        InputEvent[] typed =
        [
            new(InputCodes.EV_KEY, A, 0), EndAt(0), new(InputCodes.EV_KEY, A, 1), EndAt(1), new(InputCodes.EV_KEY, S, 1), EndAt(2),
            new(InputCodes.EV_KEY, S, 0), EndAt(3), new(InputCodes.EV_KEY, D, 1), EndAt(4),
        ];
        RouterFixture.Write(device, typed);
        RouterFixture.Write(mouse, new(InputCodes.EV_REL, 0, 3), EndAt(5));
        first.Devices[node].SetDown(A, true);
        first.Devices[device].SetDown(A, true);
        first.Devices[device].SetDown(D, true);

        using var second = new RouterFixture(first);
        Assert.Equal(typed, RouterFixture.Read(keyboard, typed.Length));
        Assert.Equal([new(InputCodes.EV_REL, 0, 3), EndAt(5)], RouterFixture.Read(pointer, 2));
        RouterFixture.Write(device, new(InputCodes.EV_KEY, D, 0), End, new(InputCodes.EV_KEY, A, 0), End);
        Assert.Equal([D, A], RouterFixture.Read(keyboard, 4).Where(one => one.Type == InputCodes.EV_KEY).Select(one => one.Code));
    }

    [Fact]
    public void What_came_from_two_devices_meanwhile_should_come_in_the_order_of_its_times()
    {
        using var first = new RouterFixture();
        using var left = first.GiveSource(1);
        using var right = first.GiveSource(5);
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        first.Devices.GrabFails = Errno.EBUSY;
        using var node = first.GiveSinkNode(2);
        first.Seat([1, 5], Guest);
        first.Kill();
        RouterFixture.Write(left, new(7, 1, InputCodes.EV_KEY, A, 1), End, new(7, 3, InputCodes.EV_KEY, A, 0), End);
        RouterFixture.Write(right, new(7, 0, InputCodes.EV_KEY, S, 1), End, new(7, 2, InputCodes.EV_KEY, S, 0), End);

        using var second = new RouterFixture(first);
        Assert.Equal(
            [(S, 1), (A, 1), (S, 0), (A, 0)], RouterFixture.Read(keyboard, 8).Where(one => one.Type == InputCodes.EV_KEY).Select(one => (one.Code, one.Value)));
    }

    [Fact]
    public void A_hotkey_whose_end_came_while_no_router_was_there_should_be_obeyed_by_the_next()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        using var other = first.GiveSink(4, Other, SinkKind.Keyboard);
        first.Devices.GrabFails = Errno.EBUSY;
        using var node = first.GiveSinkNode(2);
        using var othersNode = first.GiveSinkNode(4);
        first.Order(id => new SetHotkeys(id, Board.Hotkeys));
        first.Seat([1], Guest, Other);
        first.Order(id => new SetGuestLive(id, Other, true));
        Press(device, 125);
        RouterFixture.Read(keyboard, 2);
        first.Kill();
        RouterFixture.Write(device, new(InputCodes.EV_KEY, 15, 1), End, new(InputCodes.EV_KEY, 15, 0), End, new(InputCodes.EV_KEY, S, 1), End);
        first.Devices[node].SetDown(125, true);
        first.Devices[device].SetDown(125, true);
        first.Devices[device].SetDown(S, true);

        using var second = new RouterFixture(first);
        Assert.Equal(Other, second.State().Seats[0].Focus);
        Assert.Equal([29, 29, 125], RouterFixture.Read(keyboard, 6).Where(one => one.Type == InputCodes.EV_KEY).Select(one => (int)one.Code));
        Assert.Equal([new(InputCodes.EV_KEY, S, 1), End], RouterFixture.Read(other, 2));
    }

    [Fact]
    public void What_the_kernel_could_not_keep_meanwhile_should_leave_each_key_as_it_is()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        first.Devices.GrabFails = Errno.EBUSY;
        using var node = first.GiveSinkNode(2);
        first.Seat([1], Guest);
        Press(device, A);
        RouterFixture.Read(keyboard, 2);
        first.Kill();
        RouterFixture.Write(device, new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0), new(InputCodes.EV_KEY, D, 1), End);
        first.Devices[node].SetDown(A, true);
        first.Devices[device].SetDown(S, true);
        first.Devices[device].SetDown(D, true);

        using var second = new RouterFixture(first);
        Assert.Equal(
            [(A, 0), (S, 1), (D, 1)],
            RouterFixture.Read(keyboard, 5).Where(one => one.Type == InputCodes.EV_KEY).Select(one => (one.Code, one.Value)).OrderBy(one => one.Code));
    }

    [Fact]
    public void Keys_of_a_guest_that_was_paused_should_still_wait()
    {
        using var first = new RouterFixture();
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        first.Devices.GrabFails = Errno.EBUSY;
        using var node = first.GiveSinkNode(2);
        first.Kill();
        first.Devices[node].SetDown(A, true);

        using var second = new RouterFixture(first);
        second.Order(id => new SetGuestLive(id, Guest, true));
        Assert.Equal([new(InputCodes.EV_KEY, A, 0), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)], RouterFixture.Read(keyboard, 2));
    }

    [Fact]
    public void A_sink_without_its_node_should_see_every_key_go_up()
    {
        using var first = new RouterFixture();
        using var keyboard = first.GiveSink(2, Guest, SinkKind.Keyboard);
        first.Kill();
        using var second = new RouterFixture(first);
        var ups = RouterFixture.Read(keyboard, SinkCodes.KeyboardKeys.Count + 1);
        Assert.All(ups[..^1], up => Assert.Equal((InputCodes.EV_KEY, 0), (up.Type, up.Value)));
        Assert.Equal(InputCodes.EV_SYN, ups[^1].Type);
    }

    [Fact]
    public void A_descriptor_that_is_no_device_any_more_should_be_given_up()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        first.Kill();
        first.Devices.PrepareFails = Errno.ENODEV;
        using var second = new RouterFixture(first);
        Assert.Empty(second.State().Sources);
        Assert.Empty(second.Store.Names);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    public void Notes_that_can_not_be_read_should_be_as_none(string document)
    {
        var file = MemoryFile.Create("test");
        using (file.Descriptor)
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(document));
            Assert.Equal(RouterState.Empty, new Notes(file).Read());
        }
    }

    private static void Press(FileDescriptor device, ushort key) => RouterFixture.Write(device, new(InputCodes.EV_KEY, key, 1), End);
}
