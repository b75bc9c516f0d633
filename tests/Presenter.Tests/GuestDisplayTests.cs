using System.Runtime.InteropServices;
using System.Threading.Channels;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Guests;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>A stand-in for QEMU's side of its display, over the same sockets and by the same calls.</summary>
public sealed class GuestDisplayTests : IAsyncLifetime
{
    private const string Console = "org.qemu.Display1.Console", Listener = "org.qemu.Display1.Listener", Path = "/org/qemu/Display1/Listener";
    private const uint X8R8G8B8 = 0x20020888;
    private readonly Channel<FileDescriptor> _registered = Channel.CreateUnbounded<FileDescriptor>();
    private readonly TaskCompletionSource<string> _monitor = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventFd _changed = new();
    private GuestScreen _screen = null!;
    private BusConnection _qemu = null!;
    private BusConnection _listener = null!;
    private GuestDisplay _display = null!;
    private uint _width = 2;

    /// <summary>One entry for each time that the height is read: by who tells of it, and by who asks.</summary>
    private readonly Channel<bool> _read = Channel.CreateUnbounded<bool>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _screen = new(_changed);
        (_qemu, var theirs) = await OpenQemuAsync();
        var connecting = GuestDisplay.ConnectAsync(theirs, 0, _screen);
        _listener = await RegisteredAsync();
        _display = await connecting;
    }

    public async ValueTask DisposeAsync()
    {
        await _display.DisposeAsync();
        await _listener.DisposeAsync();
        await _qemu.DisposeAsync();
        _changed.Dispose();
    }

    [Fact]
    public async Task A_picture_and_its_changes_arrive()
    {
        await SayAsync("Scanout", body => Scanout(body, 2, 2, [1, 2, 3, 4]));
        var change = _screen.Take();
        Assert.True(change.Replaced);
        Assert.Equal([new Area(0, 0, 2, 2)], change.Changed);
        Assert.Equal([3, 4], change.Picture!.Row(1).ToArray());

        await SayAsync("Update", body => Update(body, new(1, 0, 1, 2), [5, 6]));
        var next = _screen.Take();
        Assert.False(next.Replaced);
        Assert.Same(change.Picture, next.Picture);
        Assert.Equal([new Area(1, 0, 1, 2)], next.Changed);
        Assert.Equal([1, 5], next.Picture!.Row(0).ToArray());
        Assert.Empty(_screen.Take().Changed);
        Assert.True(_changed.Clear());
    }

    [Fact]
    public async Task Another_size_is_another_picture_and_none_is_none()
    {
        await SayAsync("Scanout", body => Scanout(body, 2, 1, [1, 2]));
        var small = _screen.Take().Picture;
        await SayAsync("Scanout", body => Scanout(body, 3, 1, [1, 2, 3]));
        var large = _screen.Take();
        Assert.True(large.Replaced);
        Assert.NotSame(small, large.Picture);
        await SayAsync("Disable", null);
        var none = _screen.Take();
        Assert.Null(none.Picture);
        Assert.True(none.Replaced);
    }

    [Fact]
    public async Task Where_only_the_size_is_told_the_whole_is_asked_for_anew()
    {
        await SayAsync("Scanout", body => Scanout(body, 2, 1, [1, 2]));
        await SizeIsAsync(2);
        await SizeIsAskedAsync();
        // The line of a console of text that is wider than the picture. Once its size is told the old listener may end at any time, and QEMU's call with it.
        await SayAsync("Update", body => Update(body, new(0, 0, 3, 1), [7, 8, 9]));
        await SizeIsAsync(3);
        var old = _listener;
        _listener = await RegisteredAsync();
        await old.Ended.WaitAsync(TimeSpan.FromSeconds(30), Cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
        await old.DisposeAsync();
        await SayAsync("Scanout", body => Scanout(body, 3, 1, [7, 8, 9]));
        Assert.Equal([7, 8, 9], _screen.Take().Picture!.Row(0).ToArray());

        // As large as the picture is, and so nothing is asked for.
        await SizeIsAsync(3);
        await _display.TellMonitorAsync(1920, 1080, 520, 290);
        await SayAsync("Update", body => Update(body, new(0, 0, 1, 1), [5]));
        Assert.Equal([5, 8, 9], _screen.Take().Picture!.Row(0).ToArray());
        Assert.False(_registered.Reader.TryRead(out _));
        Assert.False(_display.Gone.IsCompleted);
    }

    [Fact]
    public async Task A_buffer_is_shown_at_once_and_its_frame_is_answered_when_it_is_on_the_screen()
    {
        var (first, end) = FileDescriptor.Pipe(nonBlocking: true);
        using (first)
        using (end)
        {
            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, first, y0Top: true));
            var change = _screen.Take();
            Assert.True(change.Replaced);
            Assert.Null(change.Picture);
            Assert.Equal(new BufferKey([new(first.Inode(), 0, 2560)], 640, 480, new(0, 0, 640, 480), 0x34325241, 0x0100_0000_0000_0002, UpsideDown: true), change.Buffer!.Key);
            Assert.Equal((640, 480), _screen.Size);
            Assert.Empty(_screen.TakeFrames());

            var answer = SayAsync("UpdateDMABUF", body => Part(body, new(0, 0, 640, 480)));
            var frame = await FrameAsync();
            // QEMU's later messages are taken while it waits.
            await SayAsync("MouseSet", body => Place(body, 1, 2, on: 1));
            Assert.Same(change.Buffer, _screen.Take().Buffer);
            Assert.False(answer.IsCompleted);
            frame.SetResult();
            await answer.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        }
    }

    [Fact]
    public async Task Another_buffer_is_shown_with_its_first_frame_and_what_QEMU_lets_go_before_is_the_former()
    {
        var (first, second) = FileDescriptor.Pipe(nonBlocking: true);
        using (first)
        using (second)
        {
            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, first));
            var former = _screen.Take().Buffer!;
            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, second));
            await SayAsync("Disable", null);
            Assert.Same(former, _screen.Take().Buffer);
            Assert.False(former.IsClosed);

            var answer = SayAsync("UpdateDMABUF", body => Part(body, new(0, 0, 640, 480)));
            var frame = await FrameAsync();
            var change = _screen.Take();
            Assert.True(change.Replaced);
            Assert.Equal(second.Inode(), change.Buffer!.Key.Planes[0].Inode);
            Assert.True(former.IsClosed);
            frame.SetResult();
            await answer;

            // It is off, and comes back with a frame.
            await SayAsync("Disable", null);
            change = _screen.Take();
            Assert.True(change.Replaced);
            Assert.Null(change.Buffer);
            answer = SayAsync("UpdateDMABUF", body => Part(body, new(0, 0, 1, 1)));
            (await FrameAsync()).SetResult();
            await answer;
            Assert.Equal(second.Inode(), _screen.Take().Buffer!.Key.Planes[0].Inode);
        }
    }

    [Fact]
    public async Task A_picture_in_memory_ends_a_buffer_and_a_guest_that_is_left_waits_for_nobody()
    {
        var (buffer, end) = FileDescriptor.Pipe(nonBlocking: true);
        using (buffer)
        using (end)
        {
            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, buffer));
            var before = _screen.Take().Buffer!;
            await SayAsync("Scanout", body => Scanout(body, 2, 1, [1, 2]));
            var change = _screen.Take();
            Assert.Null(change.Buffer);
            Assert.Equal([1, 2], change.Picture!.Row(0).ToArray());
            Assert.True(before.IsClosed);
            // Of a buffer that is not there any more.
            await SayAsync("UpdateDMABUF", body => Part(body, new(0, 0, 1, 1)));

            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, buffer));
            before = _screen.Take().Buffer!;
            var answer = SayAsync("UpdateDMABUF", body => Part(body, new(0, 0, 1, 1)));
            await SayAsync("MouseSet", body => Place(body, 0, 0, on: 0));
            _screen.Leave();
            await answer.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.True(before.IsClosed);
            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, buffer));
            await SayAsync("UpdateDMABUF", body => Part(body, new(0, 0, 1, 1)));
            Assert.Null(_screen.Take().Buffer);
        }
    }

    [Fact]
    public async Task A_buffer_has_several_planes_and_the_picture_is_a_part_of_it()
    {
        Assert.Equal(["org.qemu.Display1.Listener.Unix.ScanoutDMABUF2"], await _listener.CallAsync(new(null, Path, "org.freedesktop.DBus.Properties", "Get", body =>
        {
            body.Write(Listener);
            body.Write("Interfaces");
        }), static body => body.ReadVariant("as", static value => value.ReadStrings()), Cancellation));
        var (first, second) = FileDescriptor.Pipe(nonBlocking: true);
        using (first)
        using (second)
        {
            // The third is beyond what is told of.
            await SayPlanesAsync([first, second, second], new(640, 0, 1280, 720), offsets: [0, 4096], pitches: [7680, 128]);
            var change = _screen.Take();
            Assert.Equal(
                new BufferKey([new(first.Inode(), 0, 7680), new(second.Inode(), 4096, 128)], 1920, 1080, new(640, 0, 1280, 720), 0x34325241, 0x0100_0000_0000_0006, UpsideDown: false),
                change.Buffer!.Key);
            Assert.Equal((1280, 720), _screen.Size);

            await SayPlanesAsync([first], new(641, 0, 1280, 720), offsets: [0], pitches: [7680]);
            change = _screen.Take();
            Assert.Null(change.Buffer);
            Assert.Equal("its picture, 1280 x 720 pixels at 641, 0, is not within its memory's 1920 x 1080", change.Fault);
            await SayPlanesAsync([], new(0, 0, 1, 1), offsets: [], pitches: []);
            Assert.Equal("its picture has 0 planes", _screen.Take().Fault);
        }
    }

    [Fact]
    public async Task A_buffer_that_is_too_large_is_a_fault_and_not_a_picture()
    {
        var (buffer, end) = FileDescriptor.Pipe(nonBlocking: true);
        using (buffer)
        using (end)
        {
            await SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, buffer, width: uint.MaxValue));
            var change = _screen.Take();
            Assert.Null(change.Buffer);
            Assert.Contains("2147483647 x 480 pixels", change.Fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_pointer_has_a_picture_and_a_place()
    {
        await SayAsync("CursorDefine", body =>
        {
            foreach (var number in (int[])[1, 1, 0, 0])
                body.Write(number);
            body.Write([255, 0, 0, 255]);
        });
        await SayAsync("MouseSet", body => Place(body, -3, 7, on: 1));
        var shown = _screen.Take();
        Assert.Equal([0xff0000ffu], shown.Pointer!.Pixels);
        Assert.Equal((-3, 7), shown.PointerAt);
        await SayAsync("MouseSet", body => Place(body, 0, 0, on: 0));
        Assert.Null(_screen.Take().PointerAt);
    }

    [Fact]
    public async Task A_picture_of_an_unknown_layout_is_a_fault_and_not_a_picture()
    {
        await SayAsync("Scanout", body =>
        {
            foreach (var number in (uint[])[1, 1, 4, 0x12345678])
                body.Write(number);
            body.Write([0, 0, 0, 0]);
        });
        var change = _screen.Take();
        Assert.Null(change.Picture);
        Assert.Contains("0x12345678", change.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_guest_is_told_of_the_monitor()
    {
        await _display.TellMonitorAsync(1920, 1080, 520, 290);
        Assert.Equal("520 290 0 0 1920 1080", await _monitor.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    [Fact]
    public async Task Where_others_have_sockets_to_the_same_display_pictures_go_on_without_one_and_another_one_is_taken()
    {
        var screen = new GuestScreen(_changed);
        var (first, theirs) = await OpenQemuAsync();
        var connecting = GuestDisplay.ConnectAsync(theirs, 0, screen, isOneOfSeveral: true);
        await using var listener = await RegisteredAsync();
        await using var display = await connecting;
        await first.DisposeAsync();
        await listener.CallAsync(new(null, Path, Listener, "Scanout", body => Scanout(body, 2, 1, [1, 2])), Cancellation);
        Assert.Equal([1, 2], screen.Take().Picture!.Row(0).ToArray());
        Assert.False(display.Gone.IsCompleted);

        var (second, again) = await OpenQemuAsync();
        await using (second)
        {
            await display.ReachAsync(again);
            await display.TellMonitorAsync(1024, 1280, 290, 520);
            Assert.Equal("290 520 0 0 1024 1280", await _monitor.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
            // Nobody has to listen anew for that, as the size is the picture's.
            await _read.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.False(_registered.Reader.TryRead(out _));
            await listener.DisposeAsync();
            Assert.NotEmpty(await display.Gone.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        }
    }

    [Fact]
    public async Task Where_QEMU_ends_the_guest_is_gone()
    {
        await _listener.DisposeAsync();
        await _qemu.DisposeAsync();
        Assert.NotEmpty(await _display.Gone.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    /// <summary>QEMU's end of a display, and the other one.</summary>
    private async Task<(BusConnection Qemu, FileDescriptor Theirs)> OpenQemuAsync()
    {
        var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: true);
        var qemu = BusConnection.ServePeer(ours);
        await qemu.ExportAsync("/org/qemu/Display1/Console_0", new(Console,
        [
            new("RegisterListener", [new("listener", "h")], [], (_, arguments) =>
            {
                _registered.Writer.TryWrite(arguments.ReadDescriptor());
                return Task.FromResult<WriteBody?>(null);
            }),
            new("SetUIInfo", [new("w", "q"), new("h", "q"), new("x", "i"), new("y", "i"), new("width", "u"), new("height", "u")], [], (_, arguments) =>
            {
                _monitor.TrySetResult($"{arguments.ReadUInt16()} {arguments.ReadUInt16()} {arguments.ReadInt32()} {arguments.ReadInt32()} {arguments.ReadUInt32()} {arguments.ReadUInt32()}");
                return Task.FromResult<WriteBody?>(null);
            }),
        ], [new("Width", "u", body => body.Write(_width)), new("Height", "u", body =>
        {
            body.Write(1u);
            _read.Writer.TryWrite(true);
        })], []));
        return (qemu, theirs);
    }

    private Task SizeIsAsync(uint width)
    {
        _width = width;
        return _qemu.EmitPropertiesChangedAsync("/org/qemu/Display1/Console_0", Console, ["Width", "Height"]);
    }

    /// <summary>What was told was asked for, too: a size that is told from now on is no answer to that.</summary>
    private async Task SizeIsAskedAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        for (var reads = 0; reads < 2; reads++)
            await _read.Reader.ReadAsync(limit.Token);
    }

    private async Task<BusConnection> RegisteredAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        return BusConnection.ServePeer(await _registered.Reader.ReadAsync(limit.Token));
    }

    private static void Scanout(MessageWriter body, int width, int height, uint[] pixels)
    {
        foreach (var number in (uint[])[(uint)width, (uint)height, (uint)width * 4, X8R8G8B8])
            body.Write(number);
        body.Write(MemoryMarshal.AsBytes<uint>(pixels));
    }

    private static void Update(MessageWriter body, Area area, uint[] pixels)
    {
        foreach (var number in (int[])[area.X, area.Y, area.Width, area.Height])
            body.Write(number);
        body.Write((uint)area.Width * 4);
        body.Write(X8R8G8B8);
        body.Write(MemoryMarshal.AsBytes<uint>(pixels));
    }

    private static void ScanoutBuffer(MessageWriter body, FileDescriptor dmaBuf, uint width = 640, bool y0Top = false)
    {
        body.Write(dmaBuf);
        foreach (var number in (uint[])[width, 480, 2560, 0x34325241])
            body.Write(number);
        body.Write(0x0100_0000_0000_0002ul);
        body.Write(y0Top);
    }

    private Task SayPlanesAsync(FileDescriptor[] dmaBufs, Area part, uint[] offsets, uint[] pitches) =>
        _listener.CallAsync(new(null, Path, "org.qemu.Display1.Listener.Unix.ScanoutDMABUF2", "ScanoutDMABUF2", body =>
        {
            body.Open('a', "h");
            foreach (var dmaBuf in dmaBufs)
                body.Write(dmaBuf);
            body.Close();
            foreach (var number in (int[])[part.X, part.Y, part.Width, part.Height])
                body.Write((uint)number);
            foreach (var list in (uint[][])[offsets, pitches])
            {
                body.Open('a', "u");
                foreach (var number in list)
                    body.Write(number);
                body.Close();
            }

            foreach (var number in (uint[])[(uint)offsets.Length, 0x34325241, 1920, 1080])
                body.Write(number);
            body.Write(0x0100_0000_0000_0006ul);
            body.Write(false);
        }), Cancellation);

    private static void Part(MessageWriter body, Area area)
    {
        foreach (var number in (int[])[area.X, area.Y, area.Width, area.Height])
            body.Write(number);
    }

    /// <summary>The frame that QEMU waits for, once it has come: its pointer, told after it, is taken after it.</summary>
    private async Task<TaskCompletionSource> FrameAsync()
    {
        await SayAsync("MouseSet", body => Place(body, 0, 0, on: 0));
        return Assert.Single(_screen.TakeFrames());
    }

    private static void Place(MessageWriter body, int x, int y, int on)
    {
        body.Write(x);
        body.Write(y);
        body.Write(on);
    }

    private Task SayAsync(string member, WriteBody? body) => _listener.CallAsync(new(null, Path, Listener, member, body), Cancellation);
}
