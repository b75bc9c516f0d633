namespace Phyllome.Seats.Scenarios;

/// <summary>What is plugged in beside a seat's keyboard and mouse is its guest's; what the host has mounted is not.</summary>
public sealed class UsbFollowsTheSeat(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task A_stick_behind_a_seats_hub_is_its_running_guests_until_it_is_pulled()
    {
        await BothSitDownAsync();
        await Pc.PlugStickAsync("stick", "1.3", Cancellation);
        try
        {
            await Seats.WaitForUsbAsync(Seats.Alpha, "1-1.3", Cancellation);
            await Seats.WaitForStatusAsync("the stick to be left's", status => status.Seats.Any(seat => seat.Name == "left"
                && seat.Devices.Any(device => device is { Id: "port:1-1.3", Kind: "storage", Whole: true, Problem: null })), Cancellation);
            Assert.Equal("usbfs", (await Pc.MustRunAsync("basename $(readlink /sys/bus/usb/devices/1-1.3:1.0/driver)", Cancellation)).Trim());
            Assert.DoesNotContain("hostdev mode='subsystem' type='usb'", await Pc.MustRunAsync("virsh dumpxml --inactive alpha; virsh dumpxml beta", Cancellation), StringComparison.Ordinal);
        }
        finally
        {
            await Pc.UnplugAsync("stick", Cancellation);
        }

        await Seats.WaitForNoUsbAsync(Seats.Alpha, Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await EachReceivesItsOwnAsync(keys: 5, movements: 5);
    }

    [Fact]
    public async Task A_stick_that_the_host_has_mounted_stays_with_it_until_it_is_unmounted()
    {
        await BothSitDownAsync();
        await Pc.MustRunAsync("systemctl stop phyllome-seatd.service", Cancellation);
        Seats.ForgetStatus();
        await Pc.PlugStickAsync("stick", "1.4", Cancellation);
        try
        {
            await Pc.MustRunAsync("udevadm wait --timeout=60 /dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_stick-0:0 && mke2fs -q /dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_stick-0:0 && mount /dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_stick-0:0 /mnt", Cancellation);
            await Seats.StartServiceAsync(Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            Assert.Contains(Seats.Status.Unassigned, device => device is { Id: "port:1-1.4", Kind: "storage", Whole: false });
            var why = await Pc.MustRunAsync("seatctl explain port:1-1.4", Cancellation);
            Assert.Contains("the host's: the host uses it: /mnt is mounted from it", why, StringComparison.Ordinal);
            Assert.Contains("not otherwise: configured: port:1-1", why, StringComparison.Ordinal);
            await Pc.MustRunAsync("echo written > /mnt/file && sync", Cancellation);

            await Pc.MustRunAsync("umount /mnt", Cancellation);

            await Seats.WaitForUsbAsync(Seats.Alpha, "1-1.4", Cancellation);
        }
        finally
        {
            await Pc.RunAsync("umount /mnt", Cancellation);
            await Pc.UnplugAsync("stick", Cancellation);
        }

        await Seats.WaitForNoUsbAsync(Seats.Alpha, Cancellation);
    }
}
