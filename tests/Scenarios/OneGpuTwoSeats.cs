using System.Diagnostics;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC with one graphics card and two monitors: a seat at each, as most people could have them.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class OneGpuTwoSeats(RunningPc running) : Scenario(running)
{
    const string Other = "gamma", Memory = "/var/lib/phyllome-seats/memory";

    [Fact]
    public async Task Two_people_at_two_monitors_of_one_card_each_see_their_own_guest_whoever_is_killed()
    {
        await EverybodyLeavesAsync();
        var monitors = new BootMonitors(Pc, Pictures);
        await monitors.PlugInAsync(Cancellation);
        // Is never started: it is there to be switched to.
        await Pc.DefineGuestAsync(new GuestRecipe(Other), Cancellation);
        try
        {
            await BothSitAtOneCardAsync(monitors, Other);
            var left = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            var right = await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
            Assert.Equal(BootMonitors.Sizes[0], (left.Width, left.Height));
            Assert.Equal(BootMonitors.Sizes[1], (right.Width, right.Height));

            // Each types at their own keyboard and sees it on their own monitor.
            await Seats.EachReceivesItsOwnAsync(keys: 4, movements: 2, Cancellation);
            var typed = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            Assert.NotEqual(0, typed.DifferencesFrom(left));
            (left, right) = (typed, await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation));

            // Whoever switches is told where they are on their own monitor, for two seconds; then it shows the guest's own picture again, whole.
            await NoticeAsync(monitors, "away", Away, Home);
            await monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status && !BootMonitors.HasNotice(picture), "the status screen without a notice", Cancellation);
            await NoticeAsync(monitors, "home", Home, Away);
            left = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            Assert.Equal(0, (await monitors.PhotographAsync(1, Cancellation)).DifferencesFrom(right));

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
            await Pc.RunAsync($"virsh --quiet undefine {Other}", Cancellation);
        }
    }

    [Fact(Explicit = true)]
    public Task Without_a_configuration_a_second_keyboard_makes_a_seat_at_the_second_monitor_and_the_host_has_a_page_of_its_own_at_the_first() => WithOneCardAsync(async monitors =>
    {
        for (var line = 0; line < 5; line++) await Pc.MustRunAsync("echo 'this is the console of the host, which has to come back' > /dev/tty1", Cancellation);
        await Seats.StartServiceAsync(Cancellation);
        await Pc.PlugKeyboardAsync(HostsKeyboard, "5", Cancellation);
        await Seats.WaitForStatusAsync("no seat", status => status.Seats.Count == 0 && status.Unassigned.Any(device => device.Kind == "keyboard"), Cancellation);
        await monitors.WaitForPictureAsync(0, IsConsole, "the host's console", Cancellation);
        await Seats.Left.PlugInAsync(Cancellation);
        await SomebodySitsAsync(monitors);
    });

    [Fact(Explicit = true)]
    public Task Where_newcomers_are_to_be_confirmed_the_second_monitor_asks_and_whoever_types_its_code_and_clicks_has_a_seat_there() => WithOneCardAsync(async monitors =>
    {
        await Pc.PlugKeyboardAsync(HostsKeyboard, "5", Cancellation);
        await Pc.WaitUntilPluggedInAsync(HostsKeyboard, Cancellation);
        await Seats.ConfigureAsync("[host]\nnew-devices = 'confirm'\n[spawn]\nmode = 'ask'\n", Cancellation);
        await Seats.StartServiceAsync(Cancellation);
        // Of what is to be asked, only a second keyboard is missing: that is the reason, and no other one.
        await Seats.WaitForStatusAsync(
            "no seat, one keyboard and both monitors",
            status => status is { Seats.Count: 0, Host.Displays.Count: 2 } && status.Unassigned.Count(device => device.Kind == "keyboard") == 1, Cancellation);
        var refused = (await Pc.RunAsync("seatctl identify --json 2>&1 | tr -s '[:space:]' ' '", Cancellation)).Output;
        Assert.True(refused.Contains("the host has no other keyboard", StringComparison.Ordinal), refused);

        await Seats.Left.PlugInAsync(Cancellation);
        await AnswerAsync(monitors, "typed");
        await Seats.WaitForStatusAsync("the keyboard to have a seat, and no mouse", status => status.Seats is [{ Displays: [{ Way: "lease" }], Devices: [{ Kind: "keyboard" }] }], Cancellation);
        await Seats.Left.Mouse.ClickAsync(cancellation: Cancellation);
        await SeatAtTheSecondMonitorAsync(monitors, Seats.AlphaSince);

        // Whoever wants it is asked again, at the keyboard that is the host's by now.
        var since = Seats.Alpha.Lines.Count;
        await Pc.MustRunAsync("seatctl seat remove seat1 && virsh --quiet destroy alpha", Cancellation);
        await Seats.WaitForStatusAsync("all to be the host's", status => status.Seats.Count == 0 && status.Host.Displays is [{ Way: null }, { Way: null }] && status.Guests.All(guest => guest.State == Guests.GuestState.Off), Cancellation);
        await Pc.MustRunAsync("seatctl identify", Cancellation);
        await AnswerAsync(monitors, "typed-again");
        await Seats.WaitForStatusAsync("the keyboard to have a seat again", status => status.Seats is [{ Displays: [{ Way: "lease" }] }], Cancellation);
        await Seats.Left.Mouse.ClickAsync(cancellation: Cancellation);
        await Seats.WaitForStatusAsync("the mouse to be its", status => status.Seats is [{ Devices.Count: 2 }], Cancellation);
        await Pc.MustRunAsync("seatctl identify --end", Cancellation);
        await SeatAtTheSecondMonitorAsync(monitors, since);
    });

    const string HostsKeyboard = "keyboard-host";

    /// <summary>Types what the second monitor shows.</summary>
    async Task AnswerAsync(BootMonitors monitors, string picture)
    {
        var status = await Seats.WaitForStatusAsync(
            "the second monitor to ask, and the new keyboard to be nobody's",
            status => status.Host.Displays is [{ Way: "page" }, { Way: "question" }] && status.Unassigned.Any(device => device is { Kind: "keyboard", Reason: Planning.ClaimReason.Held }), Cancellation);
        var asking = status.Host.Displays[1];
        var connector = asking.Connector[(asking.Connector.IndexOf('-', StringComparison.Ordinal) + 1)..];
        var name = asking.Monitor is null ? connector : $"{asking.Monitor} ({connector})";
        string? code = null;
        await monitors.WaitForPictureAsync(1, shown => (code = ScreenCode.Read(shown, name)) is not null, $"the question of {name}", Cancellation);
        File.Copy(monitors.Picture(1), Path.Combine(Pictures, $"question-{picture}.png"), overwrite: true);
        await Seats.Left.Keyboard.TypeAsync(code!, Cancellation);
    }

    /// <param name="since">How many lines the guest had reported before it was started.</param>
    async Task SeatAtTheSecondMonitorAsync(BootMonitors monitors, int since)
    {
        await Seats.WaitForStatusAsync("a seat at the second monitor", status => status is { Seats: [{ State: SeatState.Active, Guest.Name: "alpha", Devices.Count: 2, Problems.Count: 0, Displays: [{ Way: "lease" }] }], Host.Displays: [{ Way: "page" }] }, Cancellation);
        await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, since, Cancellation);
        await monitors.WaitUntilItShowsAsync(1, "alpha", Cancellation);
        await Seats.Left.TypeAsync("hi", Seats.Alpha, Cancellation);
        await Seats.Left.MoveAsync([7], Seats.Alpha, Cancellation);
    }

    /// <summary>A PC with one card, two monitors and one machine, whose host has never seen anybody.</summary>
    async Task WithOneCardAsync(Func<BootMonitors, Task> people)
    {
        await EverybodyLeavesAsync();
        var monitors = new BootMonitors(Pc, Pictures);
        await monitors.PlugInAsync(Cancellation);
        // The PC's other cards are out of it for the while.
        await Pc.MustRunAsync($"""
            rm -f {Memory}
            virsh dumpxml beta > /root/beta.xml && virsh --quiet undefine beta
            for card in {Seats.LeftGpu} {Seats.RightGpu}; do echo 1 > /sys/bus/pci/devices/$card/remove; done
            """, Cancellation);
        try
        {
            await people(monitors);
        }
        finally
        {
            await Seats.StopServiceAsync(Cancellation);
            await Pc.MustRunAsync($"rm -f {Memory}; virsh --quiet define /root/beta.xml; echo 1 > /sys/bus/pci/rescan", Cancellation);
            await EverybodyLeavesAsync();
            await Pc.UnplugAsync(HostsKeyboard, Cancellation);
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    async Task SomebodySitsAsync(BootMonitors monitors)
    {
        await Seats.WaitForStatusAsync(
            "a seat at the second monitor, and the host's page at the first",
            status => status is { Seats: [{ State: SeatState.Active, Guest.Name: "alpha", Devices.Count: 2, Problems.Count: 0, Displays: [{ Way: "lease" }] }], Host.Displays: [{ Way: "page" }] },
            Cancellation);
        // While it starts, two pictures of it that are taken one after the other are seldom the same.
        await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, Seats.AlphaSince, Cancellation);
        await monitors.WaitUntilItShowsAsync(1, "alpha", Cancellation);
        var page = await monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == BootMonitors.Status, "the host's own page", Cancellation);
        File.Copy(monitors.Picture(0), Path.Combine(Pictures, "host-page.png"), overwrite: true);

        // The page outlives the manager, and is there again where its presenter is killed: the last of the two that was started.
        var presenters = await ProcessesAsync(Presenter);
        Seats.ForgetStatus();
        await Pc.MustRunAsync("systemctl kill --kill-whom=main --signal=KILL phyllome-seatd.service", Cancellation);
        var back = SeatAndPageAsync();
        for (var looked = 0; !back.IsCompleted || looked < 3; looked++)
            Assert.Equal(0, (await monitors.PhotographAsync(0, Cancellation)).DifferencesFrom(page));
        await back;
        Assert.Equal(presenters, await ProcessesAsync(Presenter));
        var last = presenters.Split('\n', StringSplitOptions.RemoveEmptyEntries).MaxBy(line => long.Parse(line.Split(' ')[1]))!.Split(' ')[0];
        await Pc.MustRunAsync($"kill -9 {last} && timeout 60 tail --follow --pid={last} /dev/null", Cancellation);
        await monitors.WaitForPictureAsync(0, picture => picture.DifferencesFrom(page) == 0, "the host's own page again", Cancellation);
        await monitors.WaitUntilItShowsAsync(1, "alpha", Cancellation);

        await Pc.MustRunAsync("seatctl host take", Cancellation);
        await Seats.WaitForStatusAsync("both monitors to be the host's", status => status.Seats is [{ State: SeatState.Away, Devices.Count: 0, Displays: [{ Way: null }] }] && status.Host.Displays is [{ Way: null }], Cancellation);
        await monitors.WaitForPictureAsync(0, IsConsole, "the host's console", Cancellation);
        await monitors.WaitForPictureAsync(1, IsConsole, "the host's console", Cancellation);
    }

    async Task SeatAndPageAsync()
    {
        await Seats.StartServiceAsync(Cancellation);
        await Seats.WaitForStatusAsync("the next manager to know of the seat and the page", status => status is { Seats: [{ State: SeatState.Active, Displays: [{ Way: "lease" }] }], Host.Displays: [{ Way: "page" }] }, Cancellation);
    }

    /// <summary>Letters in grey on a black ground, which are a small part of it.</summary>
    static bool IsConsole(Pixels picture) => picture.At(0, 0) == (0, 0, 0) && picture.Colours.Count(colour => colour != 0) is > 100 and var ink && ink < picture.Colours.Length / 4;

    static readonly string[] Away = ["leftmeta", "tab"], Home = ["leftctrl", "rightctrl"];

    /// <summary>Has left switch until the notice of it was photographed, and keeps its picture. It stands for two seconds, and on a busy machine there may
    /// be no photograph within them: then left goes back and switches once more.</summary>
    async Task NoticeAsync(BootMonitors monitors, string name, string[] chord, string[] back)
    {
        const int Tries = 10;
        for (var tried = 1; tried <= Tries; tried++)
        {
            await Seats.Left.Keyboard.ChordAsync(chord, Cancellation);
            var since = Stopwatch.StartNew();
            // What is typed takes its time to the monitor, too.
            while (since.Elapsed < TimeSpan.FromSeconds(10))
            {
                if (!BootMonitors.HasNotice(await monitors.PhotographAsync(0, Cancellation)))
                    continue;
                File.Copy(monitors.Picture(0), Path.Combine(Path.GetDirectoryName(monitors.Picture(0))!, $"notice-{name}.png"), overwrite: true);
                return;
            }

            await Seats.Left.Keyboard.ChordAsync(back, Cancellation);
            await monitors.WaitForPictureAsync(0, picture => !BootMonitors.HasNotice(picture), "no notice", Cancellation);
        }

        Assert.Fail($"no notice ({name}) was seen on left's monitor, {Tries} times; see its picture beside {monitors.Picture(0)}");
    }

    async Task BackAsync()
    {
        await Seats.StartServiceAsync(Cancellation);
        await Seats.WaitForStatusAsync("the next manager to know of both screens", status => status.Seats is [{ State: SeatState.Active, Displays: [{ Way: "lease" }] }, { State: SeatState.Active, Displays: [{ Way: "lease" }] }], Cancellation);
    }
}
