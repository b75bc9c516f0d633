using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC that is switched off and on again, with a card that is claimed for guests, and on its monitor a guest by configuration. Five boots, so it runs on request (--explicit only).</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class GpuIsClaimed
{
    static readonly PcHardware Hardware = new() { Gpus = [new("claimed"), new("left-alone")], Usb = [new PcKeyboard("keyboard", "1")] };

    static readonly GuestRecipe Guest = new("alpha");

    /// <summary>Comes back when the one that runs since the boot has ended.</summary>
    const string Settle = "systemctl start phyllome-gpu-claim.service";

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

            await pc.MustRunAsync("systemctl stop phyllome-seats.target", Cancellation);
            await pc.DefineGuestAsync(Guest, Cancellation);
            await pc.MustRunAsync($"printf '[[seat]]\\nname = \"left\"\\nguests = [\"alpha\"]\\ndevices = [\"port:1-1\"]\\ngpu = \"pci:{card}\"\\n' > /etc/phyllome/seats.toml", Cancellation);
        });
        await BootAsync(disk, "", async pc =>
        {
            // From the initramfs, before udev of the system has seen it; the other card of the same kind stays.
            Assert.Equal(["vfio-pci", "bochs-drm"], await DriversAsync(pc, card, other));
            Assert.Contains($"phyllome-seats: {card} is claimed for guests", await pc.MustRunAsync("dmesg", Cancellation), StringComparison.Ordinal);
            await pc.MustRunAsync(Settle, Cancellation);
            await pc.MustRunAsync("seatctl gpu confirm", Cancellation);
            await ShowsWhatIsTypedAsync(pc, pc.FollowGuest(Guest));

            await pc.MustRunAsync("rm /etc/phyllome/seats.toml && virsh --quiet destroy alpha && virsh --quiet undefine alpha", Cancellation);
            await pc.MustRunAsync($"seatctl gpu claim {other} --yes", Cancellation);
        });
        await BootAsync(disk, "phyllome.seats=off", async pc =>
        {
            Assert.Equal(["bochs-drm", "bochs-drm"], await DriversAsync(pc, card, other));
            Assert.Empty((await pc.RunAsync("pgrep phyllome; ls /run/phyllome-seats", Cancellation)).Output);
            await pc.MustRunAsync(Settle, Cancellation);
        });
        await BootAsync(disk, "", async pc =>
        {
            // Nobody has confirmed the second claim: that card is given back at once, and the first one stays.
            await pc.MustRunAsync(Settle, Cancellation);
            Assert.Contains("was not confirmed after the restart, and is taken back", await pc.MustRunAsync("journalctl --unit=phyllome-gpu-claim.service", Cancellation), StringComparison.Ordinal);
            Assert.Equal(["vfio-pci", "bochs-drm"], await DriversAsync(pc, card, other));
            await pc.MustRunAsync($"seatctl gpu release {card} --yes", Cancellation);
        });
        await BootAsync(disk, "", async pc =>
        {
            Assert.Equal(["bochs-drm", "bochs-drm"], await DriversAsync(pc, card, other));
            await pc.MustRunAsync(Settle, Cancellation);
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

    /// <summary>The seat came up by itself after the restart: its guest is on the claimed card's monitor, and what is typed too.</summary>
    static async Task ShowsWhatIsTypedAsync(Pc pc, PcGuest guest)
    {
        await guest.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation);
        await guest.WaitForAsync("its keyboard", lines => lines.OfType<GuestDeviceAdded>().Any(), TwoSeatPc.GuestLimit, 0, Cancellation);
        await pc.MustRunAsync("timeout 120 grep --max-count=1 '\"state\": *\"active\"' < <(exec seatctl watch --json 2> /dev/null)", Cancellation);
        var before = await PictureAsync(pc, "claimed", "before");
        Assert.NotEqual(await PictureAsync(pc, "left-alone", "before"), before);
        await pc.Keyboard("keyboard").TypeAsync("see", Cancellation);
        await guest.WaitForAsync("what was typed", lines => KeyStroke.In(lines).Count >= 6, TwoSeatPc.GuestLimit, 0, Cancellation);
        Assert.NotEqual(before, await PictureAsync(pc, "claimed", "after"));
    }

    static async Task<string> PictureAsync(Pc pc, string card, string when)
    {
        var file = Path.Combine(ThePackage.Artifacts, "claimed", $"monitor-{card}-{when}.png");
        await pc.PhotographAsync(card, file, Cancellation);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file, Cancellation)));
    }

    static async Task<string[]> DriversAsync(Pc pc, params string[] cards) =>
        (await pc.MustRunAsync(string.Join("; ", cards.Select(card => $"basename $(readlink /sys/bus/pci/devices/{card}/driver)")), Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
