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
            await seats.Left.PlugInAsync(cancellation);
            await seats.Right.PlugInAsync(cancellation);
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
        }
        finally
        {
            await seats.Pc.CollectLogsAsync(Path.Combine(ThePackage.Artifacts, "debian-13"), cancellation);
        }
    }
}
