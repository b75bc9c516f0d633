using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>Somebody who installs a system types before there is one: into SeaBIOS, its boot menu, and the setup of a UEFI firmware (OVMF).</summary>
[Collection(Order.NobodyIsThere)]
public sealed class FirmwareListens(RunningPc running) : Scenario(running)
{
    /// <summary>The height of a line of text on a VGA console.</summary>
    const int Line = 16;

    [Fact(Explicit = true)]
    public async Task Two_people_type_into_a_boot_menu_and_a_setup_screen_before_any_system_runs()
    {
        await EverybodyLeavesAsync();
        var monitors = new BootMonitors(Pc, Path.Combine(ThePackage.Artifacts, "scenarios", "firmware"));
        await monitors.PlugInAsync(Cancellation);
        await Pc.MustRunAsync($"truncate --size=1M /var/lib/libvirt/images/empty.img", Cancellation);
        await DefineAsync("bios", "<bootmenu enable='yes' timeout='60000'/>", "", "<disk type='file'><driver name='qemu' type='raw'/><source file='/var/lib/libvirt/images/empty.img'/><target dev='vda' bus='virtio'/></disk>");
        await DefineAsync("uefi", "", " firmware='efi'", "<serial type='file'><source path='/var/log/uefi.console'/></serial>");
        try
        {
            await PlugInWhatIsMissingAsync();
            await Seats.StartServiceAsync(Cancellation);
            await Seats.ConfigureAsync(
                TwoSeatPc.OneCardConfiguration(await monitors.ConnectorsAsync(Cancellation)).Replace("alpha", "bios", StringComparison.Ordinal).Replace("beta", "uefi", StringComparison.Ordinal), Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);

            // SeaBIOS: its name, the machine's, and how to get to the menu.
            await monitors.WaitForPictureAsync(0, picture => LinesOf(picture) >= 3, "SeaBIOS and its offer of a menu", Cancellation);
            var offer = await monitors.WaitUntilItShowsAsync(0, "bios", Cancellation);
            await Seats.Left.Keyboard.ChordAsync(["esc"], Cancellation);
            await monitors.WaitForPictureAsync(0, picture => LinesOf(picture) >= LinesOf(offer) + 2, "the boot menu", Cancellation);
            var menu = await monitors.WaitUntilItShowsAsync(0, "bios", Cancellation);
            await Seats.Left.Keyboard.TypeAsync("1", Cancellation);
            await monitors.WaitForPictureAsync(0, picture => LinesOf(picture) > LinesOf(menu), "the start of what was chosen", Cancellation);
            await monitors.WaitUntilItShowsAsync(0, "bios", Cancellation);

            // OVMF says on its serial port what it draws; with nothing to boot it comes to its shell, and from there to its setup.
            await ConsoleSaysAsync("Shell>");
            var shell = await monitors.WaitUntilItShowsAsync(1, "uefi", Cancellation);
            await Seats.Right.Keyboard.TypeAsync("exit\n", Cancellation);
            await ConsoleSaysAsync("Boot Maintenance Manager");
            var setup = await monitors.WaitUntilItShowsAsync(1, "uefi", Cancellation);
            Assert.NotEqual(0, setup.DifferencesFrom(shell));
            await Seats.Right.Keyboard.ChordAsync(["down"], Cancellation);
            await monitors.WaitForPictureAsync(1, picture => picture.DifferencesFrom(setup) > 0, "the next entry of the setup", Cancellation);
            await monitors.WaitUntilItShowsAsync(1, "uefi", Cancellation);
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.RunAsync("virsh --quiet undefine bios; virsh --quiet undefine --nvram uefi; rm -f /var/lib/libvirt/images/empty.img /var/log/uefi.console", Cancellation);
            await Pc.UnplugMonitorAsync(output: 1, Cancellation);
        }
    }

    Task<string> ConsoleSaysAsync(string what) => Pc.MustRunAsync($"timeout 600 grep --text --quiet --max-count=1 '{what}' < <(exec tail --lines=+1 --follow=name --retry /var/log/uefi.console 2> /dev/null)", Cancellation);

    /// <summary>How many lines of text there are on a black ground.</summary>
    static int LinesOf(Pixels picture) => Enumerable.Range(0, picture.Height / Line)
        .Count(line => picture.Colours.AsSpan(line * Line * picture.Width * 3, Line * picture.Width * 3).ContainsAnyExcept((byte)0));

    Task<string> DefineAsync(string name, string boot, string firmware, string more) => Pc.MustRunAsync($"""
        virsh --quiet define /dev/stdin <<'END'
        <domain type='kvm'>
          <name>{name}</name>
          <memory unit='MiB'>192</memory>
          <vcpu>1</vcpu>
          <os{firmware}><type arch='x86_64' machine='q35'>hvm</type>{boot}</os>
          <features><acpi/><apic/></features>
          <cpu mode='host-passthrough'/>
          <devices>
            <controller type='usb' model='qemu-xhci'/>
            {more}
            <graphics type='dbus' p2p='yes'/>
            <video><model type='virtio'/></video>
            <memballoon model='none'/>
          </devices>
        </domain>
        END
        """, Cancellation);
}
