using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC that is switched off and on again, with a card that is claimed for guests. Five boots, so it runs on request (--explicit only).</summary>
public sealed class GpuIsClaimed
{
    static readonly PcHardware Hardware = new() { Gpus = [new("claimed"), new("left-alone")] };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_claimed_card_is_bound_from_the_boot_on_and_is_the_hosts_again_when_released_or_not_confirmed()
    {
        using var disk = await PcDisk.CreateAsync(Hardware.Release, new Said(), Cancellation);
        string card = "", other = "";
        await BootAsync(disk, "", async pc =>
        {
            var cards = (await pc.MustRunAsync("lspci -D -d 1234:1111 | cut -d' ' -f1", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            (card, other) = (cards[0], cards[1]);
            await pc.InstallPackageAsync(ThePackage.Path, Cancellation);
            await pc.MustRunAsync($"seatctl gpu claim {card} --yes", Cancellation);
            Assert.Equal(["bochs-drm", "bochs-drm"], await DriversAsync(pc, card, other));
            Assert.Equal(1, (await pc.RunAsync("seatctl gpu confirm", Cancellation)).ExitCode);
        });
        await BootAsync(disk, "", async pc =>
        {
            // From the initramfs, before udev of the system has seen it; the other card of the same kind stays.
            Assert.Equal(["vfio-pci", "bochs-drm"], await DriversAsync(pc, card, other));
            Assert.Contains($"phyllome-seats: {card} is claimed for guests", await pc.MustRunAsync("dmesg", Cancellation), StringComparison.Ordinal);
            await pc.MustRunAsync("seatctl gpu confirm", Cancellation);
            await pc.MustRunAsync($"seatctl gpu claim {other} --yes", Cancellation);
        });
        await BootAsync(disk, "phyllome.seats=off", async pc =>
        {
            Assert.Equal(["bochs-drm", "bochs-drm"], await DriversAsync(pc, card, other));
            Assert.Empty((await pc.RunAsync("pgrep phyllome; ls /run/phyllome-seats", Cancellation)).Output);
        });
        await BootAsync(disk, "", async pc =>
        {
            // Nobody has confirmed the second claim: that card is given back at once, and the first one stays.
            // Comes back when the one that runs since the boot has ended.
            await pc.MustRunAsync("systemctl start phyllome-gpu-claim.service", Cancellation);
            Assert.Contains("was not confirmed after the restart, and is taken back", await pc.MustRunAsync("journalctl --unit=phyllome-gpu-claim.service", Cancellation), StringComparison.Ordinal);
            Assert.Equal(["vfio-pci", "bochs-drm"], await DriversAsync(pc, card, other));
            await pc.MustRunAsync($"seatctl gpu release {card} --yes", Cancellation);
        });
        await BootAsync(disk, "", async pc =>
        {
            Assert.Equal(["bochs-drm", "bochs-drm"], await DriversAsync(pc, card, other));
            await pc.MustRunAsync("seatctl gpu confirm", Cancellation);
            Assert.Empty(await pc.MustRunAsync("find /etc/udev /etc/initramfs-tools /etc/phyllome -name '*gpus*'; lsinitramfs /boot/initrd.img-$(uname -r) | grep phyllome || true", Cancellation));
        });
    }

    static async Task BootAsync(PcDisk disk, string kernelArguments, Func<Pc, Task> look)
    {
        await using var pc = await Pc.StartAsync(Hardware with { KernelArguments = kernelArguments }, disk, new Said(), Cancellation);
        try
        {
            await look(pc);
        }
        catch
        {
            await pc.CollectLogsAsync(Path.Combine(ThePackage.Artifacts, "claimed"), Cancellation);
            throw;
        }
        await pc.PowerOffAsync(disk, Cancellation);
    }

    static async Task<string[]> DriversAsync(Pc pc, params string[] cards) =>
        (await pc.MustRunAsync(string.Join("; ", cards.Select(card => $"basename $(readlink /sys/bus/pci/devices/{card}/driver)")), Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
