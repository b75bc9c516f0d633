using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC with one graphics card and two monitors: a seat at each, as most people could have them.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class OneGpuTwoSeats(RunningPc running) : Scenario(running)
{
    const string Presenter = "phyllome-presen";

    [Fact]
    public async Task Two_people_at_two_monitors_of_one_card_each_see_their_own_guest_whoever_is_killed()
    {
        await EverybodyLeavesAsync();
        var monitors = new BootMonitors(Pc, Path.Combine(ThePackage.Artifacts, "scenarios"));
        await monitors.PlugInAsync(Cancellation);
        try
        {
            if (StartOrders.Wanted != StartOrder.Hotplug) await PlugInWhatIsMissingAsync();
            await Seats.StartServiceAsync(Cancellation);
            await PlugInWhatIsMissingAsync();
            await Seats.ConfigureAsync(TwoSeatPc.OneCardConfiguration(await monitors.ConnectorsAsync(Cancellation)), Cancellation);
            await Seats.WaitForStatusAsync("both seats to be shown on their monitors", status => status.Seats is [{ Displays: [{ Way: "lease" }] }, { Displays: [{ Way: "lease" }] }], Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await Seats.WaitUntilBothGuestsListenAsync(Cancellation);
            var left = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            var right = await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
            Assert.Equal(BootMonitors.Sizes[0], (left.Width, left.Height));
            Assert.Equal(BootMonitors.Sizes[1], (right.Width, right.Height));

            // Each types at their own keyboard and sees it on their own monitor.
            await Seats.EachReceivesItsOwnAsync(keys: 4, movements: 2, Cancellation);
            var typed = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            Assert.NotEqual(0, typed.DifferencesFrom(left));
            (left, right) = (typed, await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation));

            // No picture blinks when the manager is killed, and the next one goes on with the same presenters.
            var presenters = await ProcessesAsync(Presenter);
            Assert.Equal(2, presenters.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Seats.ForgetStatus();
            await Pc.MustRunAsync("systemctl kill --kill-whom=main --signal=KILL phyllome-seatd.service", Cancellation);
            var back = BackAsync();
            for (var looked = 0; !back.IsCompleted || looked < 3; looked++)
            {
                Assert.Equal(0, (await monitors.PhotographAsync(0, Cancellation)).DifferencesFrom(left));
                Assert.Equal(0, (await monitors.PhotographAsync(1, Cancellation)).DifferencesFrom(right));
            }
            await back;
            Assert.Equal(presenters, await ProcessesAsync(Presenter));

            // A presenter that is killed takes its own picture with it, for a moment.
            await Pc.MustRunAsync($"kill -9 {presenters.Split(' ')[0]}", Cancellation);
            await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);

            // A guest that is off leaves a screen that says so, and is shown again when it is back.
            await Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
            await monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);
            await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
            await Pc.MustRunAsync("seatctl seat start left", Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);

            // A seat without its monitor gives it back, and with the last one the card is the host's.
            await Seats.ConfigureAsync("", Cancellation);
            await Seats.WaitForStatusAsync("no seat to be left", status => status.Seats.Count == 0, Cancellation);
            await Pc.MustRunAsync($"for pid in $(pgrep -x {Presenter}); do timeout 60 tail --follow --pid=$pid /dev/null || exit; done", Cancellation);
        }
        finally
        {
            // The service first: guests whose plug is pulled under it stay off for the next scenario too.
            await EverybodyLeavesAsync();
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    async Task BackAsync()
    {
        await Seats.StartServiceAsync(Cancellation);
        await Seats.WaitForStatusAsync("the next manager to know of both screens", status => status.Seats is [{ State: SeatState.Active, Displays: [{ Way: "lease" }] }, { State: SeatState.Active, Displays: [{ Way: "lease" }] }], Cancellation);
    }
}
