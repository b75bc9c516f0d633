using System.Threading.Channels;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Screens;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Screens;

/// <summary>A stand-in for QEMU's side of the display of a guest with two screens, and two presenters.</summary>
public sealed class GuestHeadsTests : IAsyncLifetime
{
    private const string Console = "org.qemu.Display1.Console", Properties = "org.freedesktop.DBus.Properties", Guest = "windows";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _lost = Channel.CreateUnbounded<string>();
    private readonly uint[] _widths = [640, 800];
    private readonly List<BusConnection> _connections = [];
    private GuestDisplays _displays = null!;
    private int _opened;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _displays = new(async (_, _, _) =>
        {
            _opened++;
            var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: true);
            var qemu = BusConnection.ServePeer(ours);
            _connections.Add(qemu);
            for (var head = 0; head < 2; head++)
                await qemu.ExportAsync(PathOf(head), Screen(head));
            return theirs;
        }, guest => _lost.Writer.TryWrite(guest));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _displays.DisposeAsync();
        foreach (var connection in _connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task Each_presenter_should_find_its_own_screen_by_one_connection_and_the_guest_hear_where_each_monitor_stands()
    {
        await using var main = await PresenterAsync(0, [0, 1]);
        await using var beside = await PresenterAsync(1, [0, 1]);
        Assert.Equal(1, _opened);
        Assert.Equal((640u, 800u), (await WidthAsync(main, 0), await WidthAsync(beside, 1)));

        await TellAsync(main, 0, 1920, 1080);
        Assert.Equal("0: 1920 x 1080 at 0, 520 x 290 mm", await AskedAsync());
        await TellAsync(beside, 1, 1280, 1024);
        Assert.Equal("1: 1280 x 1024 at 1920, 520 x 290 mm", await AskedAsync());

        // A listener's socket is passed on to the screen that it is for.
        var (listener, other) = FileDescriptor.StreamPair(nonBlocking: true);
        using (listener)
        using (other)
            await beside.CallAsync(new(null, PathOf(1), Console, "RegisterListener", body => body.Write(other)), Cancellation);
        Assert.Equal("1: a listener", await AskedAsync());
    }

    [Fact]
    public async Task A_screen_whose_monitor_is_gone_should_be_off_and_the_others_be_told_only_where_they_stand()
    {
        await using var main = await PresenterAsync(0, [0, 1]);
        await using var beside = await PresenterAsync(1, [0, 1]);
        await TellAsync(main, 0, 1920, 1080);
        await TellAsync(beside, 1, 1280, 1024);
        await AskedAsync();
        await AskedAsync();
        // By another socket to the same screen; the former one is closed.
        await using var again = await PresenterAsync(1, [1]);
        Assert.Equal("0: 0 x 0 at 0, 0 x 0 mm", await AskedAsync());
        Assert.Equal("1: 1280 x 1024 at 0, 520 x 290 mm", await AskedAsync());
        await beside.Ended.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Long, Cancellation);
        Assert.False(main.Ended.IsCompleted);
        await TellAsync(again, 1, 1280, 1024);
        Assert.False(_asked.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_change_of_a_screens_size_should_be_told_to_its_presenter_alone()
    {
        await using var main = await PresenterAsync(0, [0, 1]);
        await using var beside = await PresenterAsync(1, [0, 1]);
        var (told, toldBeside) = (new TaskCompletionSource(), new TaskCompletionSource());
        await main.WatchSignalAsync(new(null, PathOf(0), Properties, "PropertiesChanged"), (_, _) => told.TrySetResult());
        await beside.WatchSignalAsync(new(null, PathOf(1), Properties, "PropertiesChanged"), (_, _) => toldBeside.TrySetResult());
        _widths[0] = 1024;
        await _connections[0].EmitPropertiesChangedAsync(PathOf(0), Console, ["Width"]);
        await told.Task.WaitAsync(Long, Cancellation);
        Assert.Equal(1024u, await WidthAsync(main, 0));
        Assert.False(toldBeside.Task.IsCompleted);
    }

    [Fact]
    public async Task A_display_that_is_lost_should_be_said_to_be_and_be_opened_anew_for_the_next()
    {
        await using var main = await PresenterAsync(0, [0]);
        Assert.Equal("1: 0 x 0 at 0, 0 x 0 mm", await AskedAsync());
        await _connections[0].DisposeAsync();
        Assert.Equal(Guest, await _lost.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Long, Cancellation));
        await main.Ended.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Long, Cancellation);
        await using var next = await PresenterAsync(0, [0]);
        Assert.Equal(2, _opened);
        // Nobody knows what the guest was told by the former one.
        Assert.Equal("1: 0 x 0 at 0, 0 x 0 mm", await AskedAsync());
    }

    private static string PathOf(int head) => $"/org/qemu/Display1/Console_{head}";

    private BusInterface Screen(int head) => new(Console,
    [
        new("RegisterListener", [new("listener", "h")], [], (_, arguments) =>
        {
            using (arguments.ReadDescriptor())
                _asked.Writer.TryWrite($"{head}: a listener");
            return Task.FromResult<WriteBody?>(null);
        }),
        new("SetUIInfo", [new("w", "q"), new("h", "q"), new("x", "i"), new("y", "i"), new("width", "u"), new("height", "u")], [], (_, arguments) =>
        {
            ushort width = arguments.ReadUInt16(), height = arguments.ReadUInt16();
            var left = arguments.ReadInt32();
            arguments.Skip("i");
            _asked.Writer.TryWrite($"{head}: {arguments.ReadUInt32()} x {arguments.ReadUInt32()} at {left}, {width} x {height} mm");
            return Task.FromResult<WriteBody?>(null);
        }),
    ], [new("Width", "u", body => body.Write(_widths[head])), new("Height", "u", body => body.Write(480u))], []);

    private async Task<BusConnection> PresenterAsync(int head, ValueList<int> on) =>
        BusConnection.OpenPeer(await _displays.OpenAsync(new("left", $"card0-DP-{head + 1}", new Guid(1, 0, 0, new byte[8]), Guest, 0) { Head = new(head, 2, on) }, Cancellation));

    private static Task TellAsync(BusConnection presenter, int head, uint width, uint height) => presenter.CallAsync(new(null, PathOf(head), Console, "SetUIInfo", body =>
    {
        body.Write((ushort)520);
        body.Write((ushort)290);
        body.Write(0);
        body.Write(0);
        body.Write(width);
        body.Write(height);
    }), Cancellation);

    private static Task<uint> WidthAsync(BusConnection presenter, int head) => presenter.CallAsync(
        new(null, PathOf(head), Properties, "Get", body =>
        {
            body.Write(Console);
            body.Write("Width");
        }),
        body => body.ReadVariant("u", value => value.ReadUInt32()), Cancellation);

    private Task<string> AskedAsync() => _asked.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Long, Cancellation);
}
