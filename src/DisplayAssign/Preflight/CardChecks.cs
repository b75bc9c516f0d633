using System.Globalization;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign.Preflight;

/// <summary>
/// What must hold before a graphics card is taken from the host and given to a guest; pure. A card that has vfio-pci since the boot passes most
/// of it, as nothing is taken then.
/// </summary>
/// <param name="seat">The seat whose configuration names the card, null for none: what the configuration says in so many words is a warning where it is
/// else refused.</param>
/// <param name="guests">The memory that guests may have, for what a passed-through card pins.</param>
internal sealed class CardChecks(Machine machine, PciFunction gpu, string? seat, MemoryNeed guests)
{
    private const int VgaMegabytes = 256;

    private bool Taken => gpu.Driver == Gpu.Vfio;

    /// <summary>By its address and its ids: another card of the same product stays with the host.</summary>
    private string Early => $"have it bound to vfio-pci from the boot on: seatctl gpu claim {gpu.Address}";

    internal IEnumerable<Finding> All() =>
    [
        MachineChecks.Iommu(machine), MachineChecks.InterruptRemapping(machine), Group(), MachineChecks.AcsOverride(machine), Functions(), BootGpu(), FirmwareFramebuffer(),
        Console(), InUse(), UnseenUse(), Reset(), ResetFault(), Power(), Rebinding(), VirtualFunctions(), ResizableBar(), MachineChecks.Memory(machine, guests),
        DriverOverride(), OnlyGpu(),
    ];

    private static Finding Ok(string check, string evidence) => new(check, Verdict.Ok, evidence);

    private static Finding Warn(string check, string evidence, string why, string? mend) => new(check, Verdict.Warning, evidence, why, mend);

    private static Finding Refuse(string check, string evidence, string why, string? mend) => new(check, Verdict.Refuse, evidence, why, mend);

    /// <summary>What the configuration asks for in so many words is done.</summary>
    private Finding RefuseUnasked(string check, string evidence, string why, string? mend) =>
        new(check, seat is null ? Verdict.Refuse : Verdict.Warning, evidence, why, mend);

    private static string Named(PciFunction function) => function.Driver is { } driver ? $"{function.Address} {function.Name} ({driver})" : $"{function.Address} {function.Name}";

    private static string List(IEnumerable<PciFunction> functions) => string.Join(", ", functions.Select(Named));

    private static string Size(long bytes) =>
        bytes >= 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30} GiB") : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");

    private Finding Group()
    {
        if (gpu.Group is not { } group)
            return machine.Iommu.Groups is null ? Ok(Checks.Group, "there are no groups while the IOMMU is off") :
                Refuse(Checks.Group, "it has no iommu_group", "without a group VFIO cannot take it", "update the firmware; its table of the IOMMU leaves this device out");
        var strangers = machine.GroupMates(gpu).Except(machine.Siblings(gpu)).ToList();
        if (strangers.Where(mate => mate.IsHosts).ToList() is { Count: > 0 } held)
        {
            return Refuse(
                Checks.Group, $"group {group} has also {List(held)}", "a group goes to a guest as a whole or not at all, and these are the host's",
                "put the card into another slot, or turn on ACS in the firmware's setup; pcie_acs_override would only pretend");
        }
        return strangers.Count > 0
            ? Warn(Checks.Group, $"group {group} has also {List(strangers)}", "they leave the host together with the card", null)
            : Ok(Checks.Group, $"group {group} has the card alone");
    }

    private Finding Functions()
    {
        var siblings = machine.Siblings(gpu).ToList();
        if (siblings.Count == 0)
            return Ok(Checks.Functions, gpu.PhysicalFunction is { } card ? $"it is a virtual function of {card}" : "it has one function");
        var all = List(siblings);
        if (siblings.Where(sibling => sibling.IsUsb && sibling.IsHosts).ToList() is { Count: > 0 } usb)
            return Warn(Checks.Functions, $"with it goes {List(usb)}", "what is plugged into the card's own USB port leaves the host as well", "plug the host's keyboard elsewhere");
        if (Taken && siblings.Where(sibling => sibling.IsHosts).ToList() is { Count: > 0 } left)
        {
            return Warn(
                Checks.Functions, $"the host's driver still has {List(left)}", "all functions of a card move together, and these are taken when the guest starts",
                $"bind them early as well: seatctl gpu claim {gpu.Address}");
        }
        return Ok(Checks.Functions, $"with it goes {all}");
    }

    private Finding BootGpu() => gpu.Boot
        ? RefuseUnasked(
            Checks.BootGpu, "boot_vga is 1: the firmware showed the boot on it",
            "the host has no picture while a guest has it, and the guest may see only the copy of the card's firmware that the boot has changed",
            "make another card the first in the firmware's setup, or name this one in the configuration and give the guest a ROM file (<rom file=.../>)")
        : Ok(Checks.BootGpu, "it did not show the boot");

    private Finding FirmwareFramebuffer()
    {
        foreach (var bar in gpu.Bars)
        {
            if ((machine.BootPictures ?? []).Where(bar.Range.Overlaps).ToList() is [var inside, ..])
                return Framebuffer($"/proc/iomem has the firmware's picture at {inside}, within BAR {bar.Index}");
        }
        if (machine.Framebuffers.FirstOrDefault(one => one.IsFirmwares && (one.Gpu == gpu.Address || one.Gpu is null && gpu.Boot && machine.BootPictures is null)) is { } picture)
            return Framebuffer($"{picture.Name} is '{picture.Label}'");
        return Ok(Checks.FirmwareFramebuffer, "no picture of the firmware is on it");
    }

    /// <summary>vfio-pci asks the kernel to remove it for VGA controllers alone (vfio_pci_vga_init).</summary>
    private Finding Framebuffer(string evidence) => gpu.IsVga
        ? Warn(Checks.FirmwareFramebuffer, evidence, "the kernel removes it when vfio-pci takes a VGA controller, and older ones then fail with \"BAR: can't reserve\"",
            "boot with video=efifb:off (or initcall_blacklist=sysfb_init) if the guest does not start")
        : Refuse(Checks.FirmwareFramebuffer, evidence, "the kernel does not remove it from a display controller that is no VGA controller: \"BAR: can't reserve\"",
            "boot with initcall_blacklist=sysfb_init");

    private Finding Console()
    {
        var consoles = machine.ConsoleFramebuffers().ToList();
        var drawn = consoles.Find(one => one.Gpu == gpu.Address && !one.IsFirmwares);
        if (Taken || drawn is null)
            return Ok(Checks.Console, "the kernel's console does not draw on it");
        return Refuse(
            Checks.Console, $"the kernel's console draws on {drawn.Name} ('{drawn.Label}')", "taking the card hangs in the kernel, or the console is dead afterwards",
            $"{Early}; or, at your risk: echo 0 > /sys/class/vtconsole/vtcon1/bind");
    }

    private Finding InUse()
    {
        var holders = machine.HoldersOf(gpu).GroupBy(holder => (holder.Process, holder.Command, holder.Session)).Select(one => one.Key).ToList();
        if (Taken)
            return Ok(Checks.InUse, holders.Count > 0 ? $"guest of {holders[0].Command} {holders[0].Process} has it" : "nobody has it open");
        if (holders.Count > 0)
        {
            var names = string.Join(", ", holders.Take(4).Select(one => $"{one.Command} {one.Process}{(one.Session is { } session ? $" ({session})" : "")}"));
            return Refuse(
                Checks.InUse, $"{names}{(holders.Count > 4 ? $" and {holders.Count - 4} more" : "")} {(holders.Count == 1 ? "has" : "have")} it open",
                "with NVIDIA's driver taking it waits for ever, with AMD's the kernel may fail", $"end them, or {Early}");
        }
        return machine.AllHoldersSeen || gpu.Driver is null ? Ok(Checks.InUse, "nobody has it open")
            : Warn(Checks.InUse, "none of your own processes has it open; others' were not seen", "a card in use must not be taken", "sudo seatctl doctor");
    }

    /// <summary>A driver's module counts its users: its dependents, the console and its client, and each open file. More than these are holders that no table shows.</summary>
    private Finding UnseenUse()
    {
        if (machine.Modules.FirstOrDefault(module => module.Name == gpu.Driver) is not { } counted)
            return Ok(Checks.UnseenUse, Taken || gpu.Driver is null ? "no host driver has it" : $"{gpu.Driver} counts no users");
        var known = counted.Users + 2 * machine.Framebuffers.Count(one => machine.Gpus.Any(other => other.Driver == gpu.Driver && other.Address == one.Gpu));
        var unknown = counted.References - known;
        var explained = machine.Holders.Any(holder => machine.Function(holder.Gpu)?.Driver == gpu.Driver) || !machine.AllHoldersSeen;
        return unknown <= 0 || explained
            ? Ok(Checks.UnseenUse, $"{counted.Name} has {counted.References} references, {counted.Users} of them by modules")
            : Warn(
                Checks.UnseenUse, $"{counted.Name} has {counted.References} references, and {unknown} of them by nobody who can be seen",
                "taking a card from a driver with such a left-over never returns", $"restart the computer, and {Early}");
    }

    private Finding Reset()
    {
        if (gpu.ResetMethods is not { Count: > 0 } methods)
        {
            if (!gpu.Resettable && ResetsAsAWhole)
                return Ok(Checks.Reset, "none of its functions resets alone; VFIO resets their bus, which has nothing else");
            return gpu.Resettable && gpu.ResetMethods is null
                ? Warn(Checks.Reset, $"it can be reset, but Linux {machine.Kernel} does not say how", "not every way brings a card back", "use Linux 5.15 or newer to know")
                : Refuse(Checks.Reset, "the kernel knows no way to reset it", "a guest that restarts gets it as the last one left it, often dead until the host restarts",
                    gpu.Vendor == "1002" ? "install vendor-reset, if it knows the card" : "use another card");
        }
        var named = string.Join(", ", methods);
        if (methods.Any(method => method is "flr" or "device_specific" or "acpi"))
            return Ok(Checks.Reset, $"it resets by {named}");
        if (methods.Any(method => method is "bus" or "cxl_bus"))
        {
            var strangers = machine.Pci.Where(other => other.Bus == gpu.Bus && other.Slot != gpu.Slot).ToList();
            return strangers.Count == 0 ? Ok(Checks.Reset, $"it resets by {named}, alone on its bus")
                : Refuse(Checks.Reset, $"it resets by {named} alone, and on its bus is also {List(strangers)}", "that resets them too, so VFIO refuses it", "put the card into another slot");
        }
        return Warn(Checks.Reset, $"it resets by {named} alone", "a change of power state resets few cards for good", "restart its guest once before you rely on it");
    }

    /// <summary>
    /// The kernel resets a bus for one function only where that is alone on it (pci_parent_bus_reset), and VFIO for all who are together on it
    /// (VFIO_DEVICE_PCI_HOT_RESET), which takes a bridge above them.
    /// </summary>
    private bool ResetsAsAWhole => gpu.Parent is not null && machine.Siblings(gpu).Any() && machine.Pci.All(other => other.Bus != gpu.Bus || other.Slot == gpu.Slot);

    private Finding ResetFault()
    {
        if (!KnownFaults.ResetFails(gpu))
            return Ok(Checks.ResetFault, "its resets are not known to fail");
        return gpu.ResetMethods?.Contains("device_specific") == true
            ? Ok(Checks.ResetFault, "its resets are known to fail, and a reset of its own (vendor-reset) is there")
            : Warn(Checks.ResetFault, $"AMD {gpu.Vendor}:{gpu.Product} is of a generation whose resets fail", "after its guest has stopped, it may come back only with the host's restart",
                "install vendor-reset (github.com/gnif/vendor-reset), or shut its guest down only together with the host");
    }

    private Finding Power() => gpu switch
    {
        { Answers: false } => Refuse(Checks.Power, "its configuration space reads ff", "its link is dead: it lost power, or a reset has failed", "switch the computer off and on; a restart may not do"),
        { PowerState: "D3cold", Driver: Gpu.Vfio } => Warn(Checks.Power, "it is in D3cold", "some cards do not come back: \"Unable to change power state from D3cold\"",
            "options vfio-pci disable_idle_d3=1 in /etc/modprobe.d/vfio.conf"),
        { PowerState: "D3cold" } => Warn(Checks.Power, "it is in D3cold, as its driver has put it to sleep", "it may not wake for a guest", $"echo 0 > /sys/bus/pci/devices/{gpu.Address}/d3cold_allowed"),
        _ => Ok(Checks.Power, gpu.PowerState is { } state ? $"it is in {state} and answers" : "it answers"),
    };

    private Finding Rebinding()
    {
        if (!gpu.IsHosts)
            return Ok(Checks.Rebinding, Taken ? "it has vfio-pci already" : "no driver has it");
        return KnownFaults.Rebinding(gpu, machine.Kernel) is { } fault
            ? Refuse(Checks.Rebinding, $"{gpu.Driver} has it on Linux {machine.Kernel}", fault, Early)
            : Warn(Checks.Rebinding, $"{gpu.Driver} has it", "taking a card from its driver while the host runs is what fails most in this field", Early);
    }

    private Finding VirtualFunctions() => gpu.VirtualFunctions switch
    {
        { Active: > 0 } => Refuse(Checks.VirtualFunctions, $"{gpu.VirtualFunctions.Active} of its virtual functions are on", "the kernel binds no card to vfio-pci that has any",
            $"echo 0 > /sys/bus/pci/devices/{gpu.Address}/sriov_numvfs; or give the seat one of them instead"),
        { Possible: > 0 } => Ok(Checks.VirtualFunctions, $"of {gpu.VirtualFunctions.Possible} virtual functions none is on"),
        _ when gpu.Mediated.Count > 0 => Refuse(
            Checks.VirtualFunctions, $"{gpu.Mediated.Count} mediated devices were made of it", "its driver does not let go of it while there are any",
            $"seatctl gpu release {gpu.Address}, when their guests are off"),
        _ => Ok(Checks.VirtualFunctions, gpu.MediatedTypes.Count > 0 ? $"it can be split into {gpu.MediatedTypes.Count} kinds of mediated devices" : "it has none"),
    };

    private Finding ResizableBar()
    {
        var resizable = gpu.Bars.Where(bar => bar.Sizes.Count > 0).ToList();
        if (resizable.FirstOrDefault(bar => bar.Range.Length > (long)VgaMegabytes << 20) is not { } large)
            return Ok(Checks.ResizableBar, resizable.Count == 0 ? "no BAR of it is resizable" : $"BAR {resizable[0].Index} has {Size(resizable[0].Range.Length)}");
        return Warn(
            Checks.ResizableBar, $"BAR {large.Index} was resized to {Size(large.Range.Length)}", "some guests' drivers then fail (code 43), and some cards hang when they are given back",
            $"turn off Resizable BAR in the firmware's setup if the guest's driver fails; or, before the guest starts: echo 8 > /sys/bus/pci/devices/{gpu.Address}/resource{large.Index}_resize");
    }

    /// <summary>Of each of its functions: a hand-over that a crash has ended may have left any of them behind.</summary>
    private Finding DriverOverride()
    {
        if (machine.Siblings(gpu).Prepend(gpu).FirstOrDefault(one => one.DriverOverride is { } forced && one.Driver is { } driver && forced != driver) is { } left)
        {
            return Refuse(
                Checks.DriverOverride, $"driver_override of {left.Address} is {left.DriverOverride}, but {left.Driver} has it", "a step was left half done, by a crash or by another tool",
                left.DriverOverride == Gpu.Vfio ? $"seatctl gpu release {gpu.Address}" : $"echo > /sys/bus/pci/devices/{left.Address}/driver_override");
        }
        if (machine.Siblings(gpu).FirstOrDefault(one => one.DriverOverride == Gpu.Vfio && gpu.DriverOverride is null && gpu.IsHosts) is { } part)
        {
            return Warn(
                Checks.DriverOverride, $"driver_override of {part.Address} alone is vfio-pci", "a card goes as a whole or not at all, and this part is not the host's any more",
                $"seatctl gpu release {gpu.Address}");
        }
        return gpu.DriverOverride switch
        {
            null => Ok(Checks.DriverOverride, "it has none"),
            Gpu.Vfio when seat is null => Warn(
                Checks.DriverOverride, "driver_override is vfio-pci, and no seat has the card", "it stays dark on the host", $"seatctl gpu release {gpu.Address}; or give it to a seat"),
            var forced => Ok(Checks.DriverOverride, $"it is {forced}"),
        };
    }

    private Finding OnlyGpu()
    {
        var others = machine.Gpus.Where(other => other != gpu && !machine.Siblings(gpu).Contains(other) && (other.IsHosts || machine.Framebuffers.Any(one => one.Gpu == other.Address))).ToList();
        return others.Count > 0 ? Ok(Checks.OnlyGpu, $"the host keeps {List(others.Take(1))}")
            : RefuseUnasked(Checks.OnlyGpu, "the host has no other graphics card", "it has no picture left: only the network reaches it", "add a card for the host, or make sure that ssh reaches it");
    }
}
