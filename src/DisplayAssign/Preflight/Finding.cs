using System.Text.Json.Serialization;

namespace Phyllome.Seats.DisplayAssign.Preflight;

public enum Verdict
{
    [JsonStringEnumMemberName("ok")]
    Ok,
    /// <summary>It can go on, but not all will be as its user may think.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,
    /// <summary>It must not go on: the host would hang, lose its picture, or the guest would not start.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,
}

/// <summary>What one check found.</summary>
/// <param name="Check">The check's name, see <see cref="Checks"/>.</param>
/// <param name="Evidence">What was seen, and where.</param>
/// <param name="Why">Why it matters; empty where all is well.</param>
/// <param name="Mend">What to do, a command where there is one; null where nothing is to be done.</param>
public sealed record Finding(string Check, Verdict Verdict, string Evidence, string Why = "", string? Mend = null);

/// <summary>The names of the checks, that reports and scripts know them by.</summary>
public static class Checks
{
    public const string Iommu = "iommu", InterruptRemapping = "interrupt-remapping", Group = "iommu-group", AcsOverride = "acs-override", Functions = "functions",
        BootGpu = "boot-gpu", FirmwareFramebuffer = "firmware-framebuffer", Console = "console", InUse = "in-use", UnseenUse = "unseen-use", Reset = "reset",
        ResetFault = "reset-fault", Power = "power", Rebinding = "rebinding", VirtualFunctions = "virtual-functions", ResizableBar = "resizable-bar",
        Memory = "memory", DriverOverride = "driver-override", OnlyGpu = "only-gpu";

    public const string Virtualization = "virtualization", Kvm = "kvm", Uinput = "uinput", Vfio = "vfio", Libvirt = "libvirt", HugePages = "huge-pages",
        Security = "security", KernelSwitch = "kernel-switch";

    public const string Configuration = "configuration", Guests = "guests", Gpu = "gpu";

    /// <summary>Those that a graphics card must pass, in the order of the report.</summary>
    public static ValueList<string> OfCards { get; } =
    [
        Iommu, InterruptRemapping, Group, AcsOverride, Functions, BootGpu, FirmwareFramebuffer, Console, InUse, UnseenUse, Reset, ResetFault, Power, Rebinding,
        VirtualFunctions, ResizableBar, Memory, DriverOverride, OnlyGpu,
    ];
}
