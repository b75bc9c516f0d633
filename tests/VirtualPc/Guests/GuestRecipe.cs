using System.Globalization;

namespace Phyllome.Seats.VirtualPc.Guests;

/// <summary>A small Linux guest: its stored definition has neither input devices nor a GPU, so all that it gets is what a seat brings.</summary>
public sealed record GuestRecipe(string Name)
{
    /// <summary>For a card to reach it, all of it is pinned, and so zeroed, at the start.</summary>
    public int MemoryMegabytes { get; init; } = 128;

    /// <summary>For what comes, a card and a pointer and two more; each costs an emulated start two seconds. What is always there sits on the root
    /// bus.</summary>
    const int RootPorts = 4;

    internal const string Logs = "/var/log/guests";

    internal string Events => $"{Logs}/{Name}.events";
    internal string Console => $"{Logs}/{Name}.console";

    /// <summary>PCI addresses ("0000:01:00.0") to pass through from the definition itself, for tests that need no service.</summary>
    public IReadOnlyList<string> PassedThrough { get; init; } = [];

    /// <summary>Whether it has a graphics card of its own, virtual, with a display that another program shows (QEMU's D-Bus display).</summary>
    public bool HasDisplay { get; init; }

    /// <summary>The file in the PC that it starts with.</summary>
    public string Initramfs { get; init; } = "/var/lib/virtual-pc/guest/initrd";

    /// <summary>The first process's program in it.</summary>
    public string First { get; init; } = "/init";

    /// <summary>Further elements of <c>devices</c>.</summary>
    public string MoreDevices { get; init; } = "";

    /// <summary>What an emulated processor would spend most of a start with is left out: looking for an AGP aperture and for buses that are not
    /// there (thousands of port accesses, each of them leaves the guest), self-tests, and waiting for grace periods.</summary>
    const string KernelArguments = "console=ttyS0 quiet mitigations=off panic=1 pci=noearly,lastbus=0,noaer no_timer_check "
        + "rcupdate.rcu_expedited=1 cryptomgr.notests audit=0 lsm= ipv6.disable=1";

    internal string Xml => $"""
        <domain type='kvm'>
          <name>{Name}</name>
          <memory unit='MiB'>{MemoryMegabytes.ToString(CultureInfo.InvariantCulture)}</memory>
          <vcpu>1</vcpu>
          <os>
            <type arch='x86_64' machine='q35'>hvm</type>
            <kernel>/var/lib/virtual-pc/guest/vmlinux</kernel>
            <initrd>{Initramfs}</initrd>
            <cmdline>{KernelArguments} rdinit={First} guest={Name}</cmdline>
          </os>
          <features><acpi/><apic/></features>
          <cpu mode='host-passthrough'/>
          <on_reboot>restart</on_reboot>
          <devices>
            <controller type='pci' model='pcie-root'/>
            {string.Join("\n    ", Enumerable.Repeat("<controller type='pci' model='pcie-root-port'/>", RootPorts))}
            <controller type='usb' model='qemu-xhci'><address type='pci' bus='0' slot='0x10'/></controller>
            <controller type='virtio-serial'><address type='pci' bus='0' slot='0x11'/></controller>
            <serial type='file'><source path='{Console}' append='on'/></serial>
            <channel type='file'><source path='{Events}' append='on'/><target type='virtio' name='events'/></channel>
            {(HasDisplay ? "<graphics type='dbus' p2p='yes'/><video><model type='virtio'/></video>" : "<video><model type='none'/></video>")}
            <memballoon model='none'/>
            {string.Concat(PassedThrough.Select(HostDevice))}{MoreDevices}
          </devices>
        </domain>
        """;

    static string HostDevice(string address)
    {
        var parts = address.Split(':', '.');
        return $"<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x{parts[0]}' bus='0x{parts[1]}' slot='0x{parts[2]}' function='0x{parts[3]}'/></source></hostdev>";
    }
}
