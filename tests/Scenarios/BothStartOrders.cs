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
}
