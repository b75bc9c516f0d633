using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC with one card and two monitors under a desktop (sway), which keeps the first and gives the second, in a PC of its own from an image of its own.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class DesktopLends
{
    const string Session = "person-session.service";

    static string Pictures { get; } = Path.Combine(ThePackage.Artifacts, "desktop-lends");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(StartOrder.Coldplug)]
    [InlineData(StartOrder.Hotplug)]
    public async Task A_desktop_leases_the_monitor_that_it_offers_and_shows_a_window_on_the_one_that_it_keeps_and_logging_out_leaves_the_seats_waiting(StartOrder order)
    {
        await using var seats = await TwoSeatPc.StartAsync(TwoSeatPc.OneCardHardware(DebianRelease.Bookworm) with { Software = PcSoftware.Desktop }, new Said(), Cancellation);
        try
        {
            var monitors = new BootMonitors(seats.Pc, Pictures);
            await monitors.PlugInAsync(Cancellation);
            var connectors = await monitors.ConnectorsAsync(Cancellation);
            if (order == StartOrder.Coldplug) await seats.Right.PlugInAsync(Cancellation);
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            await OfferAsync(seats, connectors[1]);
            await MakeSessionAsync(seats);
            await LogInAsync(seats);

            var configured = $"""
                [[seat]]
                name = "right"
                guests = ["beta"]
                devices = ["port:1-2"]
                displays = ["connector:{connectors[1]}"]


                """;
            await seats.ConfigureAsync(configured, Cancellation);
            if (order == StartOrder.Hotplug) await seats.Right.PlugInAsync(Cancellation);
            await IsLeasedAsync(seats);
            await seats.Beta.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation);
            var right = await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
            Assert.Equal(BootMonitors.Sizes[1], (right.Width, right.Height));
            await monitors.WaitForPictureAsync(0, IsDesktop, "the desktop", Cancellation);
            await seats.Right.TypeAsync("hi", seats.Beta, Cancellation);
            right = await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);

            // No picture goes with the manager.
            seats.ForgetStatus();
            await seats.Pc.MustRunAsync("systemctl kill --kill-whom=main --signal=KILL phyllome-seatd.service", Cancellation);
            await IsLeasedAsync(seats);
            Assert.Equal(0, (await monitors.PhotographAsync(1, Cancellation)).DifferencesFrom(right));

            // When the guest is off the desktop has its monitor, and when it is back the seat has.
            await seats.Pc.MustRunAsync("virsh --quiet destroy beta", Cancellation);
            await seats.WaitForStatusAsync("the monitor to be the desktop's", status => status.Seats is [{ State: SeatState.Waiting, Displays: [{ Way: null }], Guest.State: GuestState.Off }], Cancellation);
            var since = seats.Beta.Lines.Count;
            await seats.Pc.MustRunAsync("seatctl seat start right", Cancellation);
            await IsLeasedAsync(seats);
            await seats.Beta.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, since, Cancellation);
            await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);

            // Logging out.
            await seats.Pc.MustRunAsync($"systemctl stop {Session}", Cancellation);
            var waiting = await seats.WaitForStatusAsync("the seat to wait", status => status.Seats is [{ State: SeatState.Waiting, Displays: [{ Way: null }], Guest.State: GuestState.Running, Problems.Count: 1 }], Cancellation);
            Assert.Contains("log in there again", waiting.Seats[0].Problems[0], StringComparison.Ordinal);
            await LogInAsync(seats);
            await IsLeasedAsync(seats);
            await monitors.WaitUntilItShowsAsync(1, "beta", Cancellation);
            await monitors.WaitForPictureAsync(0, IsDesktop, "the desktop", Cancellation);

            // A seat at the monitor that the desktop keeps: the guest is over all of it while it runs.
            if (order == StartOrder.Coldplug) await seats.Left.PlugInAsync(Cancellation);
            await seats.ConfigureAsync($"""
                {configured}[[seat]]
                name = "left"
                guests = ["alpha"]
                devices = ["port:1-1"]
                displays = ["connector:{connectors[0]}"]

                """, Cancellation);
            if (order == StartOrder.Hotplug) await seats.Left.PlugInAsync(Cancellation);
            await seats.WaitForStatusAsync("the desktop to show a window", status => status.Seats is [{ State: SeatState.Active, Displays: [{ Way: "desktop-lease" }] }, { State: SeatState.Active, Problems.Count: 0, Displays: [{ Way: "window" }] }], Cancellation);
            await seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation);
            var left = await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            Assert.Equal(BootMonitors.Sizes[0], (left.Width, left.Height));
            await seats.Left.TypeAsync("hi", seats.Alpha, Cancellation);
            await monitors.WaitUntilItShowsAsync(0, "alpha", Cancellation);
            await seats.Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
            await monitors.WaitForPictureAsync(0, IsDesktop, "the desktop", Cancellation);

            // Without the seats nothing of them is left, and the desktop stays.
            await seats.StopServiceAsync(Cancellation);
            Assert.Empty((await seats.Pc.RunAsync("ls -A /run/phyllome-seats 2>/dev/null", Cancellation)).Output);
            await monitors.WaitForPictureAsync(0, IsDesktop, "the desktop", Cancellation);
            // Neither the guests' ends nor the desktop's were a presenter's failure.
            Assert.Empty(await seats.Pc.MustRunAsync("journalctl --quiet --output=cat --priority=err --unit='phyllome-presenter@*'", Cancellation));
        }
        finally
        {
            await seats.Pc.CollectLogsAsync(Pictures, Cancellation);
            await File.WriteAllTextAsync(Path.Combine(Pictures, "sway.log"), (await seats.Pc.RunAsync("cat /home/person/sway.log", Cancellation)).Output, Cancellation);
        }
    }

    static Task<SeatsStatus> IsLeasedAsync(TwoSeatPc seats) => seats.WaitForStatusAsync(
        "the desktop to lease the monitor", status => status.Seats is [{ State: SeatState.Active, Problems.Count: 0, Displays: [{ Way: "desktop-lease" }] }], Cancellation);

    static bool IsDesktop(Pixels picture) => picture.At(picture.Width / 2, picture.Height / 2) == (0x20, 0x60, 0xa0);

    /// <summary>Has the kernel take the monitor for one that is no desktop's, which is what a desktop of wlroots offers: it is called a headset of HTC's, whose like drm_edid.c knows.</summary>
    static Task<string> OfferAsync(TwoSeatPc seats, string connector) => seats.Pc.MustRunAsync($$"""
        mountpoint --quiet /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
        python3 - <<'END'
        connector = '{{connector}}'
        card, name = connector.split('-', 1)
        edid = bytearray(open(f'/sys/class/drm/{connector}/edid', 'rb').read())
        edid[8:12] = b'\x22\xd2\x01\xaa'
        edid[127] = -sum(edid[:127]) % 256
        open(f'/sys/kernel/debug/dri/{card[4:]}/{name}/edid_override', 'wb').write(edid)
        END
        """, Cancellation);

    /// <summary>A person with sway in a session of logind's, as after logging in, on the first terminal that logind starts no getty at: that would hang up whoever is there.</summary>
    static Task<string> MakeSessionAsync(TwoSeatPc seats) => seats.Pc.MustRunAsync($$"""
        useradd --create-home --shell /bin/bash person
        mkdir -p /home/person/.config/sway
        cat > /home/person/.config/sway/config <<'END'
        xwayland disable
        output * bg #2060a0 solid_color
        exec systemctl --user import-environment WAYLAND_DISPLAY && systemctl --user start phyllome-desktop
        END
        chown -R person: /home/person
        cat > /run/systemd/system/{{Session}} <<'END'
        [Unit]
        After=systemd-user-sessions.service
        [Service]
        User=person
        PAMName=login
        TTYPath=/dev/tty7
        StandardInput=tty
        StandardOutput=journal
        UtmpIdentifier=tty7
        UtmpMode=user
        Environment=WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 XDG_SESSION_TYPE=wayland
        ExecStartPre=+/usr/bin/chvt 7
        ExecStart=/bin/sh -c 'exec sway --debug > sway.log 2>&1'
        WorkingDirectory=/home/person
        END
        systemctl daemon-reload
        """, Cancellation);

    static Task<string> LogInAsync(TwoSeatPc seats) => seats.Pc.MustRunAsync($"""
        since=$(date +%s)
        systemctl start {Session}
        timeout 180 grep --max-count=1 'the manager is there' < <(exec journalctl --output=cat --since=@$since --no-tail --follow _SYSTEMD_USER_UNIT=phyllome-desktop.service)
        """, Cancellation);
}
