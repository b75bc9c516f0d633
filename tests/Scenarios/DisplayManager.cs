using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>LightDM, which starts a greeter on each seat of logind's, in a PC of its own from an image of its own.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class DisplayManager
{
    const string Log = "/var/log/lightdm/lightdm.log";

    const string Manager = "journalctl --unit=phyllome-seatd.service --output=cat --no-tail --follow";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_greeter_comes_on_the_hosts_seat_alone_and_its_X_server_has_nothing_of_the_seats_until_the_host_takes_it()
    {
        await using var seats = await TwoSeatPc.StartAsync(TwoSeatPc.Hardware(DebianRelease.Bookworm) with { Software = PcSoftware.Greeter }, new Said(), Cancellation);
        try
        {
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            await seats.ConfigureAsync(seats.Configuration, Cancellation);
            await SaysAsync(seats, ": done: let udev keep what the seats have off the host", Manager);
            await seats.PlugInWhatIsMissingAsync(Cancellation);
            await seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);

            await seats.Pc.MustRunAsync("systemctl start lightdm", Cancellation);
            await SaysAsync(seats, "Greeter connected", $"tail --lines=+1 --follow=name --retry {Log}");
            await HasComeToXAsync(seats, "5");
            await OnlyTheHostHasAGreeterAsync(seats);

            // As a person who is late: what comes while the greeter is there.
            await seats.Left.UnplugAsync(Cancellation);
            await seats.WaitUntilAwayAsync(seats.Left, Cancellation);
            await seats.Left.PlugInAsync(Cancellation);
            await seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await HasComeToXAsync(seats, "6");
            await OnlyTheHostHasAGreeterAsync(seats);

            // A card that comes back to the host.
            await seats.Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
            await seats.WaitForStatusAsync("alpha to be off", status => status.Seats is [{ Guest.State: GuestState.Off }, _], Cancellation);
            await seats.Pc.MustRunAsync($"seatctl gpu release {seats.LeftGpu} && udevadm settle", Cancellation);
            Assert.Equal("bochs-drm", (await seats.Pc.MustRunAsync($"basename $(readlink /sys/bus/pci/devices/{seats.LeftGpu}/driver)", Cancellation)).Trim());
            await HasComeToXAsync(seats, "7");
            await OnlyTheHostHasAGreeterAsync(seats);

            // It would have taken all of it: what the host takes back is its own at once, and a card may be the screen of a seat of logind's.
            await seats.Pc.MustRunAsync("seatctl host take", Cancellation);
            await SaysAsync(seats, ": done: let udev give all devices to the host", Manager);
            await seats.WaitForStatusAsync("the host to have all devices", status => status.Seats.All(seat => seat.State == SeatState.Away), Cancellation);
            await HasComeToXAsync(seats, "8");
            var x = await XHasAsync(seats);
            Assert.Contains("/1-1.1/", x, StringComparison.Ordinal);
            Assert.Contains($"/{seats.LeftGpu}", x, StringComparison.Ordinal);
            await seats.Pc.MustRunAsync($$"""
                echo 'SUBSYSTEM=="drm", SUBSYSTEMS=="pci", KERNELS=="{{seats.LeftGpu}}", ENV{ID_SEAT}="seat-other"' > /run/udev/rules.d/72-scenario.rules
                udevadm control --reload && udevadm trigger --action=add /sys/bus/pci/devices/{{seats.LeftGpu}}/drm/card*
                """, Cancellation);
            await SaysAsync(seats, "New seat added from logind: seat-other", $"tail --lines=+1 --follow=name --retry {Log}");
        }
        finally
        {
            await seats.Pc.RunAsync($"cp {Log} /var/log/Xorg.0.log /mnt/share", Cancellation);
            await seats.Pc.CollectLogsAsync(Path.Combine(ThePackage.Artifacts, "display-manager"), Cancellation);
        }
    }

    static async Task OnlyTheHostHasAGreeterAsync(TwoSeatPc seats)
    {
        Assert.Equal("seat0", (await seats.Pc.MustRunAsync("loginctl --no-legend list-seats", Cancellation)).Trim());
        Assert.Equal("New seat added from logind: seat0", (await seats.Pc.MustRunAsync($"grep --only-matching 'New seat added from logind: .*' {Log}", Cancellation)).Trim());
        Assert.Equal("1", (await seats.Pc.MustRunAsync("pgrep --count --exact lightdm-gtk-gre", Cancellation)).Trim());
        var x = await XHasAsync(seats);
        Assert.Contains("/1-5/", x, StringComparison.Ordinal);
        foreach (var theirs in new[] { "/1-1/", "/1-2/", $"/{seats.LeftGpu}", $"/{seats.RightGpu}" })
            Assert.DoesNotContain(theirs, x, StringComparison.Ordinal);
    }

    /// <summary>The places in sysfs of the input devices and graphics cards that the X server has open.</summary>
    static Task<string> XHasAsync(TwoSeatPc seats) => seats.Pc.MustRunAsync("""
        for node in $(ls -l /proc/$(pgrep --exact Xorg)/fd | sed -n 's:.* -> /dev/\(input\|dri\)/::p' | sort -u); do
          for class in input drm; do [ ! -e /sys/class/$class/$node ] || readlink -f /sys/class/$class/$node; done
        done
        """, Cancellation);

    /// <summary>Plugs a keyboard of the host's in: the X server is told of all devices in the order in which they come, so what came before it has passed too.</summary>
    static async Task HasComeToXAsync(TwoSeatPc seats, string port)
    {
        await seats.Pc.PlugKeyboardAsync($"keyboard-host-{port}", port, Cancellation);
        await seats.Pc.WaitUntilPluggedInAsync($"keyboard-host-{port}", Cancellation);
        var node = (await seats.Pc.MustRunAsync($"basename $(readlink -f /dev/input/by-path/*-usb-0:{port}:1.0-event-kbd)", Cancellation)).Trim();
        await SaysAsync(seats, $"Adding input device.*/dev/input/{node})", "tail --lines=+1 --follow=name --retry /var/log/Xorg.0.log");
    }

    static Task<string> SaysAsync(TwoSeatPc seats, string sentence, string follow) =>
        seats.Pc.MustRunAsync($"timeout 300 grep --max-count=1 '{sentence}' < <(exec {follow})", Cancellation);
}
