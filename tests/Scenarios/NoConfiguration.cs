using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC with a free graphics card, one machine that is off, and no configuration file.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class NoConfiguration(RunningPc running) : Scenario(running)
{
    const string Memory = "/var/lib/phyllome-seats/memory";

    [Fact]
    public async Task A_second_keyboard_makes_a_seat_that_waits_when_it_is_unplugged_and_is_its_own_again_afterwards()
    {
        await EverybodyLeavesAsync();
        var card = $"/sys/bus/pci/devices/{Seats.LeftGpu}";
        await Pc.MustRunAsync($"""
            rm -f {Memory}
            virsh dumpxml beta > /root/beta.xml && virsh --quiet undefine beta
            modprobe vfio-pci && echo vfio-pci > {card}/driver_override && echo {Seats.LeftGpu} > {card}/driver/unbind && echo {Seats.LeftGpu} > /sys/bus/pci/drivers_probe
            """, Cancellation);
        try
        {
            await Seats.StartServiceAsync(Cancellation);
            await Pc.PlugKeyboardAsync("keyboard-host", "5", Cancellation);
            // The host's only keyboard, and nothing forms around it.
            await Seats.WaitForStatusAsync("no seat", status => status.Seats.Count == 0 && status.Unassigned.Any(device => device.Kind == "keyboard"), Cancellation);

            await Seats.Left.PlugInAsync(Cancellation);
            await SomebodySitsAsync();
            await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, Seats.AlphaSince, Cancellation);
            var console = await Pc.HostConsoleReceivedAsync(Cancellation);
            Assert.Equal(Person.StrokesOf("all by itself"), await Seats.Left.TypeAsync("all by itself", Seats.Alpha, Cancellation));
            Assert.Equal([5, -3], await Seats.Left.MoveAsync([5, -3], Seats.Alpha, Cancellation));
            Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));

            await Seats.Left.UnplugAsync(Cancellation);
            await Seats.WaitForStatusAsync("the seat to be away", status => status.Seats is [{ State: SeatState.Away }], Cancellation);
            // What is there when the service first comes is the host's; a seat that it remembers may be there before it, as after a night.
            if (StartOrders.Wanted == StartOrder.Coldplug)
            {
                await Seats.StopServiceAsync(Cancellation);
                await Seats.PowerOffGuestsAsync(Cancellation);
            }
            await Seats.Left.PlugInAsync(Cancellation);
            await Seats.StartServiceAsync(Cancellation);
            await SomebodySitsAsync();
            await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, Seats.AlphaSince, Cancellation);
            Assert.Equal(Person.StrokesOf("mine again"), await Seats.Left.TypeAsync("mine again", Seats.Alpha, Cancellation));

            var traveller = new PcKeyboard("traveller", "1.3") { Serial = "TRAVELLER" };
            await Pc.PlugAsync(traveller, Cancellation);
            await TravellerAsync("port:1-1.3");
            Assert.Contains("remembered: same hub: ", await Pc.MustRunAsync("seatctl explain port:1-1.3", Cancellation), StringComparison.Ordinal);
            await Pc.UnplugAsync(traveller.Name, Cancellation);
            await SomebodySitsAsync();
            await Pc.PlugAsync(traveller with { Port = "6" }, Cancellation);
            await TravellerAsync("port:1-6");
            Assert.Contains("remembered: by its serial number, it was at port:1-1.3 before", await Pc.MustRunAsync("seatctl explain port:1-6", Cancellation), StringComparison.Ordinal);
            await Pc.UnplugAsync(traveller.Name, Cancellation);
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.UnplugAsync("keyboard-host", Cancellation);
            await Pc.MustRunAsync($"""
                rm -f {Memory}
                virsh --quiet define /root/beta.xml
                echo > {card}/driver_override; echo {Seats.LeftGpu} > /sys/bus/pci/drivers/vfio-pci/unbind; echo {Seats.LeftGpu} > /sys/bus/pci/drivers_probe
                """, Cancellation);
        }
    }

    Task<SeatsStatus> TravellerAsync(string place) =>
        Seats.WaitForStatusAsync($"the keyboard at {place} to be the seat's", status => status.Seats is [var seat] && seat.Devices.Any(device => device.Id == place && device.Reason == Planning.ClaimReason.Remembered), Cancellation);

    Task<SeatsStatus> SomebodySitsAsync() =>
        Seats.WaitForStatusAsync("one seat to be active with a keyboard and a mouse", status => status.Seats is [{ State: SeatState.Active, Devices.Count: 2, Problems.Count: 0 }], Cancellation);
}
