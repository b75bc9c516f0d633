namespace Phyllome.Seats.VirtualPc.Hardware;

/// <summary>The Debian that is installed on the PC.</summary>
public enum DebianRelease
{
    /// <summary>Debian 12: kernel 6.1, systemd 252, libvirt 9.0, QEMU 7.2.</summary>
    Bookworm,

    /// <summary>Debian 13: kernel 6.12, systemd 257, libvirt 11.3, QEMU 10.0.</summary>
    Trixie,
}

/// <summary>What is installed on the PC beside what every one has. Each is an image of its own, made the first time that a PC needs it.</summary>
public enum PcSoftware
{
    /// <summary>Nothing more.</summary>
    Usual,

    /// <summary>LightDM, a display manager that starts a greeter on each seat of logind's that has a screen. Nobody logs in by a screen before
    /// 'systemctl start lightdm'.</summary>
    Greeter,

    /// <summary>What installing systems in guests takes: UEFI firmware (OVMF), a TPM, libvirt's own network, virt-install, and GRUB, which makes
    /// media that start (grub-mkrescue).</summary>
    Installing,

    /// <summary>weston, a compositor, and remote-viewer, which shows a guest in a window: what else shows one on a monitor. With readelf and strace.</summary>
    Viewing,

    /// <summary>sway, a Wayland desktop. Nobody starts it by itself.</summary>
    Desktop,
}

/// <summary>What a PC is made of when it is powered on. Keyboards, mice, hubs and monitors can come and go afterwards.</summary>
public sealed record PcHardware
{
    public DebianRelease Release { get; init; } = DebianRelease.Bookworm;

    public PcSoftware Software { get; init; }

    public int MemoryMegabytes { get; init; } = 4096;
    /// <summary>An emulated PC boots with two of them and goes on with one (see <see cref="Pc.LeaveOneProcessorAsync"/>).</summary>
    public int Processors { get; init; } = 4;

    /// <summary>Whoever starts the PC calls <see cref="Pc.LeaveOneProcessorAsync"/> itself, and has more done by two until then.</summary>
    public bool KeepsTwoProcessors { get; init; }

    /// <summary>Connectors of the graphics card that shows the boot (virtio-vga). A monitor is at the first from power on.</summary>
    public int Outputs { get; init; } = 2;

    /// <summary>Further graphics cards (bochs-display: one connector each, with a monitor that is always there).</summary>
    public IReadOnlyList<PcGpu> Gpus { get; init; } = [];

    /// <summary>Names of root ports that are empty at power on, for cards that come later.</summary>
    public IReadOnlyList<string> FreePorts { get; init; } = [];

    /// <summary>The USB devices that are plugged in at power on, hubs before what hangs on them.</summary>
    public IReadOnlyList<PcUsbDevice> Usb { get; init; } = [];

    /// <summary>Without one no device can be passed through.</summary>
    public bool Iommu { get; init; } = true;

    /// <summary>Without it VFIO refuses to pass a device through.</summary>
    public bool IommuInterruptRemapping { get; init; } = true;

    /// <summary>AppArmor also where the PC is emulated, at the price of 12 s for each start of a guest.</summary>
    public bool HasAppArmor { get; init; }

    /// <summary>Timers finer than 4 ms also where the PC is emulated: for measuring, and at the price that a PC with guests may stand still
    /// for a minute (see <see cref="CommandLine"/>).</summary>
    public bool PreciseTimers { get; init; }

    /// <summary>An emulated PC's clocks go by what its processor has done, two nanoseconds an instruction, and in its idleness by the machine's:
    /// what else runs there is in no processor time that the PC measures. One processor at most.</summary>
    public bool CountsInstructions { get; init; }

    /// <summary>Further words for the kernel's command line.</summary>
    public string KernelArguments { get; init; } = "";
}

/// <summary>A graphics card. Those that name the same <paramref name="SharedGroup"/> sit behind one conventional PCI bridge and so in
/// one IOMMU group; the others are behind a root port of their own and in a group of their own.</summary>
public sealed record PcGpu(string Name, string? SharedGroup = null)
{
    /// <summary>Beside the chipset, behind no port: there the kernel knows no way to reset a bochs-display.</summary>
    public bool OnRootBus { get; init; }

    /// <summary>With sound as its second function.</summary>
    public bool HasAudio { get; init; }

    /// <summary>How many virtual functions it can be split into. QEMU has no graphics card with any: one that has some is an NVMe controller, whose
    /// class is to be hidden from whoever shall take it for a card.</summary>
    public int VirtualFunctions { get; init; }
}

/// <summary>A thing on the PC's one USB controller. <paramref name="Port"/> is as in sysfs: "1" to "15", and "2.1" behind a hub at 2.</summary>
public abstract record PcUsbDevice(string Name, string Port)
{
    /// <summary>QEMU's own where it is null, which tells the port: such a device is another one at another port.</summary>
    public string? Serial { get; init; }

    internal abstract string Driver { get; }
}

public sealed record PcKeyboard(string Name, string Port) : PcUsbDevice(Name, Port)
{
    internal override string Driver => "usb-kbd";
}

public sealed record PcMouse(string Name, string Port) : PcUsbDevice(Name, Port)
{
    internal override string Driver => "usb-mouse";
}

/// <summary>A pointer that says where it is, as a touchscreen does.</summary>
public sealed record PcTablet(string Name, string Port) : PcUsbDevice(Name, Port)
{
    internal override string Driver => "usb-tablet";
}

public sealed record PcHub(string Name, string Port) : PcUsbDevice(Name, Port)
{
    internal override string Driver => "usb-hub";
}

/// <summary>A stick, empty at first.</summary>
public sealed record PcStick(string Name, string Port) : PcUsbDevice(Name, Port)
{
    public int Megabytes { get; init; } = 16;

    internal override string Driver => "usb-storage";
}

/// <summary>A headset: what is played on it is written to <see cref="Pc.Heard"/>. One at a time.</summary>
public sealed record PcHeadset(string Name, string Port) : PcUsbDevice(Name, Port)
{
    internal override string Driver => "usb-audio";
}
