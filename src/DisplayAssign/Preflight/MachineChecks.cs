using System.Globalization;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.DisplayAssign.Preflight;

/// <summary>The guests' memory, against the machine's.</summary>
/// <param name="Wanted">Of all guests that seats have as their own, KiB; null where libvirt could not be asked.</param>
/// <param name="Running">How much of that is running, and so no longer free.</param>
internal sealed record MemoryNeed(long? Wanted, long Running);

/// <summary>What holds for the whole machine.</summary>
internal static class MachineChecks
{
    /// <summary>What the host itself needs beside its guests, in KiB.</summary>
    private const long HostNeeds = 1024 * 1024;

    internal static IEnumerable<Finding> OfHost(Machine machine, MemoryNeed guests, LibvirtSight libvirt) =>
    [
        Switch(machine), Virtualization(machine), Kvm(machine), Uinput(machine), Libvirt(libvirt, machine.Libvirt), Memory(machine, guests), HugePages(machine), Vfio(machine),
        // Without these, seats with virtual graphics run all the same.
        AtMostWarning(Iommu(machine)), AtMostWarning(InterruptRemapping(machine)), AcsOverride(machine), Security(machine),
    ];

    internal static Finding Iommu(Machine machine) => machine.Iommu switch
    {
        { Groups: not null, OutOfReach: true } => new(
            Checks.Iommu, Verdict.Refuse, "vfio was loaded without vfio_iommu_type1, as BusyBox's modprobe in an initramfs does", "QEMU ends with 'No available IOMMU models' where a guest has a card",
            "modprobe vfio_iommu_type1; for good: echo vfio_iommu_type1 > /etc/modules-load.d/vfio.conf"),
        { Groups: { } groups } => new(Checks.Iommu, Verdict.Ok, $"it is on, with {groups} groups"),
        { Described: true } => new(
            Checks.Iommu, Verdict.Refuse, "the firmware has it, the kernel does not use it: /sys/kernel/iommu_groups is empty", "without it no card can be given to a guest",
            "boot with intel_iommu=on (Intel) or without amd_iommu=off (AMD): /etc/default/grub, then update-grub"),
        _ => new(
            Checks.Iommu, Verdict.Refuse, "/sys/kernel/iommu_groups is empty, and the firmware has no table DMAR or IVRS", "without it no card can be given to a guest",
            "turn on VT-d (Intel) or AMD-Vi, IOMMU (AMD) in the firmware's setup"),
    };

    internal static Finding InterruptRemapping(Machine machine) => machine.Iommu switch
    {
        { Groups: null } => new(Checks.InterruptRemapping, Verdict.Ok, "there is none while the IOMMU is off"),
        { RemapsInterrupts: true, UnsafeInterrupts: false } => new(Checks.InterruptRemapping, Verdict.Ok, "interrupts pass the IOMMU"),
        { RemapsInterrupts: true } => new(
            Checks.InterruptRemapping, Verdict.Warning, "interrupts pass the IOMMU, but allow_unsafe_interrupts is Y", "the option takes a protection away that nothing here needs to be without",
            "remove allow_unsafe_interrupts from /etc/modprobe.d"),
        { UnsafeInterrupts: true } => new(
            Checks.InterruptRemapping, Verdict.Warning, "interrupts do not pass the IOMMU, and allow_unsafe_interrupts is Y", "a guest with a card can send interrupts to the host that it makes up",
            "give cards only to guests that you trust"),
        { RemapsInterrupts: null } => new(Checks.InterruptRemapping, Verdict.Warning, "/proc/interrupts could not be read", "VFIO refuses a card without interrupt remapping", null),
        _ => new(
            Checks.InterruptRemapping, Verdict.Refuse, "no interrupt passes the IOMMU (/proc/interrupts has no IR-)", "VFIO refuses the card: \"No interrupt remapping support\"",
            "turn on x2APIC and interrupt remapping in the firmware's setup, and boot without intremap=off"),
    };

    internal static Finding AcsOverride(Machine machine) =>
        machine.CommandLine.FirstOrDefault(word => word.StartsWith("pcie_acs_override=", StringComparison.Ordinal)) is { } word
            ? new(Checks.AcsOverride, Verdict.Warning, $"the kernel was started with {word}", "groups are then what the option pretends: a guest's card may reach the memory of another's",
                "remove it from the kernel's command line, or give cards only to guests that you trust")
            : new(Checks.AcsOverride, Verdict.Ok, "groups are as the hardware has them");

    internal static Finding Memory(Machine machine, MemoryNeed guests)
    {
        if (guests.Wanted is not { } wanted)
            return new(Checks.Memory, Verdict.Ok, $"{Gib(machine.Memory.Total)} in all; the guests' share is unknown, as libvirt was not asked");
        if (wanted == 0)
            return new(Checks.Memory, Verdict.Ok, $"{Gib(machine.Memory.Total)} in all, {Gib(machine.Memory.Available)} of them free");
        var evidence = $"the seats' guests have {Gib(wanted)}, the machine {Gib(machine.Memory.Total)} of which {Gib(machine.Memory.Available)} are free";
        if (wanted + HostNeeds > machine.Memory.Total)
            return new(Checks.Memory, Verdict.Refuse, evidence, "a guest with a card has all its memory pinned: the host would kill processes, or the guest not start", "give the guests less memory: virsh setmaxmem");
        return wanted - guests.Running > machine.Memory.Available
            ? new(Checks.Memory, Verdict.Warning, evidence, "not all of them can start now", "end what uses the memory")
            : new(Checks.Memory, Verdict.Ok, evidence);
    }

    private static Finding AtMostWarning(Finding finding) => finding.Verdict == Verdict.Refuse ? finding with { Verdict = Verdict.Warning } : finding;

    private static string Gib(long kib) => string.Create(CultureInfo.InvariantCulture, $"{kib / 1024.0 / 1024:0.0} GiB");

    private static Finding Switch(Machine machine) => machine.CommandLine.Contains("phyllome.seats=off")
        ? new(Checks.KernelSwitch, Verdict.Refuse, "the kernel was started with phyllome.seats=off", "no seat is started then", "restart without it")
        : new(Checks.KernelSwitch, Verdict.Ok, "seats are not switched off");

    private static Finding Virtualization(Machine machine) => machine.Virtualization is { } word
        ? new(Checks.Virtualization, Verdict.Ok, $"the processor has {(word == "vmx" ? "VT-x" : "AMD-V")}")
        : machine.Kvm ? new(Checks.Virtualization, Verdict.Ok, "the processor says neither vmx nor svm, and KVM is there all the same")
        : new(Checks.Virtualization, Verdict.Refuse, "/proc/cpuinfo has neither vmx nor svm", "guests need it", "turn on Intel VT-x or AMD-V (SVM) in the firmware's setup");

    private static Finding Kvm(Machine machine) => machine.Kvm
        ? new(Checks.Kvm, Verdict.Ok, "/dev/kvm is there")
        : new(Checks.Kvm, Verdict.Refuse, "/dev/kvm is not there", "guests need it", $"modprobe kvm_{(machine.Virtualization == "vmx" ? "intel" : "amd")}; dmesg | grep -i kvm says why it refuses");

    private static Finding Uinput(Machine machine) => machine.Uinput
        ? new(Checks.Uinput, Verdict.Ok, "virtual keyboards can be made")
        : new(Checks.Uinput, Verdict.Refuse, "there is neither /dev/uinput nor its module", "a seat types through a virtual keyboard", "install the kernel's full set of modules (Debian: linux-image-amd64, no -cloud)");

    private static Finding Libvirt(LibvirtSight libvirt, LibvirtDaemon daemon) => libvirt switch
    {
        { Problem: { } problem } => new(
            Checks.Libvirt, Verdict.Refuse, problem, "it runs the guests", daemon.IsModular ? daemon.Start : $"apt install libvirt-daemon-system; {daemon.Start}"),
        _ when daemon.Absent.Count > 0 => new(
            Checks.Libvirt, Verdict.Warning, $"{daemon.Name} answers, version {libvirt.Version}, and nothing listens for {string.Join(" and ", daemon.Absent)}",
            "it asks virtnetworkd for the guests' networks and virtstoraged for the disks of clones", $"systemctl enable --now {string.Join(' ', daemon.Absent.Select(name => $"{name}.socket"))}"),
        { Guests.Count: 0 } => new(
            Checks.Libvirt, Verdict.Warning, $"it answers, version {libvirt.Version}, and has no guest", "there is none to seat", "make one in virt-manager or with virt-install"),
        _ => new(Checks.Libvirt, Verdict.Ok, $"it answers, version {libvirt.Version}, with {libvirt.Guests.Count} {(libvirt.Guests.Count == 1 ? "guest" : "guests")}"),
    };

    private static Finding HugePages(Machine machine) => machine.Memory switch
    {
        { HugePages: 0 } => new(Checks.HugePages, Verdict.Ok, "none are set aside; guests do without"),
        var memory => new(Checks.HugePages, Verdict.Ok, $"{Gib(memory.HugePages * memory.HugePageSize)} are set aside, {Gib(memory.FreeHugePages * memory.HugePageSize)} of them free"),
    };

    private static Finding Vfio(Machine machine) => machine.Vfio
        ? new(Checks.Vfio, Verdict.Ok, "the kernel has vfio-pci")
        : new(Checks.Vfio, Verdict.Warning, "the kernel has no vfio-pci", "without it no card can be given to a guest", "install the kernel's full set of modules (Debian: linux-image-amd64, no -cloud)");

    private static Finding Security(Machine machine)
    {
        var modules = machine.SecurityModules.Count == 0 ? "no security module is known" : $"in force: {string.Join(", ", machine.SecurityModules)}";
        return machine.SelinuxEnforces
            ? new(Checks.Security, Verdict.Warning, $"{modules}; SELinux enforces", "the package has no policy of its own, and was not tried with it", "ausearch -m avc -ts recent shows what it refuses")
            : new(Checks.Security, Verdict.Ok, modules);
    }
}
