namespace Phyllome.Seats.Scenarios;

/// <summary>What a claim writes, taken at its word by this PC's own udev, shell and initramfs-tools; what a restart makes of it is <see cref="GpuIsClaimed"/>'s.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class GpuClaimFiles(RunningPc running) : Scenario(running)
{
    const string Initramfs = "/boot/initrd.img-$(uname -r)", Script = "/etc/initramfs-tools/scripts/init-top/phyllome-gpus";

    [Fact(Explicit = true)]
    public async Task Udev_and_the_initramfs_bind_the_claimed_card_alone_and_nothing_of_it_is_left_when_it_is_released()
    {
        await EverybodyLeavesAsync();
        var before = await FilesAsync();
        Assert.Contains("run update-initramfs -u -k all", await Pc.MustRunAsync($"seatctl gpu claim {Seats.LeftGpu} --dry-run", Cancellation), StringComparison.Ordinal);
        Assert.Equal(before, await FilesAsync());
        try
        {
            await Pc.MustRunAsync($"seatctl gpu claim {Seats.LeftGpu} --yes", Cancellation);
            var inside = await Pc.MustRunAsync($"lsinitramfs {Initramfs}", Cancellation);
            Assert.Contains("scripts/init-top/phyllome-gpus", inside, StringComparison.Ordinal);
            Assert.Contains("/vfio-pci.ko", inside, StringComparison.Ordinal);

            // As when the kernel finds the cards: udev's rule sets the override of the one, and the driver that is bound stays.
            await Pc.MustRunAsync($"udevadm trigger --action=add --settle /sys/bus/pci/devices/{Seats.LeftGpu} /sys/bus/pci/devices/{Seats.RightGpu}", Cancellation);
            Assert.Equal(("vfio-pci", "(null)"), (await OverrideAsync(Seats.LeftGpu), await OverrideAsync(Seats.RightGpu)));
            await Pc.MustRunAsync($"echo > /sys/bus/pci/devices/{Seats.LeftGpu}/driver_override", Cancellation);
            await Pc.MustRunAsync($"{Script} prereqs", Cancellation);
            Assert.Equal("(null)", await OverrideAsync(Seats.LeftGpu));
            // A card without a driver is bound at once, also where vfio-pci was loaded before.
            await Pc.MustRunAsync($"modprobe vfio-pci; echo {Seats.LeftGpu} > /sys/bus/pci/drivers/bochs-drm/unbind; udevadm trigger --action=add --settle /sys/bus/pci/devices/{Seats.LeftGpu}", Cancellation);
            Assert.Equal(("vfio-pci", "bochs-drm"), (await DriverAsync(Seats.LeftGpu), await DriverAsync(Seats.RightGpu)));
            // And by the initramfs, which comes before any driver.
            await Pc.MustRunAsync($"echo > /sys/bus/pci/devices/{Seats.LeftGpu}/driver_override; {Script}", Cancellation);
            Assert.Equal(("vfio-pci", "(null)"), (await OverrideAsync(Seats.LeftGpu), await OverrideAsync(Seats.RightGpu)));
            Assert.Equal(1, (await Pc.RunAsync("seatctl gpu confirm", Cancellation)).ExitCode);
        }
        finally
        {
            await Pc.MustRunAsync($"seatctl gpu release {Seats.LeftGpu} --yes", Cancellation);
            await EverybodyLeavesAsync();
        }
        Assert.Equal(before, await FilesAsync());
        Assert.DoesNotContain("phyllome", await Pc.MustRunAsync($"lsinitramfs {Initramfs}", Cancellation), StringComparison.Ordinal);
    }

    Task<string> FilesAsync() => Pc.MustRunAsync("find /etc -type f | sort", Cancellation);

    async Task<string> OverrideAsync(string card) => (await Pc.MustRunAsync($"cat /sys/bus/pci/devices/{card}/driver_override", Cancellation)).Trim();
}
