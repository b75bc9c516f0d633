using System.Net.Sockets;
using System.Text;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote.Core;
using Phyllome.Seats.Remote.Viewers;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>Who comes in at the unix socket.</summary>
public sealed class SocketTests : IDisposable
{
    private readonly DoorFixture _door = new();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Whoever_may_sees_the_guest_that_the_manager_names()
    {
        _door.Open(_door.Order());
        var (viewer, number, qemu) = await _door.LetInAsync("windows");
        viewer.Dispose();
        Assert.Equal(new ViewerGone(number), _door.Hear());
        await qemu.Stream.HearEndAsync();
        qemu.Dispose();
    }

    [Fact]
    public async Task Another_user_is_told_that_they_may_not()
    {
        var sentence = await RefusedAsync(new(1, 4711, 4711), [1000], async viewer => Assert.Empty(await viewer.HearTypesAsync()));
        Assert.Equal("You, user 4711, may not see seat 'left': root may, and the seat's 'owner' in seats.toml.", sentence.Told);
        Assert.Equal("that user may not see this seat", sentence.Logged);
    }

    [Fact]
    public async Task Another_user_who_says_nothing_keeps_nobodys_place_for_long()
    {
        var (ours, theirs) = Pair();
        using var viewer = TestViewer.At(theirs);
        using var passwords = new PasswordCheck(TimeProvider.System, (_, _) => false);
        var greeting = new Greeting(new() { Stranger = TimeSpan.FromMilliseconds(50) }, passwords)
            .AtSocketAsync(ours, new(1, 4711, 4711), new("left", [], "", null, null), TestContext.Current.CancellationToken);
        var exception = await Assert.ThrowsAsync<RfbException>(() => greeting.WaitAsync(Talk.Patience, TestContext.Current.CancellationToken));
        Assert.Equal("it did not say how it comes in within 0.05 s", exception.Message);
        await ours.DisposeAsync();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1000u)]
    public async Task Root_and_those_who_are_named_may(uint user)
    {
        var (ours, theirs) = Pair();
        using var viewer = TestViewer.At(theirs);
        using var passwords = new PasswordCheck(TimeProvider.System, (_, _) => false);
        var greeting = new Greeting(new(), passwords).AtSocketAsync(ours, new(1, user, user), new("left", [1000], "", null, null), TestContext.Current.CancellationToken);
        await viewer.AskAsync();
        await greeting.WaitAsync(Talk.Patience, TestContext.Current.CancellationToken);
        await ours.DisposeAsync();
    }

    [Theory]
    [InlineData("RFB 003.003\n", true)]
    [InlineData("RFB 003.005\n", true)]
    [InlineData("RFB 003.007\n", false)]
    [InlineData("RFB 004.001\n", false)]
    public async Task Another_version_is_refused_in_the_way_of_that_version(string version, bool isOld)
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        Assert.Empty(await viewer.HearTypesAsync(version));
        if (isOld)
            Assert.Equal([0, 0, 0], await viewer.Stream.HearAsync(3));
        Assert.Equal("This seat speaks RFB 3.8 alone: use a newer viewer.", await viewer.Stream.HearReasonAsync());
        await viewer.Stream.HearEndAsync();
    }

    [Fact]
    public async Task What_is_no_viewer_gets_no_answer()
    {
        _door.Open(_door.Order());
        using var browser = await TestViewer.ConnectAsync(_door.Socket);
        await browser.Stream.SayAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
        Assert.Equal(Rfb.Version.ToArray(), await browser.Stream.HearAsync(12));
        await browser.Stream.HearEndAsync();
    }

    [Fact]
    public async Task A_security_type_that_was_not_offered_is_refused()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        Assert.Equal([1], await viewer.HearTypesAsync());
        await viewer.Stream.SayAsync([2]);
        Assert.Equal("That security type was not offered.", await viewer.HearNoAsync());
    }

    [Fact]
    public async Task The_managers_sentence_is_what_a_viewer_is_told()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        var asks = _door.Hear<ViewerAsks>();
        _door.Tell(new TurnAway(asks.Viewer, "Guest 'windows' is off: start it."));
        Assert.Equal("Guest 'windows' is off: start it.", await viewer.HearNoAsync());
        Assert.Equal(new ViewerGone(asks.Viewer), _door.Hear());
    }

    [Fact]
    public async Task A_display_that_did_not_come_with_the_order_is_said_to_both()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        var asks = _door.Hear<ViewerAsks>();
        _door.Tell(new LetIn(asks.Viewer, "windows"));
        Assert.Contains("no socket to its display came with the order", _door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        Assert.Contains("guest 'windows' cannot be shown", await viewer.HearNoAsync(), StringComparison.Ordinal);
        Assert.Equal(new ViewerGone(asks.Viewer), _door.Hear());
    }

    [Fact]
    public async Task A_display_that_is_none_is_said_to_both()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        var asks = _door.Hear<ViewerAsks>();
        using var other = new EventFd();
        _door.Tell(new LetIn(asks.Viewer, "windows"), other.Descriptor);
        Assert.StartsWith($"could not show viewer {asks.Viewer} guest 'windows': ", _door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        Assert.Contains("guest 'windows' cannot be shown", await viewer.HearNoAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_is_gone_before_it_showed_itself_is_said()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        var asks = _door.Hear<ViewerAsks>();
        using var qemu = Qemu.Make();
        _door.Tell(new LetIn(asks.Viewer, "windows"), qemu.Theirs);
        qemu.Theirs.Dispose();
        await qemu.Stream.SayAsync(Rfb.Version.ToArray());
        await qemu.Stream.HearAsync(12);
        await qemu.Stream.DisposeAsync();
        Assert.Equal("The display of guest 'windows' cannot be shown: its QEMU closed it.", await viewer.HearNoAsync());
        Assert.Equal(new ViewerGone(asks.Viewer), _door.Hear());
    }

    [Fact]
    public async Task A_guest_that_asks_for_a_password_is_not_the_seats()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        using var qemu = Qemu.Make();
        _door.Tell(new LetIn(_door.Hear<ViewerAsks>().Viewer, "windows"), qemu.Theirs);
        await qemu.Stream.SayAsync([.. Rfb.Version.ToArray(), 1, 2]);
        Assert.Contains("asks for a password", await viewer.HearNoAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_refuses_is_said_with_its_reason_in_one_line()
    {
        _door.Open(_door.Order());
        using var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        using var qemu = Qemu.Make();
        _door.Tell(new LetIn(_door.Hear<ViewerAsks>().Viewer, "windows"), qemu.Theirs);
        await qemu.Stream.SayAsync([.. Rfb.Version.ToArray(), 0, 0, 0, 0, 10, .. "Too many\n<"u8]);
        Assert.Equal("The display of guest 'windows' cannot be shown: its QEMU refuses: Too many <.", await viewer.HearNoAsync());
    }

    [Fact]
    public async Task An_answer_to_somebody_who_has_left_is_dropped_and_its_display_closed()
    {
        _door.Open(_door.Order());
        var viewer = await TestViewer.ConnectAsync(_door.Socket);
        await viewer.AskAsync();
        var asks = _door.Hear<ViewerAsks>();
        using var first = Qemu.Make();
        _door.Tell(new TurnAway(asks.Viewer, "No."));
        _door.Tell(new LetIn(asks.Viewer, "windows"), first.Theirs);
        first.Theirs.Dispose();
        await first.Stream.HearEndAsync();
        Assert.Equal("No.", await viewer.HearNoAsync());
        viewer.Dispose();
        Assert.Equal(new ViewerGone(asks.Viewer), _door.Hear());

        using var second = Qemu.Make();
        _door.Tell(new LetIn(asks.Viewer, "windows"), second.Theirs);
        second.Theirs.Dispose();
        await second.Stream.HearEndAsync();
    }

    private static (NetworkStream, NetworkStream) Pair()
    {
        var (one, other) = FileDescriptor.StreamPair(nonBlocking: false);
        return (new(DoorSockets.Take(one, isListening: false), ownsSocket: true), new(DoorSockets.Take(other, isListening: false), ownsSocket: true));
    }

    private static async Task<(string Told, string Logged)> RefusedAsync(PeerCredentials peer, ValueList<uint> users, Func<TestViewer, Task> steps)
    {
        var (ours, theirs) = Pair();
        using var viewer = TestViewer.At(theirs);
        using var passwords = new PasswordCheck(TimeProvider.System, (_, _) => false);
        var greeting = new Greeting(new() { Stranger = Talk.Patience }, passwords).AtSocketAsync(ours, peer, new("left", users, "", null, null), TestContext.Current.CancellationToken);
        await steps(viewer);
        var told = await viewer.Stream.HearReasonAsync();
        var exception = await Assert.ThrowsAsync<RfbException>(() => greeting.WaitAsync(Talk.Patience, TestContext.Current.CancellationToken));
        await ours.DisposeAsync();
        return (told, exception.Message);
    }
}
