using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>The same package on a newer kernel, udev, systemd, libvirt and QEMU, in a PC of its own.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class DebianThirteen
{
    [Fact]
    public async Task Two_people_sit_down_and_each_guest_receives_just_its_own_also_when_one_of_them_shuts_theirs_down()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var seats = await TwoSeatPc.StartAsync(DebianRelease.Trixie, new Said(), cancellation);
        try
        {
            await seats.InstallAsync(ThePackage.Path, cancellation);
            await seats.ConfigureAsync(seats.Configuration, cancellation);
            await seats.PlugInWhatIsMissingAsync(cancellation);
            await seats.WaitUntilBothSeatsAreActiveAsync(cancellation);
            await seats.WaitUntilBothGuestsListenAsync(cancellation);
            var console = await seats.Pc.HostConsoleReceivedAsync(cancellation);

            await seats.EachReceivesItsOwnAsync(keys: 30, movements: 30, cancellation);
            await seats.Left.Keyboard.ChordAsync(["leftmeta", "tab"], cancellation);
            await seats.WaitForFocusAsync(seats.Left, seats.Beta, cancellation);
            Assert.Equal(Person.StrokesOf("over here"), await seats.Left.TypeAsync("over here", seats.Beta, cancellation));

            await seats.Left.Keyboard.ChordAsync(["leftctrl", "rightctrl"], cancellation);
            await seats.WaitForFocusAsync(seats.Left, seats.Alpha, cancellation);
            await seats.Left.Keyboard.ChordAsync(["leftctrl", "leftalt", "end"], cancellation);
            await seats.WaitForStatusAsync("seat left to wait", status => status.Seats.Any(seat => seat is { Name: "left", State: SeatState.Waiting, Guest.State: GuestState.Off }), cancellation);
            Assert.Equal("shut off (shutdown)", (await seats.Pc.MustRunAsync("virsh domstate alpha --reason", cancellation)).Trim());
            Assert.Equal(Person.StrokesOf("undisturbed"), await seats.Right.TypeAsync("undisturbed", seats.Beta, cancellation));
            Assert.Equal("shut off (shutdown)", (await seats.Pc.MustRunAsync("virsh domstate alpha --reason", cancellation)).Trim());

            Assert.Equal(console, await seats.Pc.HostConsoleReceivedAsync(cancellation));

            await AdoptsWhatItsOwnerStartsAsync(seats, cancellation);
        }
        finally
        {
            await seats.Pc.CollectLogsAsync(Path.Combine(ThePackage.Artifacts, "debian-13"), cancellation);
        }
    }

    /// <summary>The seat's guest runs without anything of the seat's: it gets what can be plugged into one that runs, and the seat says what cannot.</summary>
    static async Task AdoptsWhatItsOwnerStartsAsync(TwoSeatPc seats, CancellationToken cancellation)
    {
        var stored = await seats.Pc.MustRunAsync("virsh dumpxml --inactive --security-info alpha", cancellation);
        var lines = seats.Alpha.Lines.Count;
        await seats.Pc.MustRunAsync("virsh --quiet start alpha", cancellation);
        await seats.WaitForStatusAsync(
            "alpha to be adopted without its card",
            status => status.Seats.Any(seat => seat is { Name: "left", State: SeatState.Active, Problems: [var only] } && only.Contains($"runs without the gpu {seats.LeftGpu}", StringComparison.Ordinal)), cancellation);
        await seats.Alpha.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, lines, cancellation);
        await seats.EachReceivesItsOwnAsync(keys: 10, movements: 10, cancellation);
        await seats.Pc.PlugStickAsync("stick", "1.3", cancellation);
        await seats.WaitForUsbAsync(seats.Alpha, "1-1.3", cancellation);
        Assert.Equal(stored, await seats.Pc.MustRunAsync("virsh dumpxml --inactive --security-info alpha", cancellation));
    }
}
