using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>
/// How long a person sees no picture, or the wrong one. This PC's processor is emulated, so that the measure is what systemd takes here and on a bare machine
/// to start the router anew, which is a program like a presenter: each time is divided by how many times longer it takes here, in the same boot.
/// </summary>
[Collection(Order.NobodyIsThere)]
public sealed class PicturesComeBack(RunningPc running) : Scenario(running)
{
    const int Rounds = 5;

    /// <summary>The router's absence on a bare machine: <c>bench/run --restart</c>, the median of 30 (bench/README.md).</summary>
    static readonly TimeSpan RouterAwayOnBareMetal = TimeSpan.FromMilliseconds(42);

    static readonly (int Width, int Height)[] Monitors = [(1440, 900), BootMonitors.Sizes[1]];

    [Fact(Explicit = true)]
    public async Task A_killed_presenter_s_and_a_killed_guest_s_within_a_second_and_another_monitor_s_within_two()
    {
        await EverybodyLeavesAsync();
        var monitors = new BootMonitors(Pc, Pictures);
        await monitors.PlugInAsync(Cancellation);
        try
        {
            await BothSitAtOneCardAsync(monitors);
            await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            List<TimeSpan> routers = [], presenters = [], guests = [], exchanges = [];
            for (var round = 0; round < Rounds; round++)
            {
                routers.Add(await RouterRestartAsync());
                presenters.Add(await PresenterAsync(monitors));
                guests.Add(await GuestAsync(monitors));
            }

            // At last: the guest's kernel turns its screen off where another monitor's size is more than its console has room for, and QEMU 7.2 tells nobody.
            for (var round = 0; round < Rounds; round++)
            {
                exchanges.Add(await ExchangeAsync(monitors, Monitors[round % Monitors.Length]));
                routers.Add(await RouterRestartAsync());
            }

            var factor = Median(routers) / RouterAwayOnBareMetal;
            Console.WriteLine($"a router that is killed is away for {Text(routers)}, {factor:0.0} x that of a bare machine");
            Holds(presenters, factor, TimeSpan.FromSeconds(1), "a killed presenter's picture is back after");
            Holds(guests, factor, TimeSpan.FromSeconds(1), "a killed guest's monitor says so after");
            Holds(exchanges, factor, TimeSpan.FromSeconds(2), "another monitor shows a picture of its own size after");
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    async Task<TimeSpan> RouterRestartAsync()
    {
        await Pc.MustRunAsync($"old=$(pgrep -x {Router}) && kill -9 $old && timeout 60 tail --follow --pid=$old /dev/null && systemctl start phyllome-input-router.service", Cancellation);
        var away = await RouterAwayAsync();
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        return away;
    }

    /// <summary>With the process its monitor goes dark: a photograph that is taken after its end and shows what was there is a new presenter's.</summary>
    async Task<TimeSpan> PresenterAsync(BootMonitors monitors)
    {
        var left = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
        var right = await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
        var one = (await ProcessesAsync(Presenter)).Split(' ')[0];
        var since = Stopwatch.GetTimestamp();
        await Pc.MustRunAsync($"kill -9 {one} && timeout 60 tail --follow --pid={one} /dev/null", Cancellation);
        await monitors.WaitForPictureAsync(0, picture => picture.DifferencesFrom(left) == 0, "alpha's picture", Cancellation);
        await monitors.WaitForPictureAsync(1, picture => picture.DifferencesFrom(right) == 0, "beta's picture", Cancellation);
        var took = Stopwatch.GetElapsedTime(since);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        return took;
    }

    async Task<TimeSpan> GuestAsync(BootMonitors monitors)
    {
        var (from, since) = (Seats.Alpha.Lines.Count, Stopwatch.GetTimestamp());
        await Pc.MustRunAsync("pkill -9 --full 'guest=alpha,'", Cancellation);
        await monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the status screen", Cancellation);
        var took = Stopwatch.GetElapsedTime(since);
        await Pc.MustRunAsync("seatctl seat start left", Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, from, Cancellation);
        return took;
    }

    /// <summary>As if the plug of one were pulled and another one's put in before anybody looked.</summary>
    async Task<TimeSpan> ExchangeAsync(BootMonitors monitors, (int Width, int Height) size)
    {
        var since = Stopwatch.GetTimestamp();
        await Pc.PlugMonitorAsync(output: 1, size.Width, size.Height, Cancellation);
        await monitors.WaitForPictureAsync(1, picture => (picture.Width, picture.Height) == size && picture.Colours.Any(colour => colour != 0), "a picture of the new monitor's size", Cancellation);
        return Stopwatch.GetElapsedTime(since);
    }

    static void Holds(List<TimeSpan> times, double factor, TimeSpan limit, string what)
    {
        Console.WriteLine($"{what} {Text(times)}, {(Median(times) / factor).TotalMilliseconds:0} ms by the factor");
        Assert.True(Median(times) / factor < limit, $"{what} {Text(times)}, by the factor of {factor:0.0} not within {limit.TotalSeconds:0} s");
    }

    static string Text(List<TimeSpan> times) =>
        $"{Median(times).TotalMilliseconds:0} ms ({string.Join(", ", times.Select(time => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)))})";

    static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}
