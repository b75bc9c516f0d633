using System.Globalization;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Monitors;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>What the files under /sys, /proc, /dev and /run say about a computer that guests and passed-through cards depend on.</summary>
public sealed record Machine
{
    public required string Kernel { get; init; }

    public required ValueList<string> CommandLine { get; init; }

    /// <summary><c>vmx</c> or <c>svm</c>; null where the processor (or the firmware, or the hypervisor below) offers neither.</summary>
    public required string? Virtualization { get; init; }

    public required bool Kvm { get; init; }

    public required bool Uinput { get; init; }

    /// <summary>Whether the kernel has vfio-pci, loaded or as a module.</summary>
    public required bool Vfio { get; init; }

    public required Iommu Iommu { get; init; }

    public required Memory Memory { get; init; }

    /// <summary>The daemon that guests are asked for.</summary>
    public required LibvirtDaemon Libvirt { get; init; }

    public required ValueList<PciFunction> Pci { get; init; }

    public required ValueList<Display> Displays { get; init; }

    /// <summary>What the monitors say of themselves, by their connectors.</summary>
    public required ValueList<Monitor> Monitors { get; init; }

    public required ValueList<Framebuffer> Framebuffers { get; init; }

    /// <summary>Where the firmware's picture is in memory, by /proc/iomem; null where its addresses are not shown to this user.</summary>
    public required ValueList<MemoryRange>? BootPictures { get; init; }

    /// <summary>Whether the kernel's console draws on a framebuffer.</summary>
    public required bool FramebufferConsole { get; init; }

    public required ValueList<Holder> Holders { get; init; }

    public required ValueList<DriverModule> Modules { get; init; }

    /// <summary>Names of the security modules in force.</summary>
    public required ValueList<string> SecurityModules { get; init; }

    public required bool SelinuxEnforces { get; init; }

    /// <summary>What this user could not read, a sentence each.</summary>
    public required ValueList<string> Unread { get; init; }

    /// <summary>Whether every process's open files were seen; else there may be holders that are not in <see cref="Holders"/>.</summary>
    public required bool AllHoldersSeen { get; init; }

    public IEnumerable<PciFunction> Gpus => Pci.Where(function => function.IsDisplay);

    public PciFunction? Function(string address) => Pci.FirstOrDefault(function => function.Address == address);

    /// <summary>The other functions of a card: audio, USB, UCSI.</summary>
    public IEnumerable<PciFunction> Siblings(PciFunction of) => of.PhysicalFunction is not null ? []
        : Pci.Where(function => function.Slot == of.Slot && function != of && function.PhysicalFunction is null);

    /// <summary>The virtual functions of a card.</summary>
    public IEnumerable<PciFunction> VirtualFunctions(PciFunction of) => Pci.Where(function => function.PhysicalFunction == of.Address);

    /// <summary>The others of its IOMMU group that are not bridges.</summary>
    public IEnumerable<PciFunction> GroupMates(PciFunction of) =>
        of.Group is null ? [] : Pci.Where(function => function.Group == of.Group && function != of && !function.IsBridge);

    /// <summary>
    /// Those that the kernel's console draws on. The command line maps it to some (fbcon=map:01, one digit a console, over and over); else
    /// that of the card that showed the boot takes it over from whichever came before (fbcon_select_primary, where the kernel is built
    /// with CONFIG_FRAMEBUFFER_CONSOLE_DETECT_PRIMARY, as distributions do); else it stays on the first.
    /// </summary>
    public IEnumerable<Framebuffer> ConsoleFramebuffers()
    {
        if (!FramebufferConsole)
            return [];
        var numbered = Framebuffers.Where(one => one.Number is not null).OrderBy(one => one.Number).ToList();
        var mapped = CommandLine.LastOrDefault(word => word.StartsWith("fbcon=", StringComparison.Ordinal))?["fbcon=".Length..].Split(',')
            .FirstOrDefault(option => option.StartsWith("map:", StringComparison.Ordinal))?["map:".Length..];
        if (mapped is null)
            return numbered.Find(one => Gpus.Any(gpu => gpu.Boot && gpu.Address == one.Gpu)) is { } primary ? [primary] : numbered.Take(1);
        return numbered.Where(one => mapped.Contains((char)('0' + one.Number!.Value)));
    }

    public IEnumerable<Holder> HoldersOf(PciFunction gpu) => Holders.Where(holder => holder.Gpu == gpu.Address);
}

/// <summary>A monitor that is plugged in, as it describes itself.</summary>
public sealed record Monitor(string Connector, Edid Edid);

/// <param name="Described">Whether the firmware has a table of it (DMAR of Intel, IVRS of AMD).</param>
/// <param name="Groups">Null where the kernel has none, as the IOMMU is off.</param>
/// <param name="RemapsInterrupts">Whether interrupts pass it too (chips called IR- in /proc/interrupts); null where that was not read.</param>
/// <param name="UnsafeInterrupts">Whether vfio_iommu_type1 was told to do without that.</param>
/// <param name="OutOfReach">Whether vfio was loaded without what drives the IOMMU for it.</param>
public sealed record Iommu(bool Described, int? Groups, bool? RemapsInterrupts, bool UnsafeInterrupts, bool OutOfReach);

/// <summary>/proc/meminfo, in KiB.</summary>
public sealed record Memory(long Total, long Available, long HugePages, long FreeHugePages, long HugePageSize);

/// <summary>A framebuffer, or a DRM card that is none but the firmware's picture.</summary>
/// <param name="Name"><c>fb0</c>, <c>card0</c>.</param>
/// <param name="Label">By its driver: <c>EFI VGA</c>, <c>i915drmfb</c>, <c>simple-framebuffer</c>.</param>
/// <param name="Gpu">Address of the PCI function that it hangs under, null where it hangs under none.</param>
public sealed record Framebuffer(string Name, string Label, string? Gpu)
{
    /// <summary>N of fbN; null for a DRM card.</summary>
    public int? Number => Name.StartsWith("fb", StringComparison.Ordinal) && int.TryParse(Name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether it is the picture that the firmware left, drawn to by a driver that knows no card.</summary>
    public bool IsFirmwares => Label is "EFI VGA" or "VESA VGA" or "simple" or "simple-framebuffer" or "simpledrmdrmfb" or "OFfb";
}

/// <summary>A process with a card's node open.</summary>
/// <param name="Session">logind's session, or the user's or the system's service; null where its control group says nothing.</param>
/// <param name="Gpu">The card's PCI address.</param>
public sealed record Holder(int Process, string Command, string? Session, string Gpu, string Node);

/// <param name="References">Of /sys/module/NAME/refcnt.</param>
/// <param name="Users">How many modules are among them.</param>
public sealed record DriverModule(string Name, int References, int Users);
