using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

public sealed class ManagerStops(RunningPc running) : Scenario(running)
{
    [Theory]
    [InlineData("systemctl stop phyllome-seatd.service")]
    [InlineData("systemctl kill --kill-whom=main --signal=KILL phyllome-seatd.service")]
    public async Task Nothing_changes_at_the_seats_and_a_new_manager_knows_them_all(string end)
    {
        await BothSitDownAsync();
        var before = await HeldAsync(Qemu, Router);
        var seats = Seats.Status.Seats;

        await Pc.MustRunAsync(end, Cancellation);
        Seats.ForgetStatus();
        await EachReceivesItsOwnAsync(keys: 30, movements: 30);

        await Seats.StartServiceAsync(Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await EachReceivesItsOwnAsync(keys: 30, movements: 30);
        Assert.Equal(before, await HeldAsync(Qemu, Router));
        Assert.Equal(seats, Seats.Status.Seats);
    }

    [Fact]
    public async Task Where_the_file_asks_for_it_a_manager_that_hangs_makes_the_keyboards_the_hosts_until_it_answers_again()
    {
        await BothSitDownAsync();
        var since = "";
        try
        {
            await Seats.ConfigureAsync("[host]\nrelease-on-stall = \"15s\"\n\n" + Seats.Configuration, Cancellation);
            var router = "exec journalctl --unit=phyllome-input-router.service --output=cat --lines=0 --follow";
            // Twice as long: it is heard of again and again, and nothing happens.
            Assert.NotEqual(0, (await Pc.RunAsync($"timeout 30 grep --max-count=1 'release-on-stall' < <({router})", Cancellation)).ExitCode);
            await EachReceivesItsOwnAsync(keys: 10, movements: 10);

            await Pc.MustRunAsync($"systemctl kill --kill-whom=main --signal=STOP phyllome-seatd.service; timeout 120 grep --max-count=1 'release-on-stall' < <({router})", Cancellation);
            var (console, alpha) = (await Pc.HostConsoleReceivedAsync(Cancellation), Seats.Alpha.Lines.Count);
            await Seats.Left.Keyboard.TypeAsync("mine", Cancellation);
            await Pc.MustRunAsync($"timeout 60 sh -c 'tail --bytes=+{console.Length + 1} --follow /var/log/console-received | head --bytes=4'", Cancellation);
            Assert.Equal(console + "mine", await Pc.HostConsoleReceivedAsync(Cancellation));
            Assert.Empty(KeyStroke.In(Seats.Alpha.Lines.Skip(alpha)));
        }
        finally
        {
            since = await JournalAsync();
            await Pc.MustRunAsync("systemctl kill --kill-whom=main --signal=CONT phyllome-seatd.service", Cancellation);
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        }

        await IsDoneAsync("take /dev/input/event[0-9]* of ", since, times: 4);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await EachReceivesItsOwnAsync(keys: 10, movements: 10);
    }
}
