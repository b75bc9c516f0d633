using CsCheck;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Guests;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class GuestBufferTests
{
    [Fact]
    public void A_buffer_of_the_screens_size_is_shown_whole() => Assert.Equal([new Placement(new(0, 0, 1920, 1080), new(0, 0, 1920, 1080))], Placement.Of(1920, 1080, 1920, 1080));

    [Fact]
    public void A_smaller_one_is_in_the_middle_and_where_the_card_can_not_do_that_over_the_whole_screen()
    {
        var placements = Placement.Of(640, 480, 1280, 800);
        Assert.Equal([new(new(0, 0, 640, 480), new(320, 160, 640, 480)), new Placement(new(0, 0, 640, 480), new(0, 0, 1280, 800))], placements);
        Assert.Equal((320 + 10, 160 + 20), placements[0].ToScreen(10, 20));
        Assert.Equal((20, 33), placements[1].ToScreen(10, 20));
    }

    [Fact]
    public void A_larger_one_is_cut()
    {
        Assert.Equal([new Placement(new(320, 140, 1280, 800), new(0, 0, 1280, 800))], Placement.Of(1920, 1080, 1280, 800));
        Assert.Equal((-320, -140), Placement.Of(1920, 1080, 1280, 800)[0].ToScreen(0, 0));
        // Of what begins somewhere in the memory, the same on the screen.
        Assert.Equal(new Placement(new(960, 140, 1280, 800), new(0, 0, 1280, 800)), Placement.Of(1920, 1080, 1280, 800)[0].From(640, 0));
    }

    [Fact]
    public void A_placement_reaches_beyond_neither_buffer_nor_screen_and_stands_where_a_picture_in_memory_does() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Int[1, 5000]).Sample((width, height, screenWidth, screenHeight) =>
        {
            var placements = Placement.Of(width, height, screenWidth, screenHeight);
            foreach (var (source, target) in placements)
            {
                Assert.Equal(source, source.Common(new(0, 0, width, height)));
                Assert.Equal(target, target.Common(new(0, 0, screenWidth, screenHeight)));
            }

            var (left, top) = placements[0].ToScreen(0, 0);
            // Half a pixel is rounded down for what is cut, too.
            Assert.InRange(left - ((screenWidth - width) / 2), -1, 1);
            Assert.InRange(top - ((screenHeight - height) / 2), -1, 1);
        });

    [Theory]
    [InlineData("AR24", "XR24")]
    [InlineData("AB24", "XB24")]
    [InlineData("RA24", "RX24")]
    [InlineData("BA24", "BX24")]
    [InlineData("AR30", "XR30")]
    [InlineData("AB4H", "XB4H")]
    [InlineData("XR24", "XR24")]
    [InlineData("NV12", "NV12")]
    [InlineData("RG16", "RG16")]
    public void A_guests_alpha_is_not_looked_at(string told, string shown) =>
        Assert.Equal(shown, ScanoutFormat.Name(ScanoutFormat.Opaque(BitConverter.ToUInt32(System.Text.Encoding.ASCII.GetBytes(told)))));

    [Fact]
    public void Buffers_that_come_again_are_found_and_the_oldest_that_is_not_needed_is_freed()
    {
        var shelf = new BufferShelf<string>(most: 2);
        Assert.Null(shelf.Find(Key(1)));
        Assert.Empty(shelf.Add(Key(1), "one", _ => false));
        Assert.Empty(shelf.Add(Key(2), "two", _ => false));
        Assert.Equal("one", shelf.Find(Key(1)));
        Assert.Equal(["two"], shelf.Add(Key(3), "three", _ => false));
        // What is on the screen stays, be it the oldest.
        Assert.Equal(["three"], shelf.Add(Key(4), "four", made => made == "one"));
        Assert.Equal("one", shelf.Find(Key(1)));
        Assert.Null(shelf.Find(Key(1) with { Width = 5 }));
        Assert.Equal(["four"], shelf.Clear(made => made == "one"));
        Assert.Equal(["one"], shelf.Clear(_ => false));
        Assert.Equal(0, shelf.Count);
    }

    [Fact]
    public void Nothing_that_is_needed_is_ever_freed_and_nothing_is_freed_twice() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 200], Gen.Int[1, 6]).Sample((buffers, most) =>
        {
            var shelf = new BufferShelf<object>(most);
            var freed = new List<object>();
            object? shown = null, before = null;
            foreach (var buffer in buffers)
            {
                (before, var made) = (shown, shelf.Find(Key((ulong)buffer)));
                if (made is null)
                    freed.AddRange(shelf.Add(Key((ulong)buffer), made = new(), one => one == before || one == shown));
                shown = made;
                Assert.DoesNotContain(shown, freed);
                Assert.DoesNotContain(before, freed);
                Assert.Equal(freed.Count, freed.Distinct().Count());
                Assert.InRange(shelf.Count, 1, Math.Max(most, 2));
            }
        });

    [Fact]
    public void Whatever_QEMU_says_in_whatever_order_no_buffer_is_left_open_and_no_frame_unanswered() =>
        Gen.Int[0, 4].Array[1, 100].Sample(messages =>
        {
            using var changed = new EventFd();
            var screen = new GuestScreen(changed);
            var told = new List<GuestBuffer>();
            var answers = new List<Task>();
            foreach (var message in messages)
            {
                switch (message)
                {
                    case 0:
                        // Of no file: what counts is that it was let go.
                        told.Add(new([new(new(int.MaxValue - told.Count, ownsHandle: false), 0, 2560)], 640, 480, new(0, 0, 640, 480), 0x34325258, 0, UpsideDown: false));
                        screen.ScanoutBuffer(told[^1]);
                        break;
                    case 1:
                        answers.Add(screen.UpdateBuffer());
                        Assert.Equal(answers[^1].IsCompleted, screen.Take().Buffer is null);
                        break;
                    case 2:
                        screen.Disable();
                        break;
                    case 3:
                        screen.Scanout(1, 1, 4, 0x20020888, [1, 2, 3, 4]);
                        Assert.All(told, buffer => Assert.True(buffer.IsClosed));
                        break;
                    default:
                        foreach (var frame in screen.TakeFrames())
                            frame.SetResult();
                        Assert.All(answers, answer => Assert.True(answer.IsCompleted));
                        break;
                }

                Assert.False(screen.Take().Buffer is { IsClosed: true });
                Assert.InRange(told.Count(buffer => !buffer.IsClosed), 0, 2);
            }

            screen.Leave();
            Assert.All(told, buffer => Assert.True(buffer.IsClosed));
            Assert.All(answers, answer => Assert.True(answer.IsCompleted));
        });

    private static BufferKey Key(ulong inode) => new([new(inode, 0, 2560)], 640, 480, new(0, 0, 640, 480), 0x34325258, 0, UpsideDown: false);
}
