using Phyllome.Seats.Presenting;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>Two monitors of one card, each lent to a presenter of its own.</summary>
public sealed class LentMonitors(RunningPc running) : Scenario(running)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The ground of the status screen.</summary>
    static readonly (byte, byte, byte) Status = (0x1c, 0x27, 0x33);

    [Fact]
    public async Task Each_monitor_of_one_card_shows_its_guest_pixel_for_pixel_and_what_became_of_it()
    {
        await EverybodyLeavesAsync();
        await Pc.MustRunAsync("systemctl start phyllome-device-helper.socket phyllome-presenter.socket", Cancellation);
        await Pc.PlugMonitorAsync(output: 0, 1280, 800, Cancellation);
        await Pc.PlugMonitorAsync(output: 1, 1024, 768, Cancellation);
        await using var lender = await Lender.StartAsync(Pc, Cancellation);
        var (first, second) = (lender.Connectors[0], lender.Connectors[1]);
        var gamma = await Pc.DefineGuestAsync(new GuestRecipe("gamma") { HasDisplay = true }, Cancellation);
        var delta = await Pc.DefineGuestAsync(new GuestRecipe("delta") { HasDisplay = true }, Cancellation);
        try
        {
            // Before there is a guest: the status screen, on this monitor alone.
            await lender.OrderAsync($"lend {first} left", Cancellation);
            Assert.Equal((1280, 800), Size(await lender.NoticeAsync<ScreenTaken>(first, Cancellation)));
            await lender.OrderAsync($"lend {second} right", Cancellation);
            Assert.Equal((1024, 768), Size(await lender.NoticeAsync<ScreenTaken>(second, Cancellation)));
            await WaitForPictureAsync(0, picture => picture.At(0, 0) == Status, "the status screen");
            await WaitForPictureAsync(1, picture => picture.At(0, 0) == Status, "the status screen");

            // Paused until each has heard of its monitor, so that its console has that size from the start.
            foreach (var (guest, connector) in new[] { (gamma, first), (delta, second) })
            {
                await Pc.MustRunAsync($"virsh --quiet start --paused {guest.Name}", Cancellation);
                await lender.OrderAsync($"guest {connector} {guest.Name}", Cancellation);
            }
            await Pc.MustRunAsync("virsh --quiet resume gamma && virsh --quiet resume delta", Cancellation);
            await Task.WhenAll(gamma.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation), delta.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation));
            await lender.NoticeAsync<GuestShown>(first, Cancellation, shown => shown is { Guest: "gamma", Width: 1280, Height: 800 });
            await lender.NoticeAsync<GuestShown>(second, Cancellation, shown => shown is { Guest: "delta", Width: 1024, Height: 768 });
            var left = await WaitUntilItShowsAsync(0, "gamma");
            var right = await WaitUntilItShowsAsync(1, "delta");

            // What changes in one is on its monitor, and not on the other one.
            await Pc.MustRunAsync("virsh --quiet send-key gamma --codeset linux 35", Cancellation);
            await WaitForPictureAsync(0, picture => picture.DifferencesFrom(left) > 0, "the letter typed in gamma");
            left = await WaitUntilItShowsAsync(0, "gamma");
            Assert.Equal(0, (await PhotographAsync(1)).DifferencesFrom(right));
            Memory(await Pc.MustRunAsync("for pid in $(pgrep -x phyllome-presen); do grep -E '^(VmHWM|VmRSS|RssAnon)' /proc/$pid/status; done", Cancellation));

            // A presenter that is killed takes its own monitor with it, and no guest.
            var presenters = (await Pc.MustRunAsync("pgrep -x phyllome-presen", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, presenters.Length);
            await Pc.MustRunAsync($"kill -9 {presenters.Min(int.Parse)}", Cancellation);
            await lender.EndedAsync(first, Cancellation);
            Assert.Equal(0, (await PhotographAsync(1)).DifferencesFrom(right));
            await lender.OrderAsync($"end {first}", Cancellation);
            await lender.OrderAsync($"lend {first} left", Cancellation);
            await lender.OrderAsync($"guest {first} gamma", Cancellation);
            await WaitUntilItShowsAsync(0, "gamma");

            // A guest that ends leaves the status screen.
            await Pc.MustRunAsync("virsh --quiet destroy gamma", Cancellation);
            Assert.Equal("gamma", (await lender.NoticeAsync<GuestGone>(first, Cancellation)).Guest);
            await WaitForPictureAsync(0, picture => picture.At(0, 0) == Status, "the status screen");

            // Another monitor: its own mode, and the guest in it.
            await Pc.PlugMonitorAsync(output: 1, 1440, 900, Cancellation);
            await lender.OrderAsync($"look {second}", Cancellation);
            Assert.Equal((1440, 900), Size(await lender.NoticeAsync<ScreenTaken>(second, Cancellation)));
            await WaitForPictureAsync(1, picture => (picture.Width, picture.Height) == (1440, 900), "the new monitor's mode");
        }
        finally
        {
            await Pc.RunAsync("for guest in gamma delta; do virsh --quiet destroy $guest; virsh --quiet undefine $guest; done", Cancellation);
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    static (int, int) Size(ScreenTaken taken) => (taken.Width, taken.Height);

    static void Memory(string status) => Console.WriteLine($"presenters: {status.ReplaceLineEndings(" ")}");

    /// <summary>Waits until a monitor shows what its guest's own card holds.</summary>
    async Task<Pixels> WaitUntilItShowsAsync(int output, string guest)
    {
        Pixels? own = null;
        return await WaitForPictureAsync(output, picture => own is not null && picture.DifferencesFrom(own) == 0, $"guest {guest}", async () => own = await GuestsOwnAsync(guest));
    }

    // Each picture takes a moment of QEMU's main loop, so that this is no busy wait.
    async Task<Pixels> WaitForPictureAsync(int output, Func<Pixels, bool> wanted, string what, Func<Task>? before = null)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (before is not null) await before();
            var picture = await PhotographAsync(output);
            if (wanted(picture)) return picture;
            if (since.Elapsed > Patience) throw new PcException($"Waited {Patience.TotalSeconds:0} s in vain for {what} on monitor {output + 1}; see its picture in artifacts/scenarios.");
        }
    }

    async Task<Pixels> PhotographAsync(int output)
    {
        var file = Path.Combine(ThePackage.Artifacts, "scenarios", $"lent-monitor-{output + 1}.png");
        await Pc.PhotographAsync(output, file, Cancellation);
        return Pixels.Read(await File.ReadAllBytesAsync(file, Cancellation));
    }

    async Task<Pixels> GuestsOwnAsync(string guest) =>
        Pixels.Read(Convert.FromBase64String(await Pc.MustRunAsync($"virsh --quiet screenshot {guest} /run/{guest}.shot > /dev/null && base64 --wrap=0 /run/{guest}.shot", Cancellation)));
}
