using System.Runtime.InteropServices;
using CsCheck;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Screen;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>On a clock that is only moved by the test.</summary>
public sealed class NoticeTests
{
    private const int Width = 24, Height = 16;
    private static readonly ShowNotice Focus = new(["You are now in: windows"], false);
    private static readonly ShowNotice Failure = new(["Could not take the keyboard."], true);

    [Fact]
    public void A_notice_is_gone_after_two_seconds_and_not_before()
    {
        var board = Board();
        Assert.Null(board.Until);
        var changed = Assert.Single(board.Put(Focus, Width, Height, now: 5_000_000));
        Assert.Equal(board.Panel!.Area, changed);
        Assert.Equal(7_000_000, board.Until);
        Assert.Empty(board.Expire(6_999_999));
        Assert.NotNull(board.Panel);
        Assert.Equal([changed], board.Expire(7_000_000));
        Assert.Null(board.Panel);
        Assert.Null(board.Until);
        Assert.Empty(board.Expire(9_000_000));
    }

    [Fact]
    public void A_later_notice_takes_the_place_of_an_earlier_one_and_has_its_own_two_seconds()
    {
        var board = Board();
        var first = Assert.Single(board.Put(Focus, Width, Height, now: 0));
        Assert.Equal([first, new Area(0, 12, 4, 4)], board.Put(Failure, Width, Height, now: 1_500_000));
        Assert.Empty(board.Expire(2_000_000));
        Assert.Equal([new Area(0, 12, 4, 4)], board.Expire(3_500_000));
    }

    [Fact]
    public void On_another_monitor_it_is_drawn_for_that_ones_size_and_has_the_rest_of_its_time()
    {
        var board = Board();
        board.Put(Focus, Width, Height, now: 0);
        board.Fit(2 * Width, Height);
        Assert.Equal(new Area(4, 1, 2 * Width - 8, 3), board.Panel!.Area);
        Assert.Equal(2_000_000, board.Until);
    }

    /// <summary>Lives through changes of the guest, notices, commits and time of chance, with two buffers that are only drawn where the pair says.</summary>
    [Fact]
    public void What_is_committed_is_the_guests_newest_picture_with_the_notice_on_it_and_after_it_the_guests_alone() =>
        Gen.Select(Gen.Int[0, Width - 1], Gen.Int[0, Height - 1], Gen.Int[0, 5], Gen.Long[0, 900_000]).Array[1, 60].Sample(history =>
        {
            var board = Board();
            var guest = new Picture(Width, Height);
            uint[][] buffers = [new uint[Width * Height], new uint[Width * Height]];
            var pair = new BufferPair();
            var now = 0L;
            var colour = 0u;
            foreach (var (x, y, what, pause) in history)
            {
                now += pause;
                foreach (var area in board.Expire(now))
                    pair.Changed(area);
                if (what is 0 or 1)
                {
                    foreach (var area in board.Put(what == 0 ? Focus : Failure, Width, Height, now))
                        pair.Changed(area);
                }
                else if (what is 2 or 3)
                {
                    guest.Fill(new(x, y, 5, 3), ++colour);
                    pair.Changed(new Area(x, y, 5, 3).Common(guest.Whole));
                }

                if (what < 2)
                    continue;
                var before = Copy(guest);
                var shown = (uint[])buffers[1 - pair.Back].Clone();
                foreach (var area in pair.Lacking)
                    new Layers(guest, board.Panel, null).Draw(new(MemoryMarshal.AsBytes(buffers[pair.Back].AsSpan()), Width * 4, Width, Height), area);
                // What is on the screen is never written: nothing is torn. Nor is the guest's own picture.
                Assert.Equal(shown, buffers[1 - pair.Back]);
                Assert.Equal(before, Copy(guest));
                Assert.Equal(Wanted(guest, board.Panel), buffers[pair.Back]);
                pair.Swap();
            }

            foreach (var area in board.Expire(now + NoticeBoard.Lasts))
                pair.Changed(area);
            foreach (var area in pair.Lacking)
                new Layers(guest, board.Panel, null).Draw(new(MemoryMarshal.AsBytes(buffers[pair.Back].AsSpan()), Width * 4, Width, Height), area);
            Assert.Equal(Copy(guest), buffers[pair.Back]);
        });

    [Fact]
    public void The_pointer_is_above_the_notice()
    {
        var panel = new NoticePanel(Filled(4, 2, 9), 0, 0);
        var pointer = new Pointer(1, 1, [0xff00_0005]);
        var screen = new uint[8];
        new Layers(new(4, 2), panel, (pointer, new(2, 1, 1, 1))).Draw(new(MemoryMarshal.AsBytes(screen.AsSpan()), 16, 4, 2), new(0, 0, 4, 2));
        Assert.Equal([9u, 9, 9, 9, 9, 9, 5, 9], screen.Select(pixel => pixel & 0xffffff));
    }

    [Theory]
    [InlineData(1024, 768)]
    [InlineData(1920, 1080)]
    [InlineData(3840, 2160)]
    [InlineData(1080, 1920)]
    [InlineData(640, 480)]
    public void A_notice_is_within_the_screen_and_its_words_within_the_notice(int width, int height)
    {
        ShowNotice[] notices =
        [
            Focus, new(["You are now in: a-guest-with-a-name-that-is-as-long-as-libvirt-takes-one-and-then-some-more-of-it-until-nobody-reads-it"], false),
            new(["You are now in: work", "Could not take /dev/input/event12 of 'Logitech USB Receiver' for seat left: another program holds it; see who with: fuser -v /dev/input/event12, end that, and plug the keyboard in again."], true),
        ];
        foreach (var (notice, number) in notices.Select((notice, number) => (notice, number)))
        {
            var panel = NoticeDrawing.Draw(notice, width, height, BitmapFont.Own);
            PictureFiles.Keep(panel.Picture, $"notice-{width}x{height}-{number}");
            Assert.Equal(panel.Area, panel.Area.Common(new(0, 0, width, height)));
            // In the upper third, and in the middle.
            Assert.True(panel.Area.Bottom <= height / 3, $"it ends at {panel.Area.Bottom} of {height}");
            Assert.InRange(panel.X - (width - panel.Area.Right), -1, 1);
            var frame = notice.IsFailure ? NoticeDrawing.Failed : StatusScreen.Accent;
            var ink = PictureFiles.Ink(panel.Picture, StatusScreen.Ground, frame);
            Assert.False(ink.IsEmpty);
            Assert.True(ink.X > height / 80 && ink.Right < panel.Picture.Width - (height / 80) && ink.Y > 4 && ink.Bottom < panel.Picture.Height - 4, $"{ink} in {panel.Picture.Whole}");
        }
    }

    private static NoticeBoard Board() => new((notice, width, height) =>
        notice.IsFailure ? new(Filled(4, 4, 0xff0000), 0, height - 4) : new(Filled(width - 8, 3, 0x00ff00), 4, 1));

    private static Picture Filled(int width, int height, uint colour)
    {
        var picture = new Picture(width, height);
        picture.Fill(picture.Whole, colour);
        return picture;
    }

    private static uint[] Copy(Picture picture) => [.. Enumerable.Range(0, picture.Height).SelectMany(y => picture.Row(y).ToArray())];

    private static uint[] Wanted(Picture guest, NoticePanel? panel)
    {
        var pixels = Copy(guest);
        for (var y = 0; panel is not null && y < panel.Picture.Height; y++)
            panel.Picture.Row(y).CopyTo(pixels.AsSpan(((panel.Y + y) * Width) + panel.X));
        return pixels;
    }
}
