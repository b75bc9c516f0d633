using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC with a free graphics card and one machine that seats get clones of; no seat is configured, and no guest is named for one.</summary>
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
            truncate --size=64M {Images}/base.img && echo of-the-base | dd of={Images}/base.img bs=1M seek=32 conv=notrunc status=none
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
            var first = await SitsAtACloneAsync(sitting, "my own machine", from: 0);

            // Its guest hears no power button, so that its plug is pulled.
            await LeavesAsync(before);

            // Before the service starts.
            await Seats.StopServiceAsync(Cancellation);
            await Seats.Left.PlugInAsync(Cancellation);
            var from = sitting.Lines.Count;
            await Seats.StartServiceAsync(Cancellation);
            Assert.NotEqual(first, await SitsAtACloneAsync(sitting, "a fresh one", from));
            await LeavesAsync(before);
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.UnplugAsync("keyboard-host", Cancellation);
            await Pc.MustRunAsync($"""
                rm -f {Memory}
                for guest in $(virsh list --all --name); do virsh --quiet undefine $guest; done
                rm -f {Images}/base*
                for guest in alpha beta; do virsh --quiet define /root/$guest.xml; done
                echo > {card}/driver_override; echo {Seats.LeftGpu} > /sys/bus/pci/drivers/vfio-pci/unbind; echo {Seats.LeftGpu} > /sys/bus/pci/drivers_probe
                """, Cancellation);
        }
    }

    /// <returns>The clone's UUID.</returns>
    async Task<string> SitsAtACloneAsync(PcGuest sitting, string text, int from)
    {
        await Seats.WaitForStatusAsync(
            "one seat to be active with a clone", status => status.Seats is [{ State: SeatState.Active, Guest.Name: Clone, Devices.Count: 2, Problems.Count: 0 }], Cancellation);
        await sitting.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, from, Cancellation);
        Assert.Equal("shut off", (await Pc.MustRunAsync("virsh domstate base", Cancellation)).Trim());
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);
        Assert.Equal(Person.StrokesOf(text), await Seats.Left.TypeAsync(text, sitting, Cancellation));
        Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));
        Assert.Equal("of-the-base", (await Pc.MustRunAsync($"qemu-img dd --force-share -f qcow2 if={Images}/{Clone}.throwaway-vda.qcow2 of=/root/read bs=1M skip=32 count=1 && head --bytes=11 /root/read", Cancellation)).Trim());
        return (await Pc.MustRunAsync($"virsh domuuid {Clone}", Cancellation)).Trim();
    }

    async Task LeavesAsync(string before)
    {
        var since = await JournalAsync();
        await Seats.Left.UnplugAsync(Cancellation);
        await IsDoneAsync($"ask guest '{Clone}' of seat seat1 to shut down", since);
        await Pc.MustRunAsync($"virsh --quiet destroy {Clone}", Cancellation);
        await IsDoneAsync($"discard guest '{Clone}'", since);
        await Seats.WaitForStatusAsync("the seat to be away", status => status.Seats is [{ State: SeatState.Away, Guest: null }], Cancellation);
        Assert.Equal(before, await LeftAsync());
    }

    /// <summary>All of guests that is stored; the frozen disk stays for the next one.</summary>
    async Task<string> LeftAsync() => await Pc.MustRunAsync(
        "{ virsh list --all --name; virsh pool-list --all --name; find /var/lib/libvirt /etc/libvirt /run/libvirt -not -name '*.frozen*' -not -path '*/base.*' -not -path '*/capabilities*' -type f; } | sort", Cancellation);
}
