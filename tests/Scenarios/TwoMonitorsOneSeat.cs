using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>Two monitors of one card at one seat, the second on its side: each shows a screen of the guest's.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class TwoMonitorsOneSeat(RunningPc running) : Scenario(running)
{
    const int Turned = 90;

    BootMonitors Monitors => field ??= new(Pc, Pictures);

    [Theory(Explicit = true)]
    [InlineData(StartOrder.Coldplug)]
    [InlineData(StartOrder.Hotplug)]
    public async Task Each_monitor_shows_a_screen_of_the_guests_pixel_for_pixel_the_one_on_its_side_turned(StartOrder order)
    {
        await EverybodyLeavesAsync();
        await Monitors.PlugInAsync(Cancellation, count: order == StartOrder.Coldplug ? 2 : 1);
        try
        {
            var connectors = await Monitors.ConnectorsAsync(Cancellation);
            await PlugInWhatIsMissingAsync();
            await Seats.StartServiceAsync(Cancellation);
            await Seats.ConfigureAsync(Configuration(connectors, Turned), Cancellation);
            if (order == StartOrder.Hotplug)
            {
                await ShownAsync("the first monitor to be the guest's", status => status.Seats[0].Displays is [{ Way: "lease", Head: 0 }, { Way: null }]);
                await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, Seats.AlphaSince, Cancellation);
                await Monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
                await Monitors.PlugInAsync(Cancellation);
            }

            await BothAsync();
            await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, Seats.AlphaSince, Cancellation);
            var first = await Monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            Assert.Equal(BootMonitors.Sizes[0], (first.Width, first.Height));
            // As tall as the monitor is wide, which is seen to be what the guest was told.
            await SideAsync(Turned);

            // Turned another way while the guest runs.
            await Seats.ConfigureAsync(Configuration(connectors, 270), Cancellation);
            await ShownAsync("the second monitor to be turned", status => status.Seats[0].Displays is [{ Rotate: 0 }, { Rotate: 270 }]);
            await SideAsync(270);

            // The next manager goes on with the same presenters, and no picture blinks.
            first = await Monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            var second = await Monitors.PhotographAsync(1, Cancellation);
            var presenters = await PresentersAsync();
            Seats.ForgetStatus();
            await Pc.MustRunAsync("systemctl kill --kill-whom=main --signal=KILL phyllome-seatd.service", Cancellation);
            var back = BothAsync();
            for (var looked = 0; !back.IsCompleted || looked < 3; looked++)
            {
                Assert.Equal(0, (await Monitors.PhotographAsync(0, Cancellation)).DifferencesFrom(first));
                Assert.Equal(0, (await Monitors.PhotographAsync(1, Cancellation)).DifferencesFrom(second));
            }

            await back;
            Assert.Equal(presenters, await PresentersAsync());

            // A pulled monitor takes its screen away and not the other one's picture; plugged in again it has it back.
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
            await ShownAsync("the first monitor alone to be the guest's", status => status.Seats[0].Displays is [{ Way: "lease", Head: 0 }, { Way: null, Head: null }]);
            await Monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            await Monitors.PlugInAsync(Cancellation);
            await BothAsync();
            await Monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            await SideAsync(270);

            // What is to be said while the guest is off is said on the first, and the second is quiet.
            await Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
            await Monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);
            await Monitors.WaitForPictureAsync(1, picture => picture.At(0, 0) == BootMonitors.Status, "a page without words", Cancellation);
            await Pc.MustRunAsync("seatctl seat start left", Cancellation);
            await BothAsync();
            await Monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            await SideAsync(270);
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    Task<Pixels> SideAsync(int degrees) => Monitors.WaitUntilItShowsAsync(1, "alpha", Cancellation, head: 1, turned: degrees);

    Task<SeatsStatus> BothAsync() => ShownAsync("both monitors to be the guest's", status => status.Seats[0].Displays is [{ Way: "lease", Head: 0 }, { Way: "lease", Head: 1 }]);

    Task<SeatsStatus> ShownAsync(string what, Func<SeatsStatus, bool> wanted) =>
        Seats.WaitForStatusAsync(what, status => status.Seats is [{ State: SeatState.Active, Problems.Count: 0 }] && wanted(status), Cancellation);

    Task<string> PresentersAsync() => Pc.MustRunAsync("pgrep -x phyllome-presen | sort", Cancellation);

    static string Configuration(IReadOnlyList<string> connectors, int turned) => $"""
        [[seat]]
        name = "left"
        guests = ["alpha"]
        devices = ["port:1-1"]
        displays = ["connector:{connectors[0]}", "connector:{connectors[1]}"]
        rotate = [0, {turned}]

        """;
}
