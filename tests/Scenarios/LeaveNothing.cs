namespace Phyllome.Seats.Scenarios;

[Collection(Order.Removal)]
public sealed class LeaveNothing(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task Stopping_and_removing_it_takes_the_inputs_out_of_running_guests_and_leaves_nothing()
    {
        await BothSitDownAsync();
        await ComesAnewAsync(Seats.Left);
        Assert.Equal("seat-left", await UdevSeatsAsync("1-1.1"));
        Assert.NotEmpty(await Traces.GrabbedNodesAsync(Pc));
        var guests = await ProcessesAsync(Qemu);

        try
        {
            await Seats.StopServiceAsync(Cancellation);

            Assert.Equal(guests, await ProcessesAsync(Qemu));
            Assert.Empty(await Pc.MustRunAsync($"for pid in $(pgrep -x {Qemu}); do ls -l /proc/$pid/fd | grep /dev/input || true; done", Cancellation));
            Assert.Empty(await Traces.GrabbedNodesAsync(Pc));
            Assert.Empty((await Pc.RunAsync("grep Phys=phyllome/ /proc/bus/input/devices; pgrep -a phyllome; ls -A /run/phyllome-seats 2>/dev/null", Cancellation)).Output);
            // Main loops that spin on a dead node take all of the processor between them; those that wait take next to nothing.
            Assert.Empty(await Pc.MustRunAsync("top -b -d 5 -n 2 | awk '/^top/ { n++ } n == 2 && /qemu/ { used += $9 } END { if (used > 90) print used }'", Cancellation));

            // The keyboards are the host's again.
            var console = await Pc.HostConsoleReceivedAsync(Cancellation);
            await Seats.Left.Keyboard.TypeAsync("mine", Cancellation);
            await Pc.MustRunAsync($"timeout 60 sh -c 'tail --bytes=+{console.Length + 1} --follow /var/log/console-received | head --bytes=4'", Cancellation);
            Assert.Equal(console + "mine", await Pc.HostConsoleReceivedAsync(Cancellation));

            Assert.Equal("none", await UdevSeatsAsync("1-1.1"));
            await AsAtBootAsync();

            await RemovePackageAsync();
            var after = await Traces.FindAsync(Pc);
            Assert.Equal([], after.Except(BeforeInstallation));
            Assert.Equal([], BeforeInstallation.Except(after));
        }
        finally
        {
            await Seats.PowerOffGuestsAsync(Cancellation);
        }
    }
    /// <summary>Before anybody has looked at a device, udev is told of all that are there.</summary>
    async Task AsAtBootAsync()
    {
        Assert.Contains("systemd-udev-trigger.service", await Pc.MustRunAsync("systemctl show --property=Before phyllome-seats-rules.service", Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain("cycle", await Pc.MustRunAsync("systemd-analyze --man=no verify multi-user.target 2>&1 || true", Cancellation), StringComparison.OrdinalIgnoreCase);
        await Pc.MustRunAsync("systemctl start phyllome-seats-rules.service && systemctl restart systemd-udev-trigger.service", Cancellation);
        Assert.Equal("seat-left", await UdevSeatsAsync("1-1.1"));
        await Pc.MustRunAsync("systemctl stop phyllome-seats-rules.service", Cancellation);
        Assert.Equal("none", await UdevSeatsAsync("1-1.1"));
    }
}
