using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>The PC of an owner who installs systems.</summary>
static class InstallersPc
{
    /// <summary>A medium that starts by UEFI without Secure Boot alone: nobody has signed its GRUB, which has a menu, and a key that switches off.</summary>
    public const string Medium = "/var/lib/libvirt/images/setup.iso";

    /// <summary>What a guest with UEFI needs in the emulated PC, at the end of its definition: QEMU 7.2's emulated SVM breaks off (tcg_handle_interrupt)
    /// where a guest writes CR8 while an interrupt waits, as OVMF does at the end of each one. KVM takes such writes itself where the guest's APIC is not
    /// the kernel's; what else of KVM needs that APIC is off.</summary>
    public const string OwnInterruptController = "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
        + "<qemu:arg value='-machine'/><qemu:arg value='kernel_irqchip=off'/>"
        + "<qemu:arg value='-global'/><qemu:arg value='driver=host-x86_64-cpu,property=kvm-asyncpf-int,value=off'/></qemu:commandline>";

    public static PcHardware Hardware { get; } = TwoSeatPc.OneCardHardware(DebianRelease.Bookworm) with { Software = PcSoftware.Installing };

    /// <summary>Starts libvirt's network and pools, and makes the medium.</summary>
    /// <remarks>The large pool lies in memory, of which an empty disk takes none.</remarks>
    public static Task<string> PrepareAsync(Pc pc, CancellationToken cancellation) => pc.MustRunAsync($$"""
        virsh --quiet net-start default
        mkdir /large && mount -t tmpfs -o size=200G large /large
        for pool in default=/var/lib/libvirt/images large=/large; do
          virsh --quiet pool-define-as ${pool%=*} dir --target ${pool#*=} && virsh --quiet pool-start ${pool%=*}
        done
        mkdir -p /run/medium/boot/grub
        cat > /run/medium/boot/grub/grub.cfg <<'END'
        set timeout=-1
        menuentry "Set the system up" --hotkey=s { echo "set up"; halt }
        menuentry "Look around" --hotkey=l { echo "nothing here" }
        END
        grub-mkrescue --output={{Medium}} /run/medium 2>&1
        """, cancellation);

    /// <summary>Waits until a firmware has drawn a text, which it also writes to its serial port.</summary>
    /// <param name="reads">The command that reads there.</param>
    /// <remarks>It ends no line where it can move the cursor, nor after a prompt.</remarks>
    public static Task<string> DrawsAsync(Pc pc, string reads, string what, CancellationToken cancellation) => pc.MustRunAsync($$"""
        timeout 900 grep --text --ignore-case --quiet --max-count=1 '{{what}}' < <(exec 2> /dev/null; {{reads}} | stdbuf --output=0 tr '\033>' '\n\n')
        """, cancellation);

    public static string FollowingFile(string serial) => $"tail --bytes=+1 --follow=name --retry {serial}";

    /// <summary>One person plugs in, and the seat at the first monitor is theirs, with this guest.</summary>
    public static async Task SeatAsync(TwoSeatPc seats, BootMonitors monitors, string guest, CancellationToken cancellation)
    {
        await seats.Left.PlugInAsync(cancellation);
        await seats.ConfigureAsync($"""
            [[seat]]
            name = "left"
            guests = ["{guest}"]
            devices = ["port:1-1"]
            displays = ["connector:{(await monitors.ConnectorsAsync(cancellation))[0]}"]

            """, cancellation);
        await seats.WaitForStatusAsync("the seat to be active", status => status.Seats is [{ State: SeatState.Active, Problems.Count: 0 }], cancellation);
    }
}
