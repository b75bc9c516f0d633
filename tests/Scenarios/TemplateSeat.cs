using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC with a free graphics card and one machine that seats get clones of; no seat is configured, and no guest is named for one.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class TemplateSeat(RunningPc running) : Scenario(running)
{
    const string Memory = "/var/lib/phyllome-seats/memory";

    const string Clone = "base-seat1";

    const string Images = "/var/lib/libvirt/images";

    [Fact(Explicit = true)]
    public async Task A_second_keyboard_makes_a_seat_with_a_clone_of_the_template_and_nothing_of_it_is_left_when_its_person_has_gone()
    {
        await EverybodyLeavesAsync();
        var card = $"/sys/bus/pci/devices/{Seats.LeftGpu}";
        await Pc.MustRunAsync($"""
            rm -f {Memory}
            for guest in alpha beta; do virsh dumpxml $guest > /root/$guest.xml && virsh --quiet undefine $guest; done
            echo of-the-base > {Images}/base.img && truncate --size=16M {Images}/base.img
            modprobe vfio-pci && echo vfio-pci > {card}/driver_override && echo {Seats.LeftGpu} > {card}/driver/unbind && echo {Seats.LeftGpu} > /sys/bus/pci/drivers_probe
            """, Cancellation);
        // A clone says what it receives where its base would.
        var sitting = await Pc.DefineGuestAsync(new GuestRecipe("base") { MoreDevices = $"<disk type='file'><source file='{Images}/base.img'/><target dev='vda' bus='virtio'/></disk>" }, Cancellation);
        try
        {
            await Seats.ConfigureAsync("[spawn]\ntemplate = \"small\"\nlinger = \"1s\"\n\n[template.small]\nclone = \"base\"\n", Cancellation);
            await Seats.StartServiceAsync(Cancellation);
            await Pc.PlugKeyboardAsync("keyboard-host", "5", Cancellation);
            await Seats.WaitForStatusAsync("no seat", status => status.Seats.Count == 0 && status.Unassigned.Any(device => device.Kind == "keyboard"), Cancellation);
            var before = await LeftAsync();

            // While the service runs.
            await Seats.Left.PlugInAsync(Cancellation);
            var first = await SitsAtACloneAsync();
            await sitting.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation);
            var console = await Pc.HostConsoleReceivedAsync(Cancellation);
            Assert.Equal(Person.StrokesOf("my own machine"), await Seats.Left.TypeAsync("my own machine", sitting, Cancellation));
            Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));

            await LeavesAsync();
            Assert.Equal(before, await LeftAsync());

            // Before the service starts.
            await Seats.StopServiceAsync(Cancellation);
            await Seats.Left.PlugInAsync(Cancellation);
            await Seats.StartServiceAsync(Cancellation);
            Assert.NotEqual(first, await SitsAtACloneAsync());
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.UnplugAsync("keyboard-host", Cancellation);
            await Pc.MustRunAsync($"""
                rm -f {Memory}
                for guest in $(virsh list --all --name); do virsh --quiet undefine $guest; done
                rm -f {Images}/base* /root/read
                for guest in alpha beta; do virsh --quiet define /root/$guest.xml; done
                echo > {card}/driver_override; echo {Seats.LeftGpu} > /sys/bus/pci/drivers/vfio-pci/unbind; echo {Seats.LeftGpu} > /sys/bus/pci/drivers_probe
                """, Cancellation);
        }
    }

    /// <returns>The clone's UUID.</returns>
    async Task<string> SitsAtACloneAsync()
    {
        await Seats.WaitForStatusAsync(
            "one seat to be active with a clone", status => status.Seats is [{ State: SeatState.Active, Guest.Name: Clone, Devices.Count: 2, Problems.Count: 0 }], Cancellation);
        Assert.Equal("shut off", (await Pc.MustRunAsync("virsh domstate base", Cancellation)).Trim());
        Assert.Equal("of-the-base", (await Pc.MustRunAsync($"qemu-img dd --force-share -f qcow2 if={Images}/{Clone}.throwaway-vda.qcow2 of=/root/read bs=512 count=1 && head --bytes=11 /root/read", Cancellation)).Trim());
        return (await Pc.MustRunAsync($"virsh domuuid {Clone}", Cancellation)).Trim();
    }

    /// <summary>Its guest hears no power button, so that its plug is pulled.</summary>
    async Task LeavesAsync()
    {
        var since = await JournalAsync();
        await Seats.Left.UnplugAsync(Cancellation);
        await IsDoneAsync($"ask guest .{Clone}. of seat seat1 to shut down", since);
        await Pc.MustRunAsync($"virsh --quiet destroy {Clone}", Cancellation);
        await IsDoneAsync($"discard guest .{Clone}.", since);
        await Seats.WaitForStatusAsync("the seat to be away", status => status.Seats is [{ State: SeatState.Away, Guest: null }], Cancellation);
    }

    /// <summary>All of guests that is stored; the frozen disk stays for the next one.</summary>
    async Task<string> LeftAsync() => await Pc.MustRunAsync(
        "{ virsh list --all --name; virsh pool-list --all --name; find /var/lib/libvirt /etc/libvirt /run/libvirt -not -name '*.frozen*' -not -path '*/base.*' -not -path '*/capabilities*' -type f; } | sort", Cancellation);
}
