using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

public sealed class TabletIsCloned(RunningPc running) : Scenario(running)
{
    const string Tablet = "tablet-left", Device = "QEMU_QEMU_USB_Tablet";
    const int Button = 0x110;

    [Fact]
    public async Task A_tablet_is_plugged_into_running_guests_follows_the_focus_and_comes_and_goes_unnoticed()
    {
        await BothSitDownAsync();
        var (alpha, beta) = (Seats.Alpha.Lines.Count, Seats.Beta.Lines.Count);
        var since = await JournalAsync();
        await PlugInAsync();
        try
        {
            foreach (var (guest, from) in new[] { (Seats.Alpha, alpha), (Seats.Beta, beta) })
                await guest.WaitForAsync("the tablet", lines => lines.OfType<GuestDeviceAdded>().Any(added => added.Device == Device), SightLimit, from, Cancellation);
            await IsDoneAsync("open the input of guest", since, times: 2);

            await SeesAsync(Seats.Alpha, Device, [(3, 0, 1000), (3, 1, 2000)], () => Pc.Mouse(Tablet).PointAsync(1000, 2000, Cancellation));
            await SeesAsync(Seats.Alpha, Device, [(1, Button, 1)], () => Pc.Mouse(Tablet).PressAsync("left", Cancellation));

            // The button is down when the focus goes: it goes up in alpha, and is dead in beta.
            beta = Seats.Beta.Lines.Count;
            await SeesAsync(Seats.Alpha, Device, [(1, Button, 0)], () => Seats.Left.Keyboard.ChordAsync(["leftmeta", "tab"], Cancellation));
            await Seats.WaitForFocusAsync(Seats.Left, Seats.Beta, Cancellation);
            await Pc.Mouse(Tablet).ReleaseAsync("left", Cancellation);
            alpha = Seats.Alpha.Lines.Count;
            await SeesAsync(Seats.Beta, Device, [(3, 0, 3000), (3, 1, 4000)], () => Pc.Mouse(Tablet).PointAsync(3000, 4000, Cancellation));
            Assert.DoesNotContain(Of(Seats.Beta, beta), one => one.IsKey);
            Assert.Empty(Of(Seats.Alpha, alpha));

            // Pulled with the button down.
            await SeesAsync(Seats.Beta, Device, [(1, Button, 1)], () => Pc.Mouse(Tablet).PressAsync("left", Cancellation));
            beta = Seats.Beta.Lines.Count;
            await SeesAsync(Seats.Beta, Device, [(1, Button, 0)], () => Pc.UnplugAsync(Tablet, Cancellation));
            since = await JournalAsync();
            await PlugInAsync();
            await IsDoneAsync("take /dev/input/event", since);
            await SeesAsync(Seats.Beta, Device, [(3, 0, 500), (3, 1, 600)], () => Pc.Mouse(Tablet).PointAsync(500, 600, Cancellation));
            Assert.DoesNotContain(Seats.Beta.Lines.Skip(beta), line => line is GuestDeviceAdded or GuestDeviceRemoved);
        }
        finally
        {
            await Pc.UnplugAsync(Tablet, Cancellation);
        }
    }

    async Task PlugInAsync()
    {
        // On left's hub, beside the keyboard and the mouse.
        await Pc.PlugAsync(new PcTablet(Tablet, "1.3"), Cancellation);
        await Pc.WaitUntilPluggedInAsync(Tablet, Cancellation);
    }

    static IEnumerable<GuestEvent> Of(PcGuest guest, int from) => guest.Lines.Skip(from).OfType<GuestEvent>().Where(one => one.Device == Device);
}
