using CsCheck;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>On a clock that is only moved by the test, with a card that shows a commit at the next blank.</summary>
public sealed class FramePacerTests
{
    private const long Period = 16_667, Lead = 4000, First = 5_000_000;

    [Fact]
    public void The_first_frame_is_committed_at_once()
    {
        var pacer = new FramePacer(Period, Lead);
        Assert.Null(pacer.CommitAt(100));
        pacer.Announce();
        Assert.Equal(100, pacer.CommitAt(100));
    }

    [Fact]
    public void A_frame_after_a_blank_is_committed_in_time_for_the_next_one()
    {
        var pacer = new FramePacer(Period, Lead);
        pacer.Flipped(First);
        pacer.Announce();
        Assert.Equal(First + Period - Lead, pacer.CommitAt(First + 10));
        // Later than that it is committed at once, which may still be in time.
        Assert.Equal(First + Period - 1, pacer.CommitAt(First + Period - 1));
        Assert.Equal(First + (2 * Period) - Lead, pacer.CommitAt(First + Period));
    }

    [Fact]
    public void Nothing_is_committed_while_the_last_commit_is_not_on_the_screen()
    {
        var pacer = new FramePacer(Period, Lead);
        pacer.Announce();
        pacer.Committed();
        pacer.Announce();
        Assert.Null(pacer.CommitAt(First));
        pacer.Flipped(First);
        Assert.Equal(First + Period - Lead, pacer.CommitAt(First));
    }

    [Fact]
    public void After_a_long_rest_a_frame_is_committed_at_once_since_the_blanks_are_not_known_any_more()
    {
        var pacer = new FramePacer(Period, Lead);
        pacer.Flipped(First);
        pacer.Announce();
        Assert.Equal(First + (100 * Period), pacer.CommitAt(First + (100 * Period)));
    }

    [Fact]
    public void Every_frame_is_on_the_screen_at_the_blank_that_follows_its_announcement_and_no_blank_has_two_commits() =>
        Gen.Long[1, 3 * Period].Array[1, 200].Sample(pauses =>
        {
            var pacer = new FramePacer(Period, Lead);
            // Blanks are at First + n * Period.
            pacer.Flipped(First);
            var now = First;
            long? flipAt = null;
            var waiting = new List<long>();
            var commits = new List<long>();
            foreach (var pause in pauses)
            {
                var announcement = now + pause;
                Pass(until: announcement);
                now = announcement;
                pacer.Announce();
                waiting.Add(now);
            }

            Pass(until: now + (3 * Period));
            Assert.Empty(waiting);
            Assert.Equal(commits.Count, commits.Select(BlankAfter).Distinct().Count());

            void Pass(long until)
            {
                while (true)
                {
                    var next = Math.Min(flipAt ?? long.MaxValue, pacer.CommitAt(now) is { } at ? Math.Max(now, at) : long.MaxValue);
                    if (next > until)
                        return;
                    now = next;
                    if (flipAt == now)
                    {
                        pacer.Flipped(now);
                        flipAt = null;
                        continue;
                    }

                    flipAt = BlankAfter(now);
                    commits.Add(now);
                    // A frame that came too late for a commit to be begun in time, with the commit for that blank done, has the next one.
                    Assert.All(waiting, announced => Assert.True(
                        flipAt == BlankAfter(announced) || (flipAt == BlankAfter(announced) + Period && BlankAfter(announced) - announced <= Lead)));
                    waiting.Clear();
                    pacer.Committed();
                }
            }

            static long BlankAfter(long moment) => First + ((((moment - First) / Period) + 1) * Period);
        });
}
