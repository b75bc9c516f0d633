namespace Phyllome.Seats.VirtualPc.Hardware;

/// <summary>Turns a description of hardware into QEMU's arguments. The keyboards, mice and hubs are not among them: they are plugged in
/// over QMP before the first instruction runs, so that a device of the start and one of later are made by the same code.</summary>
static class CommandLine
{
    internal const string BootCard = "bootcard";

    internal const string Headset = "headset";

    /// <summary>The PCI address of the USB controller in the PC.</summary>
    internal const string UsbController = "0000:00:1c.0";

    /// <summary>QEMU sends keys to one given keyboard only by naming a display that this keyboard is tied to. These displays exist for
    /// that alone. The PC can't see them: they are functions 1 to 7 of slots that have no function 0, which neither the firmware nor the
    /// kernel scans.</summary>
    internal static IReadOnlyList<string> KeyboardTags { get; } = [.. Enumerable.Range(1, 7).SelectMany(n => new[] { $"tag1d{n}", $"tag1e{n}" })];

    internal static IReadOnlyList<string> For(PcHardware hardware, PcFiles files, Accelerator accelerator)
    {
        var kvm = accelerator == Accelerator.Kvm;
        List<string> arguments =
        [
            "-name", "virtual-pc", "-nodefaults", "-no-user-config", "-S",
            // A PC whose kernel dies is switched off, so that whoever waits for it hears of it.
            "-no-reboot",
            // i8042=off: no keyboard but those that are described. split: interrupt remapping under KVM needs it.
            "-machine", "q35,i8042=off" + (kvm ? ",kernel-irqchip=split" : ""),
            "-accel", kvm ? "kvm" : hardware.CountsInstructions ? "tcg,thread=single" : "tcg,thread=multi", "-cpu", kvm ? "host" : "max,la57=off",
            .. hardware.CountsInstructions && !kvm ? ["-icount", "shift=1,sleep=on"] : Array.Empty<string>(),
            "-smp", Text(hardware.Processors), "-m", Text(hardware.MemoryMegabytes),
            "-kernel", files.Kernel, "-initrd", files.Initramfs, "-append", KernelArguments(hardware, accelerator),
            .. hardware.Iommu ? ["-device", "intel-iommu,intremap=" + (hardware.IommuInterruptRemapping ? "on" : "off")] : Array.Empty<string>(),
            "-drive", $"file={files.Disk},if=none,id=disk,cache=unsafe," + (files.KeepsDisk ? "format=qcow2" : "format=raw,snapshot=on"), "-device", "virtio-blk-pci,drive=disk",
            "-netdev", "user,id=lan,restrict=on,hostfwd=tcp:127.0.0.1:0-:22", "-device", "virtio-net-pci,netdev=lan,romfile=",
            "-device", $"virtio-vga,id={BootCard},max_outputs={Text(hardware.Outputs)}",
            .. Gpus(hardware.Gpus),
            .. hardware.FreePorts.SelectMany((port, index) => new[] { "-device", FreePort(port, hardware.Gpus.Count + index + 1) }),
            .. KeyboardTags.SelectMany(tag => new[] { "-device", $"bochs-display,id={tag},addr={tag[3..5]}.{tag[5]},vgamem=4M" }),
            "-device", $"qemu-xhci,id=usb,addr={UsbController[8..]},p2=15,p3=1",
            // Nothing is written before there is a headset.
            "-audiodev", $"wav,id={Headset},path={files.Heard}",
            "-virtfs", $"local,path={files.Share},mount_tag=share,security_model=none",
            "-device", "virtio-serial-pci",
            "-chardev", $"socket,id=ready,path={files.Ready}",
            "-device", "virtserialport,chardev=ready,name=org.phyllome.ready",
            "-serial", $"file:{files.SerialLog}",
            "-display", $"dbus,addr=unix:path={files.Bus}",
            // QEMU connects to us, so nobody has to wait for a socket to appear.
            "-chardev", $"socket,id=qmp,path={files.Qmp}", "-mon", "chardev=qmp,mode=control",
            // The one sign that a keyboard lost keys: its queue holds 16.
            "-trace", "hid_kbd_queue_full",
        ];
        return arguments;
    }

    /// <summary>QEMU's emulated VMRUN sets 'virtual interrupt pending' in the processor's word of requests without its lock
    /// (target/i386/tcg/sysemu/svm_helper.c), while another thread may set 'look at your APIC' in it: one of the two is lost now and then.
    /// A kernel whose next timer interrupt is lost has none after it: a PC was seen to stand still for 63 s until a packet came. With a
    /// tick from the APIC's periodic timer the next one, 4 ms later, brings the lost one with it.</summary>
    const string PeriodicTick = " nohz=off highres=off";

    /// <summary>Without AppArmor: libvirt has a profile made four times for each start of a guest, of three emulated seconds each.</summary>
    const string NoAppArmor = " apparmor=0";

    /// <summary>What an emulated processor would wait for, and what it would do at its start for nothing.</summary>
    const string Short = " rcupdate.rcu_expedited=1 cryptomgr.notests";

    /// <summary>Two processors of the emulated PC come up; <see cref="Pc.LeaveOneProcessorAsync"/> leaves one before a guest runs. The others cost
    /// nothing while they are off; they can be switched on by sysfs while no guest runs that needs SVM.</summary>
    const string TwoProcessors = " maxcpus=2";

    static string KernelArguments(PcHardware hardware, Accelerator accelerator)
    {
        var words = "root=/dev/vda rw console=ttyS0 quiet systemd.show_status=no intel_iommu=on iommu=pt mitigations=off panic=-1 net.ifnames=0";
        if (accelerator == Accelerator.Tcg)
            words += TwoProcessors + Short + (hardware.PreciseTimers ? "" : PeriodicTick) + (hardware.HasAppArmor ? "" : NoAppArmor);
        if (hardware.Software == PcSoftware.Greeter) words += " systemd.unit=multi-user.target";
        return hardware.KernelArguments.Length == 0 ? words : words + " " + hardware.KernelArguments;
    }

    /// <summary>The firmware keeps 2 MB of addresses for what may come, and a bochs-display has 16.</summary>
    static string FreePort(string name, int slot) => $"pcie-root-port,id={name},chassis={Text(slot)},slot={Text(slot)},mem-reserve=4M,pref32-reserve=32M";

    static IEnumerable<string> Gpus(IReadOnlyList<PcGpu> gpus)
    {
        var slot = 0;
        HashSet<string> groups = [];
        foreach (var gpu in gpus)
        {
            var bus = gpu.OnRootBus ? "pcie.0" : gpu.SharedGroup is null ? $"port-{gpu.Name}" : $"group-{gpu.SharedGroup}";
            if (!gpu.OnRootBus && (gpu.SharedGroup is null || groups.Add(gpu.SharedGroup)))
            {
                slot++;
                var port = gpu.SharedGroup is null ? bus : $"port-{gpu.SharedGroup}";
                yield return "-device";
                yield return $"pcie-root-port,id={port},chassis={Text(slot)},slot={Text(slot)}";
                if (gpu.SharedGroup is not null)
                {
                    yield return "-device";
                    yield return $"pcie-pci-bridge,id={bus},bus={port}";
                }
            }
            if (gpu.VirtualFunctions > 0)
            {
                yield return "-device";
                yield return $"nvme-subsys,id={gpu.Name}-subsystem";
                yield return "-device";
                // An interrupt and two queues for each, which is what one has at least.
                yield return $"nvme,id={gpu.Name},bus={bus},subsys={gpu.Name}-subsystem,serial={gpu.Name},sriov_max_vfs={Text(gpu.VirtualFunctions)},"
                    + $"sriov_vq_flexible={Text(2 * gpu.VirtualFunctions)},sriov_vi_flexible={Text(gpu.VirtualFunctions)}";
                continue;
            }
            yield return "-device";
            yield return $"bochs-display,id={gpu.Name},bus={bus}" + (gpu.HasAudio ? ",addr=0.0,multifunction=on" : "");
            if (gpu.HasAudio)
            {
                yield return "-device";
                yield return $"intel-hda,id={gpu.Name}-audio,bus={bus},addr=0.1";
            }
        }
    }

    static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Where the parts of one running PC lie.</summary>
/// <param name="KeepsDisk">Whether what the PC writes to its disk stays.</param>
sealed record PcFiles(string Kernel, string Initramfs, string Disk, string Folder, bool KeepsDisk = false)
{
    internal string KeptInitramfs => Path.Combine(Share, "kept-initramfs");
    internal string Share => Path.Combine(Folder, "share");
    internal string Ready => Path.Combine(Folder, "ready");
    internal string Heard => Path.Combine(Folder, "heard.wav");
    internal string Qmp => Path.Combine(Folder, "qmp");
    internal string Bus => Path.Combine(Folder, "bus");
    internal string SerialLog => Path.Combine(Folder, "serial.log");
    internal string QemuLog => Path.Combine(Folder, "qemu.log");
    internal string Ssh => Path.Combine(Folder, "ssh");
}

enum Accelerator { Tcg, Kvm }
