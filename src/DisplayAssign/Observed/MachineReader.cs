using System.Globalization;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>Reads a machine from a directory that mirrors its paths; <c>/</c> is this one. Changes nothing, and wakes no device.</summary>
public static class MachineReader
{
    private static readonly string[] ModuleLists = ["modules.builtin", "modules.dep"];

    /// <param name="names">Whether devices are called as pci.ids has it, which is the greater part of the work; else by their kinds and ids.</param>
    /// <param name="holders">Whether the processes are looked for that have a card open, which is the greater part of what is left.</param>
    public static Machine Read(string root = "/", bool names = true, bool holders = true)
    {
        string sys = Path.Combine(root, "sys"), proc = Path.Combine(root, "proc");
        var pci = PciBus.Read(sys, names ? PciNames.Read(root) : PciNames.None);
        var (found, all) = holders ? HolderSearch.Read(root, pci) : ([], false);
        var pictures = BootPictures(proc);
        var framebuffers = Framebuffers(sys);
        var console = Sysfs.Entries(Path.Combine(sys, "class/vtconsole"))
            .Any(console => Sysfs.Text(console, "name")?.Contains("frame buffer", StringComparison.Ordinal) == true && Sysfs.Text(console, "bind") == "1");
        var connectors = DisplayInventory.ReadAll(sys).ToList();
        var displays = connectors.Select(one => one.Display).Select(display => display with
        {
            Holder = DisplayInventory.HolderOf(display, found) ?? (console && framebuffers.Any(one => one.Gpu is not null && one.Gpu == display.Gpu) ? "the kernel's console" : null),
        }).ToValueList();
        return new()
        {
            Kernel = Sysfs.Text(proc, "sys/kernel/osrelease") ?? "",
            CommandLine = (Sysfs.Text(proc, "cmdline") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToValueList(),
            Virtualization = Flags(proc) is { } flags ? flags.Contains("vmx") ? "vmx" : flags.Contains("svm") ? "svm" : null : null,
            Kvm = Path.Exists(Path.Combine(root, "dev/kvm")),
            Uinput = Path.Exists(Path.Combine(root, "dev/uinput")) || HasModule(root, "uinput"),
            Vfio = Directory.Exists(Path.Combine(sys, "bus/pci/drivers/vfio-pci")) || HasModule(root, "vfio-pci"),
            Iommu = Iommu(sys, proc),
            Memory = Memory(proc),
            Libvirt = LibvirtDaemon.Find(root),
            Pci = pci,
            Displays = displays,
            Monitors = connectors.Where(one => one.Edid is not null).Select(one => new Monitor(one.Display.Connector, one.Edid!)).ToValueList(),
            Framebuffers = framebuffers,
            BootPictures = pictures,
            FramebufferConsole = console,
            Holders = found,
            Modules = pci.Where(function => function.IsDisplay && function.IsHosts).Select(function => function.Driver!).Distinct().Select(driver => Module(sys, driver))
                .OfType<DriverModule>().ToValueList(),
            SecurityModules = (Sysfs.Text(sys, "kernel/security/lsm") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).ToValueList(),
            SelinuxEnforces = Sysfs.Text(sys, "fs/selinux/enforce") == "1",
            AllHoldersSeen = all,
            Unread =
            [
                .. pictures is null ? ["the addresses in /proc/iomem, by which the firmware's picture is told to be on a card"] : Array.Empty<string>(),
                .. all ? Array.Empty<string>() : ["the open files of other users' processes, by which those that hold a card are found"],
            ],
        };
    }

    private static string[]? Flags(string proc) => Sysfs.Named(Sysfs.Text(proc, "cpuinfo"), "flags")?.Split(' ');

    private static bool HasModule(string root, string name)
    {
        if (Directory.Exists(Path.Combine(root, "sys/module", name.Replace('-', '_'))))
            return true;
        var modules = Path.Combine(root, "lib/modules", Sysfs.Text(Path.Combine(root, "proc"), "sys/kernel/osrelease") ?? "");
        return ModuleLists.Any(list => Sysfs.Text(modules, list)?.Contains($"/{name}.ko", StringComparison.Ordinal) == true);
    }

    private static Iommu Iommu(string sys, string proc)
    {
        var groups = Sysfs.Entries(Path.Combine(sys, "kernel/iommu_groups")).Count;
        var tables = Path.Combine(sys, "firmware/acpi/tables");
        return new(
            File.Exists(Path.Combine(tables, "DMAR")) || File.Exists(Path.Combine(tables, "IVRS")) || Sysfs.Entries(Path.Combine(sys, "class/iommu")).Count > 0,
            groups == 0 ? null : groups, Sysfs.Text(proc, "interrupts")?.Contains(" IR-", StringComparison.Ordinal),
            Sysfs.Text(sys, "module/vfio_iommu_type1/parameters/allow_unsafe_interrupts") == "Y",
            // iommufd may stand in for vfio_iommu_type1.
            Loaded("vfio") && !Loaded("vfio_iommu_type1") && !Loaded("iommufd"));

        bool Loaded(string module) => Directory.Exists(Path.Combine(sys, "module", module));
    }

    private static Memory Memory(string proc)
    {
        var text = Sysfs.Text(proc, "meminfo");
        long Of(string name) =>
            Sysfs.Named(text, name) is { } value && long.TryParse(value.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new(Of("MemTotal"), Of("MemAvailable"), Of("HugePages_Total"), Of("HugePages_Free"), Of("Hugepagesize"));
    }

    private static ValueList<Framebuffer> Framebuffers(string sys)
    {
        var all = new List<Framebuffer>();
        foreach (var folder in Sysfs.Entries(Path.Combine(sys, "class/graphics")).Where(folder => Path.GetFileName(folder) is ['f', 'b', >= '0' and <= '9', ..]))
            all.Add(new(Path.GetFileName(folder), Sysfs.Text(folder, "name") ?? "", Sysfs.PciOf(folder)));
        foreach (var folder in Sysfs.Entries(Path.Combine(sys, "class/drm")).Where(folder => Sysfs.LinkName(Path.Combine(folder, "device"), "driver") == "simple-framebuffer"))
            all.Add(new(Path.GetFileName(folder), "simple-framebuffer", Sysfs.PciOf(folder)));
        return all.ToValueList();
    }

    /// <summary>Who may not see the addresses gets all of them as zero.</summary>
    private static ValueList<MemoryRange>? BootPictures(string proc)
    {
        if (Sysfs.Text(proc, "iomem") is not { } text)
            return null;
        var ranges = text.Split('\n').Select(line => (Range: Range(line), Line: line)).Where(line => line.Range is not null).ToList();
        if (ranges.TrueForAll(line => line.Range == default(MemoryRange)))
            return null;
        return ranges.Where(line => line.Line.Split(" : ", 2) is [_, "BOOTFB" or "efifb" or "vesafb" or "simplefb" or "simpledrm"]).Select(line => line.Range!.Value).ToValueList();
    }

    private static MemoryRange? Range(string line)
    {
        var ends = line.Split(" : ", 2)[0].Trim().Split('-');
        return ends.Length == 2 && ulong.TryParse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var first)
            && ulong.TryParse(ends[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var last) ? new(first, last) : null;
    }

    /// <summary>Null for a driver that is built in: nothing counts its users.</summary>
    private static DriverModule? Module(string sys, string driver)
    {
        var folder = Path.Combine(sys, "module", driver.Replace('-', '_'));
        return Sysfs.Number(folder, "refcnt") is { } references ? new(driver, references, Sysfs.Entries(Path.Combine(folder, "holders")).Count) : null;
    }
}
