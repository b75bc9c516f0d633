using System.Xml.Linq;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Scenarios;

/// <summary>A guest for Windows 11 at its seat, as far as that is to be seen without Windows.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class WindowsEleven
{
    const string Guest = "eleven", Serial = "/var/log/eleven.serial";

    static string Pictures { get; } = Path.Combine(ThePackage.Artifacts, "windows-eleven");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Its_firmware_refuses_what_nobody_signed_and_shows_whoever_types_at_the_seat_Secure_Boot_and_the_TPM()
    {
        // Beside the PC itself, the least memory with which its setup starts.
        await using var seats = await TwoSeatPc.StartAsync(InstallersPc.Hardware with { MemoryMegabytes = 8192 }, new Said(), Cancellation);
        try
        {
            var pc = seats.Pc;
            var monitors = new BootMonitors(pc, Pictures);
            await monitors.PlugInAsync(Cancellation);
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            await InstallersPc.PrepareAsync(pc, Cancellation);
            await pc.MustRunAsync($"truncate --size=64G /large/{Guest}.img && virsh --quiet define /dev/stdin <<'END'\n{Domain}\nEND", Cancellation);
            var stored = await StoredAsync(pc);

            await InstallersPc.SeatAsync(seats, monitors, Guest, Cancellation);

            await RunsAsMeantAsync(pc);
            await ShowsItselfAsync(seats, monitors);

            Assert.Equal(stored, await StoredAsync(pc));
        }
        finally
        {
            await seats.Pc.RunAsync($"cp {Serial} /var/log/guests/", Cancellation);
            await seats.Pc.CollectLogsAsync(Pictures, Cancellation);
        }
    }

    /// <summary>What libvirt says that it runs, and what runs for it.</summary>
    static async Task RunsAsMeantAsync(Pc pc)
    {
        var running = XElement.Parse(await pc.MustRunAsync($"virsh dumpxml {Guest}", Cancellation));
        var os = running.Element("os")!;
        Assert.Equal(("yes", "OVMF_CODE_4M.ms.fd"), (os.Element("loader")?.Attribute("secure")?.Value, Path.GetFileName(os.Element("loader")?.Value)));
        Assert.Equal("OVMF_VARS_4M.ms.fd", Path.GetFileName(os.Element("nvram")?.Attribute("template")?.Value));
        Assert.Equal("on", running.Element("features")!.Element("smm")?.Attribute("state")?.Value);
        Assert.Contains("q35", os.Element("type")!.Attribute("machine")!.Value, StringComparison.Ordinal);

        var devices = running.Element("devices")!;
        Assert.Equal(("tpm-crb", "emulator", "2.0"), Assert.Single(devices.Elements("tpm").Select(tpm => (tpm.Attribute("model")?.Value, tpm.Element("backend")?.Attribute("type")?.Value, tpm.Element("backend")?.Attribute("version")?.Value))));
        Assert.Equal("1", (await pc.MustRunAsync("pgrep --count --exact swtpm", Cancellation)).Trim());
        Assert.Contains("tpm-crb", await pc.MustRunAsync($"virsh qemu-monitor-command {Guest} --hmp 'info tpm'", Cancellation), StringComparison.Ordinal);

        Assert.Equal(
            ["frequencies", "ipi", "relaxed", "runtime", "spinlocks", "tlbflush", "vapic", "vpindex"],
            running.Element("features")!.Element("hyperv")!.Elements().Where(one => one.Attribute("state")?.Value == "on").Select(one => one.Name.LocalName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["hpet no", "hypervclock yes", "pit delay", "rtc catchup"],
            running.Element("clock")!.Elements("timer").Select(timer => $"{timer.Attribute("name")?.Value} {timer.Attribute("present")?.Value ?? timer.Attribute("tickpolicy")?.Value}").Order(StringComparer.Ordinal));
        Assert.Null(running.Element("features")!.Element("kvm")?.Element("hidden"));

        Assert.Equal(["sata disk", "sata cdrom"], devices.Elements("disk").Select(disk => $"{disk.Element("target")!.Attribute("bus")?.Value} {disk.Attribute("device")?.Value}"));
        Assert.Equal(["e1000e"], devices.Elements("interface").Select(card => card.Element("model")?.Attribute("type")?.Value));
        Assert.Equal(["vga"], devices.Elements("video").Select(card => card.Element("model")?.Attribute("type")?.Value));
        Assert.Equal(["dbus", "vnc"], devices.Elements("graphics").Select(display => display.Attribute("type")?.Value).Order());
        Assert.Contains("evdev", devices.Elements("input").Select(input => input.Attribute("type")?.Value));
        Assert.DoesNotContain("tablet", devices.Elements("input").Select(input => input.Attribute("type")?.Value));
    }

    /// <summary>By picture, and by what it writes to its serial port, which is what it draws.</summary>
    static async Task ShowsItselfAsync(TwoSeatPc seats, BootMonitors monitors)
    {
        await DrawsAsync(seats.Pc, "Press any key to enter the Boot Manager Menu");
        Assert.Contains("AccessDenied", await seats.Pc.MustRunAsync($"tr --delete '\\r\\n ' < {Serial}", Cancellation), StringComparison.Ordinal);
        var refusal = await monitors.WaitUntilItShowsAsync(0, Guest, Cancellation);
        Keep(monitors, "refusal");
        await seats.Left.Keyboard.TypeAsync("x", Cancellation);
        await DrawsAsync(seats.Pc, "Boot Maintenance Manager");
        var setup = await monitors.WaitUntilItShowsAsync(0, Guest, Cancellation);
        Assert.NotEqual(0, setup.DifferencesFrom(refusal));
        Keep(monitors, "setup");

        // Its second entry, the device manager, which has a page for each thing that the firmware knows.
        await seats.Left.Keyboard.ChordAsync(["down"], Cancellation);
        await monitors.WaitForPictureAsync(0, picture => picture.Middle(setup.Width, setup.Height).DifferencesFrom(setup) > 0, "the next entry of the setup", Cancellation);
        await seats.Left.Keyboard.TypeAsync("\n", Cancellation);
        await DrawsAsync(seats.Pc, "Secure Boot Configuration");
        await DrawsAsync(seats.Pc, "Tcg2 Configuration");
        await monitors.WaitUntilItShowsAsync(0, Guest, Cancellation);
        Keep(monitors, "devices");
    }

    static Task<string> DrawsAsync(Pc pc, string what) => InstallersPc.DrawsAsync(pc, InstallersPc.FollowingFile(Serial), what, Cancellation);

    /// <summary>As its owner has it from elsewhere: with the firmware and the buses with which it was installed. TPM, enlightenments and timers are the
    /// seat's. Without those of the enlightenments that need the kernel's APIC (<see cref="InstallersPc.OwnInterruptController"/>).</summary>
    static string Domain { get; } = $"""
        <domain type='kvm'>
          <name>{Guest}</name>
          <metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'><libosinfo:os id='http://microsoft.com/win/11'/></libosinfo:libosinfo></metadata>
          <memory unit='MiB'>4096</memory>
          <vcpu>1</vcpu>
          <os firmware='efi'>
            <type arch='x86_64' machine='q35'>hvm</type>
            <firmware><feature enabled='yes' name='enrolled-keys'/><feature enabled='yes' name='secure-boot'/></firmware>
          </os>
          <features><acpi/><apic/><hyperv><synic state='off'/><stimer state='off'/></hyperv><smm state='on'/></features>
          <cpu mode='host-passthrough'/>
          <clock offset='localtime'/>
          <devices>
            <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/large/{Guest}.img'/><target dev='sda' bus='sata'/><boot order='1'/></disk>
            <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{InstallersPc.Medium}'/><target dev='sdb' bus='sata'/><readonly/><boot order='2'/></disk>
            <interface type='network'><source network='default'/><model type='e1000e'/></interface>
            <controller type='usb' model='qemu-xhci'/>
            <serial type='file'><source path='{Serial}'/></serial>
            <input type='tablet' bus='usb'/>
            <graphics type='vnc'><listen type='socket'/></graphics>
            <video><model type='vga'/></video>
            <memballoon model='none'/>
          </devices>
          {InstallersPc.OwnInterruptController}
        </domain>
        """;

    static Task<string> StoredAsync(Pc pc) => pc.MustRunAsync($"virsh dumpxml --inactive --security-info {Guest}", Cancellation);

    static void Keep(BootMonitors monitors, string name) => File.Copy(monitors.Picture(0), Path.Combine(Pictures, $"{name}.png"), overwrite: true);
}
