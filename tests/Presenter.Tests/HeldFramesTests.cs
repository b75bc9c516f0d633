using CsCheck;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class HeldFramesTests
{
    [Fact]
    public void A_frame_is_let_go_by_the_flip_of_a_commit_that_has_it()
    {
        var frames = new HeldFrames();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        Assert.Null(frames.Until);
        frames.Hold([first], until: 500);
        frames.Committed();
        // It came while the first was on its way, and is in the next commit.
        frames.Hold([second], until: 400);
        Assert.Equal(400, frames.Until);
        frames.Flipped();
        Assert.True(first.Task.IsCompleted);
        Assert.False(second.Task.IsCompleted);
        frames.Flipped();
        Assert.False(second.Task.IsCompleted);
        frames.Committed();
        frames.Flipped();
        Assert.True(second.Task.IsCompleted);
        Assert.Null(frames.Until);
    }

    [Fact]
    public void A_screen_that_stands_still_holds_no_guest_for_longer_than_was_said()
    {
        var frames = new HeldFrames();
        var (underWay, waiting, later) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        frames.Hold([underWay], until: 100);
        frames.Committed();
        frames.Hold([waiting], until: 200);
        frames.Hold([later], until: 201);
        frames.Expire(99);
        Assert.False(underWay.Task.IsCompleted);
        frames.Expire(200);
        Assert.True(underWay.Task.IsCompleted && waiting.Task.IsCompleted);
        Assert.Equal(201, frames.Until);
        frames.LetGo();
        Assert.True(later.Task.IsCompleted);
    }

    /// <summary>QEMU's own patience is a second.</summary>
    [Fact]
    public void QEMU_is_answered_before_it_gives_up() => Assert.InRange(HeldFrames.Longest, 1, 900_000);

    [Fact]
    public void No_frame_is_let_go_before_a_later_commit_was_flipped_or_its_time_is_over() =>
        Gen.Int[0, 3].Array[1, 300].Sample(events =>
        {
            var frames = new HeldFrames();
            var held = new List<(TaskCompletionSource Frame, long Until, int Commits)>();
            // A commit follows only when the one before was flipped, as FramePacer has it.
            var (commits, flipped, now) = (0, 0, 0L);
            foreach (var happens in events)
            {
                now += 10;
                switch (happens)
                {
                    case 0:
                        held.Add((new(), now + 55, commits));
                        frames.Hold([held[^1].Frame], now + 55);
                        break;
                    case 1 when flipped == commits:
                        commits++;
                        frames.Committed();
                        break;
                    case 2 when flipped < commits:
                        flipped++;
                        frames.Flipped();
                        break;
                    default:
                        frames.Expire(now);
                        break;
                }

                Assert.All(held, one => Assert.True(!one.Frame.Task.IsCompleted || one.Commits < flipped || one.Until <= now));
                Assert.All(held, one => Assert.True(one.Frame.Task.IsCompleted || one.Commits >= flipped));
                Assert.Equal(frames.Until, held.Where(one => !one.Frame.Task.IsCompleted).Select(one => (long?)one.Until).Min());
            }

            frames.Expire(now + 55);
            Assert.All(held, one => Assert.True(one.Frame.Task.IsCompleted));
        });
}
