using System.Globalization;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Scenarios;

/// <summary>What moves on a monitor is there frame by frame, each whole. tests/Lender plays the guest: each row of a frame begins with the frame's number.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class NothingTears(RunningPc running) : Scenario(running)
{
    const int Frames = 1000;

    BootMonitors Monitors => field ??= new(Pc, Pictures);

    [Fact(Explicit = true)]
    public Task A_thousand_frames_in_a_cards_memory_are_all_shown_each_whole_and_in_their_order() => WithAMonitorAsync(async (lender, connector) =>
    {
        var (commits, answered) = await MoveAsync(lender, connector, "buffers");
        Assert.Equal(Frames, answered);
        // A guest whose frame is answered draws on: so each was on the screen before.
        Assert.True(commits >= Frames, $"{commits} commits for {Frames} frames");

        // What the card can't show is said, and what comes after it is shown.
        await lender.OrderAsync($"move {connector} buffers 3 640 480", Cancellation);
        Assert.Equal(3, (await lender.MovedAsync(connector, Cancellation)).Answered);
        await Monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "a screen that says why not", Cancellation);
        File.Copy(Monitors.Picture(0), Path.Combine(Pictures, "buffer-refused.png"), overwrite: true);
        await lender.OrderAsync($"move {connector} buffers 3 {BootMonitors.Sizes[0].Width} {BootMonitors.Sizes[0].Height}", Cancellation);
        await Monitors.WaitForPictureAsync(0, picture => NumberOf(picture) == 3, "frame 3", Cancellation);
        await lender.OrderAsync($"no-guest {connector}", Cancellation);
        await Monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);
    });

    [Fact(Explicit = true)]
    public Task Of_a_guest_with_several_screens_side_by_side_in_a_cards_memory_a_monitor_has_its_own_part() => WithAMonitorAsync(async (lender, connector) =>
        Assert.Equal(Frames, (await MoveAsync(lender, connector, "parts")).Answered));

    [Fact(Explicit = true)]
    public Task Of_a_thousand_frames_in_memory_each_that_is_shown_is_whole_and_none_comes_after_a_later_one() =>
        WithAMonitorAsync(async (lender, connector) => await MoveAsync(lender, connector, "memory"));

    async Task WithAMonitorAsync(Func<Lender, string, Task> show)
    {
        await EverybodyLeavesAsync();
        await Pc.MustRunAsync("systemctl start phyllome-device-helper.socket phyllome-presenter.socket", Cancellation);
        await Monitors.PlugInAsync(Cancellation, count: 1);
        var names = (await Monitors.ConnectorsAsync(Cancellation))[0].Split('-', 2);
        await using var lender = await LenderProgram.StartAsync(Pc, names[0], Cancellation);
        var connector = names[1];
        await lender.OrderAsync($"lend {connector} left", Cancellation);
        await lender.NoticeAsync<ScreenTaken>(connector, Cancellation);
        await Monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);
        await show(lender, connector);
    }

    /// <summary>Looks at the monitor while all frames are shown.</summary>
    /// <returns>How often a picture was given to the card meanwhile, and how many frames were answered in time.</returns>
    async Task<(int Commits, int Answered)> MoveAsync(Lender lender, string connector, string how)
    {
        var (width, height) = BootMonitors.Sizes[0];
        // The kernel itself counts them.
        await Pc.MustRunAsync("""
            mountpoint --quiet /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
            cd /sys/kernel/tracing && { grep --quiet commits kprobe_events || echo 'p:commits drm:drm_mode_atomic_ioctl' > kprobe_events; } && echo 1 > events/kprobes/commits/enable
            """, Cancellation);
        var before = await CommitsAsync();
        await lender.OrderAsync($"move {connector} {how} {Frames} {width} {height}", Cancellation);
        var moved = lender.MovedAsync(connector, Cancellation);
        var seen = new List<int>();
        while (!moved.IsCompleted)
        {
            if (NumberOf(await Monitors.PhotographAsync(0, Cancellation)) is { } number)
                seen.Add(number);
            else
                Assert.Empty(seen);
        }

        var (answered, longest) = await moved;
        await Monitors.WaitForPictureAsync(0, picture => NumberOf(picture) == Frames, $"frame {Frames}", Cancellation);
        var commits = await CommitsAsync() - before;
        Console.WriteLine($"{how}: {answered} of {Frames} frames answered, within {longest} ms, by {commits} commits; {seen.Count} pictures of {seen.Distinct().Count()} frames");
        Assert.Equal(seen.Order(), seen);
        Assert.True(seen.Distinct().Count() >= 30, $"{seen.Distinct().Count()} different frames were seen, which is too few to tell");
        return (commits, answered);
    }

    async Task<int> CommitsAsync() =>
        int.Parse(await Pc.MustRunAsync("awk '$1 == \"commits\" { count = $2 } END { print count + 0 }' /sys/kernel/tracing/kprobe_profile", Cancellation), CultureInfo.InvariantCulture);

    /// <summary>The number of the frame that a monitor shows, which all of its rows have; null for the status screen.</summary>
    int? NumberOf(Pixels picture)
    {
        var first = picture.At(0, 0);
        if (first == BootMonitors.Status)
            return null;
        for (var y = 1; y < picture.Height; y++)
        {
            if (picture.At(0, y) != first)
            {
                File.Copy(Monitors.Picture(0), Path.Combine(Pictures, "torn.png"), overwrite: true);
                Assert.Fail($"a picture has frame {Number(first)} in its first row and frame {Number(picture.At(0, y))} in row {y + 1}; see torn.png");
            }
        }

        return Number(first);
    }

    static int Number((byte Red, byte Green, byte Blue) colour) =>
        colour is { Blue: 0x7f } ? (colour.Red >> 3) | (colour.Green >> 3 << 5) : throw new PcException($"{colour} is no number of a frame.");
}
