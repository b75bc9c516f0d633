using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

[Collection(Order.BothCome)]
public sealed class BothStartOrders(RunningPc running) : Scenario(running)
{
    [Theory]
    [InlineData(StartOrder.Coldplug)]
    [InlineData(StartOrder.Hotplug)]
    public async Task Devices_plugged_in_before_the_service_starts_or_after_it_are_taken_alike(StartOrder order)
    {
        await BothSitDownAnewAsync(order);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.WaitUntilBothGuestsListenAsync(Cancellation);
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);

        await EachReceivesItsOwnAsync(keys: 200, movements: 200);

        Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));
    }

    [Fact]
    public async Task A_hub_that_is_pulled_and_plugged_in_again_is_its_seat_again_and_the_guest_never_notices()
    {
        await BothSitDownAsync();
        var devices = Seats.Alpha.Lines.Count;

        await Seats.Left.UnplugAsync(Cancellation);
        await Seats.WaitUntilAwayAsync(Seats.Left, Cancellation);
        await EachOtherGoesOnAsync();
        await Seats.Left.PlugInAsync(Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);

        await EachReceivesItsOwnAsync(keys: 30, movements: 30);
        Assert.DoesNotContain(Seats.Alpha.Lines.Skip(devices), line => line is VirtualPc.Guests.GuestDeviceRemoved or VirtualPc.Guests.GuestDeviceAdded);
    }

    async Task EachOtherGoesOnAsync() =>
        Assert.Equal(Person.StrokesOf("undisturbed"), await Seats.Right.TypeAsync("undisturbed", Seats.Beta, Cancellation));
}
