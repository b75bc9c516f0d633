using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>What goes wrong with a guest is said at its seat, is nobody else's, and leaves nothing behind.</summary>
public sealed class GuestsGoWrong(RunningPc running) : Scenario(running)
{
    [Theory(Explicit = true)]
    [InlineData("systemctl restart libvirtd.service")]
    [InlineData("systemctl kill --kill-whom=main --signal=KILL libvirtd.service")]
    public async Task Nobody_at_the_seats_notices_that_libvirts_daemon_goes_and_comes(string end)
    {
        await BothSitDownAsync();
        await NothingIsLeftByAsync(async () =>
        {
            var held = await HeldAsync(Qemu, Router);
            var away = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void See(SeatsStatus status)
            {
                if (status.Host.Problems.Any(problem => problem.Contains("qemu:///system", StringComparison.Ordinal))) away.TrySetResult();
            }
            Seats.StatusChanged += See;

            await Pc.MustRunAsync(end, Cancellation);
            await EachReceivesItsOwnAsync(keys: 5, movements: 5);
            await away.Task.WaitAsync(TwoSeatPc.StatusLimit, Cancellation);
            Seats.StatusChanged -= See;
            await Seats.WaitForStatusAsync("libvirt to be back", status => status.Host.Problems.Count == 0 && status.Guests.Count > 0, Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await EachReceivesItsOwnAsync(keys: 5, movements: 5);

            Assert.Equal(held, await HeldAsync(Qemu, Router));
        });
    }

    [Fact(Explicit = true)]
    public async Task A_guest_whose_medium_is_missing_starts_when_it_is_there()
    {
        const string Medium = "/var/lib/libvirt/images/installer.iso";
        await BothSitDownAsync();
        await NothingIsLeftByAsync(async () =>
        {
            await Pc.MustRunAsync($"virsh --quiet define /dev/stdin <<'END'\n{WithMedium("gamma", Medium)}\nEND", Cancellation);
            try
            {
                // Without the card, which alpha has while it runs.
                await Seats.ConfigureAsync(Seats.Configuration.Replace("\"alpha\", \"beta\"", "\"gamma\"", StringComparison.Ordinal)
                    .Replace($"gpu = \"pci:{Seats.LeftGpu}\"\n", "", StringComparison.Ordinal), Cancellation);
                var status = await Seats.WaitForStatusAsync("the missing medium to be said", now => LeftsProblems(now).Any(problem => problem.Contains(Medium, StringComparison.Ordinal)), Cancellation);
                Assert.Single(LeftsProblems(status));
                Assert.Equal(Person.StrokesOf("undisturbed"), await Seats.Right.TypeAsync("undisturbed", Seats.Beta, Cancellation));
                var refused = await Pc.RunAsync("seatctl seat start left", Cancellation);
                Assert.NotEqual(0, refused.ExitCode);
                Assert.Contains(Medium, refused.Errors, StringComparison.Ordinal);

                await Pc.MustRunAsync($"truncate --size=1M {Medium} && seatctl seat start left", Cancellation);
                await Seats.WaitForStatusAsync("gamma to run at seat left", now => now.Seats.Any(seat => seat is { Name: "left", State: SeatState.Active, Guest: { Name: "gamma", State: GuestState.Running } }), Cancellation);
            }
            finally
            {
                await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
                await Seats.WaitForStatusAsync("alpha to be left's again", now => now.Seats.Any(seat => seat is { Name: "left", Guest.Name: "alpha", Problems.Count: 0 }), Cancellation);
                await Pc.RunAsync($"virsh --quiet destroy gamma; virsh --quiet undefine gamma; rm -f {Medium}", Cancellation);
            }
        });
    }

    [Fact(Explicit = true)]
    public async Task A_guest_that_does_not_heed_its_power_button_is_said_to_run_on()
    {
        await BothSitDownAsync();
        var lines = Seats.Alpha.Lines.Count;
        await NothingIsLeftByAsync(async () =>
        {
            await Pc.MustRunAsync("seatctl seat stop left", Cancellation);
            await Seats.WaitForStatusAsync("alpha to be said to run on", status => LeftsProblems(status).Any(problem => problem.Contains("'virsh destroy alpha'", StringComparison.Ordinal)), Cancellation);
            await EachReceivesItsOwnAsync(keys: 5, movements: 5);

            await Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
            await Seats.WaitForStatusAsync("seat left to wait", status => status.Seats.Any(seat => seat is { Name: "left", State: SeatState.Waiting, Problems.Count: 0 }), Cancellation);
            await Pc.MustRunAsync("seatctl seat start left", Cancellation);
            await Seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, lines, Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        });
    }

    [Fact(Explicit = true)]
    public async Task A_stick_that_is_pulled_while_it_is_given_to_a_guest_is_gone()
    {
        await BothSitDownAsync();
        await NothingIsLeftByAsync(async () =>
        {
            for (var plugged = 0; plugged < 10; plugged++)
            {
                await Pc.PlugStickAsync("stick", "1.3", Cancellation);
                // Each time a little later in the attach than the time before: the host knows it, udev does, the manager does, the guest does.
                if (plugged % 5 > 0) await Pc.MustRunAsync("udevadm wait --timeout=60 /sys/bus/usb/devices/1-1.3", Cancellation);
                if (plugged % 5 > 1) await Pc.MustRunAsync("udevadm settle", Cancellation);
                if (plugged % 5 > 2) await Seats.WaitForStatusAsync("the stick to be left's", status => HasStick(status), Cancellation);
                if (plugged % 5 > 3) await Seats.WaitForUsbAsync(Seats.Alpha, "1-1.3", Cancellation);
                await Pc.UnplugAsync("stick", Cancellation);
            }
            await Seats.WaitForNoUsbAsync(Seats.Alpha, Cancellation);
            await Seats.WaitForStatusAsync("the stick to be nobody's", status => !HasStick(status), Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await EachReceivesItsOwnAsync(keys: 5, movements: 5);
        });
    }

    [Fact(Explicit = true)]
    public async Task A_clone_for_which_the_disk_has_no_room_is_refused_and_leaves_no_trace()
    {
        const string Folder = "/var/lib/libvirt/images/small";
        await NothingIsLeftByAsync(async () =>
        {
            await Pc.MustRunAsync($"""
                mkdir {Folder} && mount -t tmpfs -o size=200M small {Folder} && head -c 110M /dev/urandom > {Folder}/base.img
                virsh --quiet define /dev/stdin <<'END'
                {WithDisk("base", $"{Folder}/base.img")}
                END
                """, Cancellation);
            try
            {
                var before = await Pc.MustRunAsync($"ls -lR {Folder}", Cancellation);
                var refused = await Pc.RunAsync("seatctl guest clone base copy", Cancellation);
                Assert.NotEqual(0, refused.ExitCode);
                Assert.Contains($"free, and the frozen copy of {Folder}/base.img takes", refused.Errors, StringComparison.Ordinal);
                Assert.Equal(before, await Pc.MustRunAsync($"ls -lR {Folder}", Cancellation));
            }
            finally
            {
                await Pc.RunAsync($"virsh --quiet undefine base; umount {Folder} && rmdir {Folder}", Cancellation);
            }
        });
    }

    static ValueList<string> LeftsProblems(SeatsStatus status) => status.Seats.FirstOrDefault(seat => seat.Name == "left")?.Problems ?? [];

    static bool HasStick(SeatsStatus status) => status.Seats.Any(seat => seat.Name == "left" && seat.Devices.Any(device => device.Id == "port:1-1.3"));

    static string WithMedium(string name, string medium) => EmulatedGuest.Xml(name, $"<disk type='file' device='cdrom'><source file='{medium}'/><target dev='sda' bus='sata'/><readonly/></disk>");

    static string WithDisk(string name, string disk) => EmulatedGuest.Xml(name, $"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>");
}
