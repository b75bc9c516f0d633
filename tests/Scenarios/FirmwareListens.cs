using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>Who installs a system types before there is one: into SeaBIOS, its boot menu, and the setup of a UEFI firmware (OVMF).</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class FirmwareListens
{
    const string Disk = "/var/lib/libvirt/images/empty.img", Console = "/var/log/uefi.console";

    /// <summary>A VGA console: its size, and that of a letter on it.</summary>
    const int Width = 720, Height = 400, LetterWidth = 9, LetterHeight = 16;

    /// <summary>SeaBIOS's name, the machine's, and how to get to the menu.</summary>
    const int OfferLines = 3;

    /// <summary>Of the boot menu: its heading, the disk, and the option ROMs.</summary>
    const int MenuLines = 3;

    static string Pictures { get; } = Path.Combine(ThePackage.Artifacts, "firmware");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Two_people_type_into_a_boot_menu_and_a_setup_screen_before_any_system_runs_also_after_they_came_anew()
    {
        await using var seats = await TwoSeatPc.StartAsync(InstallersPc.Hardware, new Said(), Cancellation);
        try
        {
            var monitors = new BootMonitors(seats.Pc, Pictures);
            await monitors.PlugInAsync(Cancellation);
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            await seats.Pc.MustRunAsync($"""
                truncate --size=1M {Disk}
                virsh --quiet define /dev/stdin <<'END'
                {Domain("bios", "", "", "<bootmenu enable='yes' timeout='60000'/>", $"<disk type='file'><driver name='qemu' type='raw'/><source file='{Disk}'/><target dev='vda' bus='virtio'/></disk>")}
                END
                virsh --quiet define /dev/stdin <<'END'
                {Domain("uefi", " firmware='efi'", InstallersPc.OwnInterruptController, "<firmware><feature enabled='no' name='secure-boot'/></firmware>", $"<serial type='file'><source path='{Console}'/></serial>")}
                END
                """, Cancellation);
            await seats.PlugInWhatIsMissingAsync(Cancellation);
            await seats.ConfigureAsync(
                TwoSeatPc.OneCardConfiguration(await monitors.ConnectorsAsync(Cancellation)).Replace("alpha", "bios", StringComparison.Ordinal).Replace("beta", "uefi", StringComparison.Ordinal), Cancellation);
            await seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);

            await UseTheBootMenuAsync(seats, monitors);
            // It has nothing to start, and takes half of the emulated processor.
            await seats.Pc.MustRunAsync("virsh --quiet destroy bios", Cancellation);
            await UseTheSetupAsync(seats, monitors);
        }
        finally
        {
            await seats.Pc.RunAsync($"cp {Console} /var/log/guests/", Cancellation);
            await seats.Pc.CollectLogsAsync(Pictures, Cancellation);
        }
    }

    static async Task UseTheBootMenuAsync(TwoSeatPc seats, BootMonitors monitors)
    {
        // It waits for a key for a minute, which may have begun before the other seat was active.
        await seats.Pc.MustRunAsync("virsh --quiet reset bios", Cancellation);
        await monitors.WaitForPictureAsync(0, picture => LinesOf(picture.Middle(Width, Height)) < OfferLines, "the reset", Cancellation);
        var offer = await ShowsTextAsync(monitors, lines => lines >= OfferLines, "SeaBIOS and its offer of a menu");
        Keep(monitors, 0, "seabios-offer");
        await seats.Left.Keyboard.ChordAsync(["esc"], Cancellation);
        await ShowsTextAsync(monitors, lines => lines >= offer + MenuLines, "the boot menu");
        Keep(monitors, 0, "seabios-menu");
        await ComesAnewAsync(seats, seats.Left);
        await seats.Left.Keyboard.TypeAsync("1", Cancellation);
        // That it starts from it, and that there is nothing to start.
        await ShowsTextAsync(monitors, lines => lines >= offer + MenuLines + 2, "the start of what was chosen");
        Keep(monitors, 0, "seabios-chosen");
    }

    /// <summary>OVMF says on its serial port what it draws. With nothing to start it comes to its shell, and from there to its setup.</summary>
    static async Task UseTheSetupAsync(TwoSeatPc seats, BootMonitors monitors)
    {
        await InstallersPc.DrawsAsync(seats.Pc, InstallersPc.FollowingFile(Console), "Shell$", Cancellation);
        var shell = await monitors.WaitUntilItShowsAsync(1, "uefi", Cancellation);
        Keep(monitors, 1, "ovmf-shell");
        await seats.Right.Keyboard.TypeAsync("exit\n", Cancellation);
        await InstallersPc.DrawsAsync(seats.Pc, InstallersPc.FollowingFile(Console), "Boot Maintenance Manager", Cancellation);
        var setup = await monitors.WaitUntilItShowsAsync(1, "uefi", Cancellation);
        Assert.NotEqual(0, setup.DifferencesFrom(shell));
        Keep(monitors, 1, "ovmf-setup");
        await ComesAnewAsync(seats, seats.Right);
        await seats.Right.Keyboard.ChordAsync(["down"], Cancellation);
        await monitors.WaitForPictureAsync(1, picture => picture.Middle(setup.Width, setup.Height).DifferencesFrom(setup) > 0, "the next entry of the setup", Cancellation);
        await monitors.WaitUntilItShowsAsync(1, "uefi", Cancellation);
        Keep(monitors, 1, "ovmf-next");
    }

    /// <summary>Somebody pulls their hub and plugs it in again, while the firmware waits for a key.</summary>
    static async Task ComesAnewAsync(TwoSeatPc seats, Person person)
    {
        await person.UnplugAsync(Cancellation);
        await seats.WaitUntilAwayAsync(person, Cancellation);
        await person.PlugInAsync(Cancellation);
        await seats.WaitForStatusAsync(
            $"seat {person.Name} to be active", status => status.Seats.Any(seat => seat.Name == person.Name && seat is { State: SeatState.Active, Problems.Count: 0 }), Cancellation);
    }

    /// <returns>How many lines of text there are.</returns>
    static async Task<int> ShowsTextAsync(BootMonitors monitors, Func<int, bool> wanted, string what)
    {
        // Around it the monitor is black, which the status screen is not.
        var picture = await monitors.WaitForPictureAsync(0, picture => picture.At(0, 0) == default && wanted(LinesOf(picture.Middle(Width, Height))), what, Cancellation);
        await monitors.WaitUntilItShowsAsync(0, "bios", Cancellation);
        return LinesOf(picture.Middle(Width, Height));
    }

    /// <summary>Lines with more than a cursor at their beginning, which comes and goes.</summary>
    static int LinesOf(Pixels console) => Enumerable.Range(0, Height / LetterHeight).Count(line => Enumerable.Range(line * LetterHeight, LetterHeight)
        .Any(y => console.Colours.AsSpan(((y * Width) + LetterWidth) * 3, (Width - LetterWidth) * 3).ContainsAnyExcept((byte)0)));

    static void Keep(BootMonitors monitors, int output, string name) => File.Copy(monitors.Picture(output), Path.Combine(Pictures, $"{name}.png"), overwrite: true);

    static string Domain(string name, string firmware, string commandLine, string start, string devices) => $"""
        <domain type='kvm'>
          <name>{name}</name>
          <memory unit='MiB'>256</memory>
          <vcpu>1</vcpu>
          <os{firmware}><type arch='x86_64' machine='q35'>hvm</type>{start}</os>
          <features><acpi/><apic/></features>
          <cpu mode='host-passthrough'/>
          <devices>
            <controller type='usb' model='qemu-xhci'/>
            {devices}
            <graphics type='dbus' p2p='yes'/>
            <video><model type='virtio'/></video>
            <memballoon model='none'/>
          </devices>
          {commandLine}
        </domain>
        """;
}
