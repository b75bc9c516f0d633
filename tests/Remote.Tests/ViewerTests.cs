using System.Security.Cryptography;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>Those who see a guest.</summary>
public sealed class ViewerTests : IDisposable
{
    private readonly DoorFixture _door = new();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task All_goes_both_ways_byte_for_byte_in_whatever_pieces_it_comes()
    {
        _door.Open(_door.Order());
        var (viewer, _, qemu) = await _door.LetInAsync("windows");
        byte[] typed =
        [
            0, 0, 0, 0, .. new byte[16], 2, 0, 0, 2, 0, 0, 0, 7, 0xff, 0xff, 0xfe, 0xfe, .. Messages.UpdateRequest, .. Messages.Key('a', true),
            .. Messages.ExtendedKey('b', 48, true), .. Messages.Pointer(1, 700, 500), .. Messages.CutText(RandomNumberGenerator.GetBytes(1 << 20), isExtended: false),
            .. Messages.CutText(RandomNumberGenerator.GetBytes(70_000), isExtended: true), .. Messages.Key('a', false),
        ];
        var pictures = RandomNumberGenerator.GetBytes(3_000_000);
        var random = new Random(1);
        await Task.WhenAll(InPiecesAsync(viewer.Stream, typed, random.Next()), InPiecesAsync(qemu.Stream, pictures, random.Next()), GetsAsync(qemu.Stream, typed), GetsAsync(viewer.Stream, pictures));
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public async Task Whoever_may_look_alone_sees_the_guest_and_does_nothing_to_it()
    {
        _door.Open(_door.Order(viewOnly: true));
        var (viewer, _, qemu) = await _door.LetInAsync("windows");
        await viewer.Stream.SayAsync([.. Messages.Key('a', true), .. Messages.ExtendedKey('b', 48, true), .. Messages.Pointer(1, 700, 500)]);
        await viewer.Stream.SayAsync([.. Messages.CutText([1, 2, 3], isExtended: false), 251, 0, 4, 0, 3, 0, 0, 0, 250, 0, 1, 2, .. Messages.UpdateRequest]);
        // The only one that looks, and the last.
        Assert.Equal(Messages.UpdateRequest, await qemu.Stream.HearAsync(10));
        viewer.Dispose();
        await qemu.Stream.HearEndAsync();
        qemu.Dispose();
    }

    [Fact]
    public async Task When_they_may_look_alone_what_they_hold_is_released_and_nothing_more_comes()
    {
        _door.Open(_door.Order());
        var (viewer, _, qemu) = await _door.LetInAsync("windows");
        byte[] typed = [.. Messages.Key(0xffe3, true), .. Messages.ExtendedKey('c', 46, true), .. Messages.Pointer(4, 700, 500), .. Messages.CutText(new byte[20], isExtended: false)[..10]];
        await viewer.Stream.SayAsync(typed);
        // A half message is not there yet, so that what is released is not in the middle of it.
        Assert.Equal(typed[..^10], await qemu.Stream.HearAsync(typed.Length - 10));
        _door.Tell(new SetViewOnly(true));
        Assert.Equal((byte[])[.. Messages.ExtendedKey('c', 46, false), .. Messages.Key(0xffe3, false), .. Messages.Pointer(0, 700, 500)], await qemu.Stream.HearAsync(26));
        await viewer.Stream.SayAsync([.. new byte[18], .. Messages.Key(0xffe3, false), .. Messages.Key('d', true), .. Messages.UpdateRequest]);
        Assert.Equal(Messages.UpdateRequest, await qemu.Stream.HearAsync(10));

        _door.Tell(new SetViewOnly(false));
        _door.Tell(new TellDoor());
        Assert.False(_door.Hear<DoorState>().ViewOnly);
        await viewer.Stream.SayAsync(Messages.Key('e', true));
        Assert.Equal(Messages.Key('e', true), await qemu.Stream.HearAsync(8));
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public async Task Whoever_leaves_holds_nothing_any_more()
    {
        _door.Open(_door.Order());
        var (viewer, number, qemu) = await _door.LetInAsync("windows");
        await viewer.Stream.SayAsync([.. Messages.Key('a', true), .. Messages.Pointer(1, 9, 8)]);
        await qemu.Stream.HearAsync(14);
        viewer.Dispose();
        Assert.Equal((byte[])[.. Messages.Key('a', false), .. Messages.Pointer(0, 9, 8)], await qemu.Stream.HearAsync(14));
        await qemu.Stream.HearEndAsync();
        Assert.Equal(new ViewerGone(number), _door.Hear());
        qemu.Dispose();
    }

    [Fact]
    public async Task What_is_not_known_ends_that_viewer_and_no_other()
    {
        _door.Open(_door.Order());
        var (wrong, number, one) = await _door.LetInAsync("windows");
        var (right, _, two) = await _door.LetInAsync("windows");
        await wrong.Stream.SayAsync([.. Messages.Key('a', true), 77, .. Messages.Key('b', true)]);
        // What was before it is in the guest, and is released.
        Assert.Equal((byte[])[.. Messages.Key('a', true), .. Messages.Key('a', false)], await one.Stream.HearAsync(16));
        await one.Stream.HearEndAsync();
        await wrong.Stream.HearEndAsync();
        Assert.Equal(new ViewerGone(number), _door.Hear());
        await right.Stream.SayAsync(Messages.UpdateRequest);
        Assert.Equal(Messages.UpdateRequest, await two.Stream.HearAsync(10));
        foreach (var one_of_them in (IDisposable[])[wrong, right, one, two])
            one_of_them.Dispose();
    }

    [Fact]
    public async Task When_the_focus_moves_all_go_and_see_the_other_guest_when_they_come_again()
    {
        _door.Open(_door.Order());
        var (one, first, onesGuest) = await _door.LetInAsync("windows");
        var (two, second, twosGuest) = await _door.LetInAsync("windows");
        using var waiting = await TestViewer.ConnectAsync(_door.Socket);
        await waiting.AskAsync();
        var asks = _door.Hear<ViewerAsks>();
        _door.Tell(new EndViewers());
        await one.Stream.HearEndAsync();
        await two.Stream.HearEndAsync();
        Assert.Equal([new(first), new(second)], new[] { _door.Hear<ViewerGone>(), _door.Hear<ViewerGone>() }.OrderBy(gone => gone.Viewer));
        await onesGuest.Stream.HearEndAsync();
        await twosGuest.Stream.HearEndAsync();

        // Whoever waits is answered by what there is now.
        using var other = Qemu.Make();
        _door.Tell(new LetIn(asks.Viewer, "work"), other.Theirs);
        await other.ShakeHandsAsync("work");
        Assert.Equal("work", await waiting.ComeInAsync());
        Assert.Equal("work", _door.Hear<ViewerCame>().Guest);
        foreach (var left in (IDisposable[])[one, two, onesGuest, twosGuest])
            left.Dispose();
    }

    [Fact]
    public async Task A_guest_that_goes_takes_its_viewer_with_it_and_no_other()
    {
        _door.Open(_door.Order());
        var (one, first, onesGuest) = await _door.LetInAsync("windows");
        var (two, second, twosGuest) = await _door.LetInAsync("work");
        onesGuest.Dispose();
        await one.Stream.HearEndAsync();
        Assert.Equal(new ViewerGone(first), _door.Hear());
        await twosGuest.Stream.SayAsync([1, 2, 3]);
        Assert.Equal([1, 2, 3], await two.Stream.HearAsync(3));
        _door.Tell(new TellDoor());
        Assert.Equal(new DoorState("left", null, false, [new(second, $"user {_door.Me}", "work")]), _door.Hear());
        one.Dispose();
        two.Dispose();
        twosGuest.Dispose();
    }

    [Fact]
    public async Task Two_at_once_are_kept_apart()
    {
        _door.Open(_door.Order());
        var (one, _, onesGuest) = await _door.LetInAsync("windows");
        var (two, _, twosGuest) = await _door.LetInAsync("work");
        await one.Stream.SayAsync(Messages.Key('1', true));
        await two.Stream.SayAsync(Messages.Key('2', true));
        Assert.Equal(Messages.Key('1', true), await onesGuest.Stream.HearAsync(8));
        Assert.Equal(Messages.Key('2', true), await twosGuest.Stream.HearAsync(8));
        await onesGuest.Stream.SayAsync([1]);
        await twosGuest.Stream.SayAsync([2]);
        Assert.Equal([1], await one.Stream.HearAsync(1));
        Assert.Equal([2], await two.Stream.HearAsync(1));
        foreach (var left in (IDisposable[])[one, two, onesGuest, twosGuest])
            left.Dispose();
    }

    [Fact]
    public async Task When_it_is_stopped_what_is_held_is_released_and_all_are_let_go()
    {
        _door.Open(_door.Order());
        var (viewer, _, qemu) = await _door.LetInAsync("windows");
        await viewer.Stream.SayAsync(Messages.Key('a', true));
        await qemu.Stream.HearAsync(8);
        _door.Stop();
        Assert.Equal(Messages.Key('a', false), await qemu.Stream.HearAsync(8));
        await qemu.Stream.HearEndAsync();
        await viewer.Stream.HearEndAsync();
        _door.HearEnd();
        viewer.Dispose();
        qemu.Dispose();
    }

    private static async Task InPiecesAsync(Stream stream, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        for (int at = 0, length; at < bytes.Length; at += length)
        {
            length = Math.Min(random.Next(4) == 0 ? random.Next(1, 20) : random.Next(1, 50_000), bytes.Length - at);
            await stream.SayAsync(bytes[at..(at + length)]);
        }
    }

    private static async Task GetsAsync(Stream stream, byte[] bytes)
    {
        var got = await stream.HearAsync(bytes.Length);
        Assert.True(bytes.AsSpan().SequenceEqual(got));
    }
}
