using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Scenarios;

/// <summary>New guests by virt-install itself, in a PC of their own: one that starts from its medium at its seat, one for Windows 11, and those that cannot be made.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class GuestIsMade
{
    const string Medium = InstallersPc.Medium;

    static string Pictures { get; } = Path.Combine(ThePackage.Artifacts, "guest-is-made");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_new_guest_starts_from_its_medium_at_its_seat_and_hears_its_person_and_what_cannot_be_made_leaves_nothing()
    {
        await using var seats = await TwoSeatPc.StartAsync(InstallersPc.Hardware, new Said(), Cancellation);
        try
        {
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            await InstallersPc.PrepareAsync(seats.Pc, Cancellation);
            var before = await LeftAsync(seats.Pc);

            await NotMadeAsync(seats.Pc, "first --os debian11 --iso /nowhere.iso", "the medium /nowhere.iso is not there");
            await NotMadeAsync(seats.Pc, $"first --os debain11 --iso {Medium}", "the nearest is 'debian11'");
            await NotMadeAsync(seats.Pc, $"first --os debian11 --disk 4000 --iso {Medium}", "GiB free, and the disk needs 4000.1 GiB");
            await seats.Pc.MustRunAsync($"seatctl guest new first --os debian11 --iso {Medium} --pool large --dry-run", Cancellation);
            Assert.Equal(before, await LeftAsync(seats.Pc));

            await MadeForLinuxAsync(seats.Pc);
            await MadeForWindows11Async(seats.Pc);
            await StartsAtItsSeatAsync(seats);

            foreach (var guest in new[] { "first", "eleven" })
                await seats.Pc.MustRunAsync($"virsh --quiet -c qemu:///system undefine {guest} --nvram --tpm --storage /large/{guest}.qcow2", Cancellation);
            Assert.Equal(before, await LeftAsync(seats.Pc));
        }
        finally
        {
            await seats.Pc.CollectLogsAsync(Pictures, Cancellation);
        }
    }

    static async Task NotMadeAsync(Pc pc, string words, string why)
    {
        var refused = await pc.RunAsync($"seatctl guest new {words}", Cancellation);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(why, refused.Errors, StringComparison.Ordinal);
    }

    static async Task MadeForLinuxAsync(Pc pc)
    {
        var made = await pc.MustRunAsync($"seatctl guest new first --os debian11 --iso {Medium} --pool large --memory 512 --vcpus 1", Cancellation);
        Assert.StartsWith("Guest 'first' is made, as linux.\n", made, StringComparison.Ordinal);
        var domain = await DefinitionAsync(pc, "first");
        Assert.Equal("efi", domain.Element("os")!.Attribute("firmware")?.Value);
        Assert.Equal(["virtio vda", "sata sda"], domain.Descendants("disk").Select(disk => disk.Element("target")!).Select(target => $"{target.Attribute("bus")?.Value} {target.Attribute("dev")?.Value}"));
        Assert.Equal(["/large/first.qcow2", Medium], domain.Descendants("disk").Select(disk => disk.Element("source")?.Attribute("file")?.Value));
        Assert.Equal(Megabytes(512), domain.Element("memory")!.Value);
    }

    static async Task MadeForWindows11Async(Pc pc)
    {
        var made = await pc.MustRunAsync($"seatctl guest new eleven --os win11 --iso {Medium} --pool large", Cancellation);
        Assert.StartsWith("Guest 'eleven' is made, as windows-11.\n", made, StringComparison.Ordinal);
        var domain = await DefinitionAsync(pc, "eleven");
        Assert.Equal(["enrolled-keys yes", "secure-boot yes"], domain.Element("os")!.Descendants("feature").Select(feature => $"{feature.Attribute("name")?.Value} {feature.Attribute("enabled")?.Value}").Order());
        Assert.Equal(("tpm-crb", "2.0"), (domain.Descendants("tpm").Single().Attribute("model")?.Value, domain.Descendants("tpm").Single().Element("backend")?.Attribute("version")?.Value));
        Assert.Equal("on", domain.Descendants("hyperv").Single().Element("stimer")?.Attribute("state")?.Value);
        Assert.Equal("localtime", domain.Element("clock")!.Attribute("offset")?.Value);
        Assert.Equal(Megabytes(8192), domain.Element("memory")!.Value);
    }

    static async Task StartsAtItsSeatAsync(TwoSeatPc seats)
    {
        var pc = seats.Pc;
        await pc.MustRunAsync($"virsh dumpxml --inactive --security-info first | sed \"s|</domain>|{InstallersPc.OwnInterruptController}</domain>|\" | virsh --quiet define /dev/stdin", Cancellation);
        var stored = await pc.MustRunAsync("virsh dumpxml --inactive --security-info first", Cancellation);
        var monitors = new BootMonitors(pc, Pictures);
        await monitors.PlugInAsync(Cancellation);
        await InstallersPc.SeatAsync(seats, monitors, "first", Cancellation);

        // What UEFI shows it writes to the serial port, too.
        await InstallersPc.DrawsAsync(pc, "cat $(virsh ttyconsole first)", "Set the system up", Cancellation);
        await monitors.WaitUntilItShowsAsync(0, "first", Cancellation);
        File.Copy(monitors.Picture(0), Path.Combine(Pictures, "medium.png"), overwrite: true);
        await seats.Left.Keyboard.TypeAsync("s", Cancellation);
        await seats.WaitForStatusAsync("the guest to be off", status => status.Seats is [{ State: SeatState.Waiting }], Cancellation);

        Assert.Equal("shut off (shutdown)", (await pc.MustRunAsync("virsh domstate first --reason", Cancellation)).Trim());
        Assert.Equal(stored, await pc.MustRunAsync("virsh dumpxml --inactive --security-info first", Cancellation));
        await seats.ConfigureAsync("", Cancellation);
        await seats.WaitForStatusAsync("no seat", status => status.Seats.Count == 0, Cancellation);
    }

    static async Task<XElement> DefinitionAsync(Pc pc, string guest) => XElement.Parse(await pc.MustRunAsync($"virsh dumpxml --inactive {guest}", Cancellation));

    static string Megabytes(int number) => (number * 1024).ToString(CultureInfo.InvariantCulture);

    /// <summary>All that is stored of guests; which addresses were seen on its network libvirt keeps for itself, from the first guest on.</summary>
    static Task<string> LeftAsync(Pc pc) => pc.MustRunAsync(
        "{ virsh list --all --name; virsh pool-list --all --name; find /large /var/lib/libvirt /etc/libvirt /run/libvirt /root -not -path '*/capabilities*' -not -name 'virbr*.macs' -not -path '/root/.*' -type f; } | sort", Cancellation);
}
