using Phyllome.Seats.Presenting;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>Two monitors of one card, each lent to a presenter of its own.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class LentMonitors(RunningPc running) : Scenario(running)
{
    BootMonitors Monitors => field ??= new(Pc, Pictures);

    [Fact(Explicit = true)]
    public async Task Each_monitor_of_one_card_shows_its_guest_pixel_for_pixel_and_what_became_of_it()
    {
        await EverybodyLeavesAsync();
        await Pc.MustRunAsync("systemctl start phyllome-device-helper.socket phyllome-presenter.socket", Cancellation);
        await Monitors.PlugInAsync(Cancellation);
        var connectors = (await Monitors.ConnectorsAsync(Cancellation)).Select(connector => connector.Split('-', 2)).ToList();
        await using var lender = await LenderProgram.StartAsync(Pc, connectors[0][0], Cancellation);
        var (first, second) = (connectors[0][1], connectors[1][1]);
        var gamma = await Pc.DefineGuestAsync(new GuestRecipe("gamma") { HasDisplay = true }, Cancellation);
        var delta = await Pc.DefineGuestAsync(new GuestRecipe("delta") { HasDisplay = true }, Cancellation);
        try
        {
            // Before there is a guest: the status screen, on this monitor alone.
            await lender.OrderAsync($"lend {first} left", Cancellation);
            Assert.Equal(BootMonitors.Sizes[0], Size(await lender.NoticeAsync<ScreenTaken>(first, Cancellation)));
            await lender.OrderAsync($"lend {second} right", Cancellation);
            Assert.Equal(BootMonitors.Sizes[1], Size(await lender.NoticeAsync<ScreenTaken>(second, Cancellation)));
            await Monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);
            await Monitors.WaitForPictureAsync(1, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);

            // Paused until each has heard of its monitor, so that its console has that size from the start.
            foreach (var (guest, connector) in new[] { (gamma, first), (delta, second) })
            {
                await Pc.MustRunAsync($"virsh --quiet start --paused {guest.Name}", Cancellation);
                await lender.OrderAsync($"guest {connector} {guest.Name}", Cancellation);
            }
            await Pc.MustRunAsync("virsh --quiet resume gamma && virsh --quiet resume delta", Cancellation);
            await Task.WhenAll(gamma.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation), delta.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation));
            await lender.NoticeAsync<GuestShown>(first, Cancellation, shown => shown.Guest == "gamma" && (shown.Width, shown.Height) == BootMonitors.Sizes[0]);
            await lender.NoticeAsync<GuestShown>(second, Cancellation, shown => shown.Guest == "delta" && (shown.Width, shown.Height) == BootMonitors.Sizes[1]);
            var left = await Monitors.WaitUntilItShowsAsync(0, "gamma", Cancellation);
            var right = await Monitors.WaitUntilItShowsAsync(1, "delta", Cancellation);

            // What changes in one is on its monitor, and not on the other one.
            await Pc.MustRunAsync("virsh --quiet send-key gamma --codeset linux 35", Cancellation);
            await Monitors.WaitForPictureAsync(0, picture => picture.DifferencesFrom(left) > 0, "the letter typed in gamma", Cancellation);
            left = await Monitors.WaitUntilItShowsAsync(0, "gamma", Cancellation);
            Assert.Equal(0, (await Monitors.PhotographAsync(1, Cancellation)).DifferencesFrom(right));
            Memory(await Pc.MustRunAsync("for pid in $(pgrep -x phyllome-presen); do grep -E '^(VmHWM|VmRSS|RssAnon)' /proc/$pid/status; done", Cancellation));

            // A presenter that is killed takes its own monitor with it, and no guest.
            var presenters = (await Pc.MustRunAsync("pgrep -x phyllome-presen", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, presenters.Length);
            await Pc.MustRunAsync($"kill -9 {presenters.Min(int.Parse)}", Cancellation);
            await lender.EndedAsync(first, Cancellation);
            Assert.Equal(0, (await Monitors.PhotographAsync(1, Cancellation)).DifferencesFrom(right));
            await lender.OrderAsync($"end {first}", Cancellation);
            await lender.OrderAsync($"lend {first} left", Cancellation);
            await lender.OrderAsync($"guest {first} gamma", Cancellation);
            await Monitors.WaitUntilItShowsAsync(0, "gamma", Cancellation);

            // A guest that ends leaves the status screen.
            await Pc.MustRunAsync("virsh --quiet destroy gamma", Cancellation);
            Assert.Equal("gamma", (await lender.NoticeAsync<GuestGone>(first, Cancellation)).Guest);
            await Monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);

            // Another monitor: its own mode, and the guest in it.
            await Pc.PlugMonitorAsync(output: 1, 1440, 900, Cancellation);
            await lender.OrderAsync($"look {second}", Cancellation);
            Assert.Equal((1440, 900), Size(await lender.NoticeAsync<ScreenTaken>(second, Cancellation)));
            await Monitors.WaitForPictureAsync(1, picture => (picture.Width, picture.Height) == (1440, 900), "the new monitor's mode", Cancellation);

            // One whose lease is ended under it ends, and one that is told to: neither as a failure.
            await lender.OrderAsync($"revoke {second}", Cancellation);
            await lender.OrderAsync($"notice {second} Gone?", Cancellation);
            await lender.NoticeAsync<ScreenTakenBack>(second, Cancellation);
            await lender.EndedAsync(second, Cancellation);
            await lender.OrderAsync($"end {first}", Cancellation);
            await lender.EndedAsync(first, Cancellation);
            Assert.Empty(await Pc.MustRunAsync("journalctl --quiet --output=cat --priority=err --unit='phyllome-presenter@*'", Cancellation));
        }
        finally
        {
            await Pc.RunAsync("for guest in gamma delta; do virsh --quiet destroy $guest; virsh --quiet undefine $guest; done", Cancellation);
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    static (int, int) Size(ScreenTaken taken) => (taken.Width, taken.Height);

    static void Memory(string status) => Console.WriteLine($"presenters: {status.ReplaceLineEndings(" ")}");
}
