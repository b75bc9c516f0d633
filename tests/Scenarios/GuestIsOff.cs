using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>What is typed at a seat is its guest's alone, also where there is no guest to hear it.</summary>
public sealed class GuestIsOff(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task The_host_hears_nothing_of_what_is_typed_at_a_seat_whose_guest_has_crashed_and_the_guest_comes_back()
    {
        await BothSitDownAsync();
        await NothingIsLeftByAsync(async () =>
        {
            var lines = Seats.Alpha.Lines.Count;
            await HostHearsNothingAfterAsync("kill -KILL $(cat /run/libvirt/qemu/alpha.pid)");

            await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, lines, Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await EachReceivesItsOwnAsync(keys: 10, movements: 10);
        });
    }

    [Fact]
    public async Task A_guest_whose_plug_was_pulled_hears_nothing_nor_does_the_host_and_it_stays_off_also_for_the_next_manager_until_its_seat_is_started()
    {
        await BothSitDownAsync();
        var lines = Seats.Alpha.Lines.Count;

        await HostHearsNothingAfterAsync("virsh --quiet destroy alpha");
        Seats.ForgetStatus();
        await Pc.MustRunAsync("systemctl restart phyllome-seatd.service", Cancellation);
        await Seats.WaitForStatusAsync("seat left to wait", status => status.Seats.Any(seat => seat is { Name: "left", State: SeatState.Waiting }), Cancellation);
        Assert.Equal("shut off", (await Pc.MustRunAsync("virsh domstate alpha", Cancellation)).Trim());

        // What is plugged in while it is off it has from the start.
        await Pc.PlugStickAsync("stick", "1.3", Cancellation);
        await Seats.WaitForStatusAsync("the stick to be left's", status => status.Seats.Any(seat => seat.Name == "left" && seat.Devices.Any(device => device.Id == "port:1-1.3")), Cancellation);
        await Pc.MustRunAsync("seatctl seat start left", Cancellation);
        await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, lines, Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.WaitForUsbAsync(Seats.Alpha, "1-1.3", Cancellation);
        await Pc.UnplugAsync("stick", Cancellation);
        await Seats.WaitForNoUsbAsync(Seats.Alpha, Cancellation);
        await EachReceivesItsOwnAsync(keys: 10, movements: 10);
    }

    [Fact]
    public async Task The_host_hears_nothing_of_what_is_typed_at_a_seat_whose_guest_is_paused_nor_does_the_guest()
    {
        await BothSitDownAsync();
        await HostHearsNothingAfterAsync("virsh --quiet suspend alpha");

        await Pc.MustRunAsync("virsh --quiet resume alpha", Cancellation);

        await WaitUntilAlphaIsAsync(running: true);
        await EachReceivesItsOwnAsync(keys: 10, movements: 10);
    }

    async Task HostHearsNothingAfterAsync(string end)
    {
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);
        var host = await HostAsync();

        await Pc.MustRunAsync(end, Cancellation);
        // At once, while the manager may not know yet, and again when it does.
        await TypeWhatTheHostWouldObeyAsync();
        await WaitUntilAlphaIsAsync(running: false);
        await TypeWhatTheHostWouldObeyAsync();

        Assert.Equal(Person.StrokesOf("undisturbed"), await Seats.Right.TypeAsync("undisturbed", Seats.Beta, Cancellation));
        Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));
        Assert.Equal(host, await HostAsync());
    }

    async Task WaitUntilAlphaIsAsync(bool running) =>
        await Seats.WaitForStatusAsync(running ? "alpha to be running" : "alpha to be known as not running",
            status => status.Seats.Any(seat => seat is { Name: "left" } && seat.Guest?.State is GuestState.Running == running), Cancellation);

    async Task TypeWhatTheHostWouldObeyAsync()
    {
        await Seats.Left.Keyboard.TypeAsync("abc", Cancellation);
        foreach (var chord in new[] { "leftctrl leftalt delete", "leftalt sysrq h", "leftalt f2", "leftctrl leftalt f3" })
            await Seats.Left.Keyboard.ChordAsync(chord.Split(' '), Cancellation);
    }

    /// <summary>The console on the screen, the job that Ctrl+Alt+Del would have started, and what SysRq would have said.</summary>
    async Task<string> HostAsync() =>
        await Pc.MustRunAsync("cat /sys/class/tty/tty0/active; systemctl list-jobs --no-legend | grep -e reboot -e ctrl-alt-del; dmesg | grep --count 'sysrq:' || true", Cancellation);
}
