using Phyllome.Seats.Status;

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
}
