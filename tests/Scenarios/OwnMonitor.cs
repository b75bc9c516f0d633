using System.Globalization;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>What a person sees: the guest shows its name in large letters and what is typed, on the monitor of its own card.</summary>
public sealed class OwnMonitor(RunningPc running) : Scenario(running)
{
    [Fact(Explicit = true)]
    public async Task A_guest_is_on_its_own_monitor_also_after_it_was_restarted_and_after_the_manager_was_killed()
    {
        await BothSitDownAsync();
        await ShowsWhatIsTypedAsync("first");

        await Pc.MustRunAsync("systemctl kill --kill-whom=main --signal=KILL phyllome-seatd.service", Cancellation);
        Seats.ForgetStatus();
        await Seats.StartServiceAsync(Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await ShowsWhatIsTypedAsync("killed");

        var ready = Seats.Alpha.Lines.Count;
        await Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
        await Seats.WaitForStatusAsync("alpha to be off", status => status.Seats is [{ Guest.State: GuestState.Off }, _], Cancellation);
        await Pc.MustRunAsync("seatctl seat start left", Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, ready, Cancellation);
        await ShowsWhatIsTypedAsync("restarted");
    }

    [Fact(Explicit = true)]
    public async Task A_monitor_that_is_plugged_or_pulled_is_known_by_its_event_alone()
    {
        await Seats.StartServiceAsync(Cancellation);
        await Seats.WaitForStatusAsync("the host's display", status => status.Host.Displays.Count > 0, Cancellation);
        var others = Seats.Status.Host.Displays.Count;
        // Nothing looks by itself: at rest the manager does not run at all, or hardly.
        var wakeUps = int.Parse(await Pc.MustRunAsync("""
            pid=$(systemctl show --property=MainPID --value phyllome-seatd.service)
            count() { cat /proc/$pid/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'; }
            udevadm settle; from=$(count); timeout 20 tail --follow /dev/null; echo $(($(count) - from))
            """, Cancellation), CultureInfo.InvariantCulture);
        Assert.True(wakeUps < 40, $"the manager was woken {wakeUps} times in 20 s of rest");

        await Pc.PlugMonitorAsync(output: 1, 1280, 1024, Cancellation);
        await Seats.WaitForStatusAsync("the monitor to be known", status => status.Host.Displays.Count == others + 1 && status.Host.Displays.Any(display => display.Connector.EndsWith("Virtual-2", StringComparison.Ordinal)), Cancellation);
        await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        await Seats.WaitForStatusAsync("the monitor to be gone", status => status.Host.Displays.Count == others, Cancellation);
    }

    async Task ShowsWhatIsTypedAsync(string when)
    {
        var (left, right) = (await PictureAsync("card-left", $"{when}-before"), await PictureAsync("card-right", $"{when}-before"));
        Assert.NotEqual(left, right);
        Assert.Equal(Person.StrokesOf("seen"), await Seats.Left.TypeAsync("seen", Seats.Alpha, Cancellation));
        var after = await PictureAsync("card-left", $"{when}-after");
        Assert.NotEqual(left, after);
        Assert.Equal(right, await PictureAsync("card-right", $"{when}-after"));
    }

    async Task<string> PictureAsync(string card, string when)
    {
        var file = Path.Combine(Pictures, $"monitor-{card}-{when}.png");
        await Pc.PhotographAsync(card, file, Cancellation);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file, Cancellation)));
    }
}
