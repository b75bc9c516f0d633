using CsCheck;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>A guest that does not read for a while.</summary>
public sealed class StallTests
{
    private static readonly InputEvent End = new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    private readonly Board _board = Board.WithThreeGuests();

    [Fact]
    public void Motion_should_be_summed_and_keys_should_keep_their_place_in_it()
    {
        _board.SetRoom('a', 0).Type("x1 x2 x3 +left x4 x5 -left x6 +right");
        Assert.Equal("", _board.Got('a'));
        _board.SetRoom('a', int.MaxValue);
        Assert.Equal("x6 | +left | x9 | -left | x6 | +right |", _board.Got('a'));
    }

    [Fact]
    public void What_comes_while_some_is_kept_should_come_after_it()
    {
        _board.SetRoom('a', 3).Type("x1 x2 x3");
        _board.SetRoom('a', 1).Type("x4 +left");
        _board.SetRoom('a', int.MaxValue).Type("-left");
        Assert.Equal("x1 | x2 | x7 | +left | -left |", _board.Got('a'));
    }

    [Fact]
    public void A_stall_of_a_second_at_8_kHz_should_lose_no_click_and_no_count()
    {
        _board.SetRoom('a', 0);
        for (var report = 0; report < 8000; report++)
            _board.Type(report % 40 == 0 ? report % 80 == 0 ? "+left x1" : "-left x1" : "x1");
        _board.SetRoom('a', int.MaxValue);
        var got = _board.Events('a').ToList();
        Assert.Equal(8000, got.Where(one => one.Type == InputCodes.EV_REL).Sum(one => one.Value));
        Assert.Equal(Enumerable.Range(0, 200).Select(number => 1 - (number % 2)), got.Where(one => one.Type == InputCodes.EV_KEY).Select(one => one.Value));
        Assert.Equal(0, _board.Switchboard.Counters.Dropped);
    }

    [Fact]
    public void A_sink_that_takes_nothing_for_a_second_at_8_kHz_should_hold_64_kB_at_most()
    {
        var (guest, output, counters) = (new Guest(Board.Guest('a')), new Wall(), new Counters());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sink = new Sink(1, 1, guest, SinkKind.Pointer, null, output, counters, new());
        for (var report = 0; report < 8000; report++)
        {
            sink.Move(new(InputCodes.EV_REL, 0, 1));
            if (report % 40 == 0)
                sink.Press(new(InputCodes.EV_KEY, 0x110, 1));
            else if (report % 40 == 20)
                sink.Release(0x110);
            sink.EndFrame(0, 0);
            sink.Flush();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 64 * 1024);
        output.Opens = true;
        Assert.True(sink.Drain());
        Assert.Equal((8000, 400, 0), (output.Motion, output.Transitions, counters.Dropped));
    }

    [Fact]
    public void A_stall_without_end_should_leave_each_key_as_it_is()
    {
        _board.SetRoom('a', 0).Type("+s");
        for (var press = 0; press < 5000; press++)
            _board.Type("+a x1 -a x1");
        _board.Type("+leftshift").SetRoom('a', int.MaxValue);
        var down = new List<ushort>();
        foreach (var one in _board.Events('a').Where(one => one.Type == InputCodes.EV_KEY))
            Assert.True(one.Value == 1 ? Add(one.Code) : down.Remove(one.Code), "two downs or two ups in a row");
        Assert.Equal<ushort>([31, 42], down.Order());
        Assert.Equal(10000, _board.Events('a').Where(one => one.Type == InputCodes.EV_REL).Sum(one => one.Value));
        Assert.True(_board.Switchboard.Counters.Dropped > 0);

        bool Add(ushort code)
        {
            down.Add(code);
            return true;
        }
    }

    /// <summary>Frames of motion and of keys, written to a sink that has room now and then, against a list that has always room.</summary>
    [Fact]
    public void Between_two_keys_the_sum_of_motion_should_always_be_the_same() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[-5, 5]).Array[0, 400].Sample(happenings =>
        {
            var backlog = new Backlog();
            List<InputEvent> all = [], got = [];
            foreach (var (kind, value) in happenings)
            {
                switch (kind)
                {
                    case < 6:
                        Add(new(InputCodes.EV_REL, (ushort)(kind % 3), value));
                        if (value % 2 == 0)
                            Add(new(InputCodes.EV_REL, InputCodes.REL_CNT - 1, value));
                        Add(End);
                        break;
                    case < 8:
                        Add(new(InputCodes.EV_REL, 0, value));
                        Add(new(InputCodes.EV_KEY, (ushort)(30 + kind), value & 1));
                        Add(End);
                        break;
                    default:
                        Take(Math.Abs(value) * 3);
                        break;
                }
            }

            Take(int.MaxValue);
            Assert.True(backlog.IsEmpty);
            Assert.Equal(Keys(all), Keys(got));
            Assert.True(got.Count == 0 || got[^1] == End, "the last frame was left open");
            Assert.All(Frames(got), frame => Assert.Distinct(frame.Select(one => (one.Type, one.Code))));

            void Add(InputEvent one)
            {
                all.Add(one);
                Assert.Equal(0, backlog.Add(one));
            }

            void Take(int most)
            {
                var taken = backlog.Rest[..Math.Min(most, backlog.Rest.Length)];
                got.AddRange(taken);
                backlog.Remove(taken.Length);
            }
        }, iter: 2000);

    /// <summary>Far more than there is room for: keys that are held in the end are down, the others up, and no motion is lost.</summary>
    [Fact]
    public void Whatever_is_forgotten_should_cancel_out() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 5]).Array[1500, 3000].Sample(happenings =>
        {
            var backlog = new Backlog();
            HashSet<int> down = [];
            var (sum, lost, keys) = (0, 0, 0);
            foreach (var (code, value) in happenings)
            {
                if (code > 15)
                {
                    sum += value;
                    lost += backlog.Add(new(InputCodes.EV_REL, 0, value));
                }
                else
                {
                    keys++;
                    var press = down.Add(code);
                    if (!press)
                        down.Remove(code);
                    lost += backlog.Add(new(InputCodes.EV_KEY, (ushort)code, press ? 1 : 0));
                }

                lost += backlog.Add(End);
            }

            HashSet<int> read = [];
            foreach (var one in backlog.Rest.ToArray().Where(one => one.Type == InputCodes.EV_KEY))
            {
                keys--;
                Assert.True(one.Value == 1 ? read.Add(one.Code) : read.Remove(one.Code), "two downs or two ups in a row");
            }

            Assert.True(down.SetEquals(read));
            Assert.Equal(keys, lost);
            Assert.Equal(sum, backlog.Rest.ToArray().Where(one => one.Type == InputCodes.EV_REL).Sum(one => one.Value));
        }, iter: 200);

    [Fact]
    public void A_sum_that_no_event_can_say_should_become_two()
    {
        var backlog = new Backlog();
        foreach (var one in (InputEvent[])[new(InputCodes.EV_REL, 0, int.MaxValue), End, new(InputCodes.EV_REL, 0, 1), End])
            backlog.Add(one);
        Assert.Equal([new(InputCodes.EV_REL, 0, int.MaxValue), End, new(InputCodes.EV_REL, 0, 1), End], backlog.Rest.ToArray());
    }

    [Fact]
    public void A_reader_that_stalls_should_get_all_when_it_reads_again()
    {
        const int Reports = 20_000;
        var guest = Board.Guest('a');
        using var router = new RouterFixture();
        using var mouse = router.GiveSource(1);
        using var pointer = router.GiveSink(2, guest, SinkKind.Pointer);
        router.Seat([1], guest);
        for (var report = 0; report < Reports; report++)
        {
            while (mouse.TryWrite(System.Runtime.InteropServices.MemoryMarshal.AsBytes<InputEvent>([new(InputCodes.EV_REL, 0, 1), End]), out var errno) < 0)
            {
                Assert.Equal(Errno.EAGAIN, errno);
                Assert.NotEqual(PollEvents.None, Poll.Wait(mouse, PollEvents.Out, TimeSpan.FromSeconds(30)));
            }
        }

        RouterFixture.Write(mouse, new(InputCodes.EV_KEY, 0x110, 1), End);
        // The router has read all when it answers; nothing was read from the sink until now.
        while (router.State().Counters.Read < (Reports + 1) * 2)
        {
        }

        var sum = 0;
        var one = new InputEvent[1];
        while (one[0].Type != InputCodes.EV_KEY)
        {
            RouterFixture.Read(pointer, one);
            sum += one[0].Type == InputCodes.EV_REL ? one[0].Value : 0;
        }

        Assert.Equal(Reports, sum);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 0x110, 1), one[0]);
        Assert.Equal(0, router.State().Counters.Dropped);
    }

    /// <summary>A guest that reads nothing until it opens.</summary>
    private sealed class Wall : ISinkOutput
    {
        public bool Opens { get; set; }

        public int Motion { get; private set; }

        public int Transitions { get; private set; }

        public Holder Holder => Holder.Qemu;

        public void Meet(IFeedback? device)
        {
        }

        public int Write(ReadOnlySpan<InputEvent> events)
        {
            if (!Opens)
                return 0;
            foreach (ref readonly var one in events)
            {
                Motion += one.Type == InputCodes.EV_REL ? one.Value : 0;
                Transitions += one.Type == InputCodes.EV_KEY ? 1 : 0;
            }

            return events.Length;
        }

        public void Show(ushort lights)
        {
        }
    }

    private static IEnumerable<List<InputEvent>> Frames(List<InputEvent> events)
    {
        var frame = new List<InputEvent>();
        foreach (var one in events)
        {
            frame.Add(one);
            if (one != End)
                continue;
            yield return frame;
            frame = [];
        }
    }

    /// <summary>Each key, with the motion of each axis since the one before; and the motion after the last.</summary>
    private static IEnumerable<string> Keys(IEnumerable<InputEvent> events)
    {
        var sums = new SortedDictionary<int, long>();
        foreach (var one in events)
        {
            if (one.Type == InputCodes.EV_REL)
                sums[one.Code] = sums.GetValueOrDefault(one.Code) + one.Value;
            if (one.Type != InputCodes.EV_KEY)
                continue;
            yield return $"{one.Code} {one.Value} after {Words()}";
            sums.Clear();
        }

        yield return Words();

        string Words() => string.Join(' ', sums.Where(sum => sum.Value != 0));
    }
}
