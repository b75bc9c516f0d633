using System.Globalization;
using System.Text.RegularExpressions;

namespace Phyllome.Seats.Screen;

/// <summary>One clock for both ends: the kernel notes when the guest's QEMU tells all its displays of a change (dpy_gfx_update), and when
/// somebody gives a picture to the card (drm_atomic_nonblocking_commit, behind the ioctl and past all commits that only test).</summary>
static partial class Probes
{
    /// <summary>Where a probe goes into a program is a place in its file.</summary>
    public const string Place = """
        set -e
        mountpoint --quiet /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
        cd /sys/kernel/tracing
        qemu=/usr/bin/qemu-system-x86_64
        value=$(readelf --wide --dyn-syms $qemu | awk '$8 == "dpy_gfx_update" { print $2 }')
        read -r address offset < <(readelf --wide --sections $qemu | sed -n 's/.* \.text  *PROGBITS  *\([0-9a-f]*\) \([0-9a-f]*\) .*/\1 \2/p')
        echo 0 > tracing_on
        echo mono > trace_clock
        printf 'p:announced %s:0x%x x=%%si:s32 y=%%dx:s32 width=%%cx:s32 height=%%r8:s32\n' $qemu $((16#$value - 16#$address + 16#$offset)) > uprobe_events
        echo 'p:committed drm:drm_atomic_nonblocking_commit' > kprobe_events
        echo 1 > events/uprobes/announced/enable
        echo 1 > events/kprobes/committed/enable
        """;

    /// <summary>A line of the kernel's trace: when, in milliseconds, and the size of what changed; null for a commit.</summary>
    public static (double Milliseconds, (int Width, int Height)? Announced)? Read(string line)
    {
        var found = Line().Match(line);
        if (!found.Success)
            return null;
        int Number(string name) => int.Parse(found.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        return (double.Parse(found.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture) * 1000, found.Groups["width"].Success ? (Number("width"), Number("height")) : null);
    }

    [GeneratedRegex(@"\s(?<seconds>\d+\.\d+): (committed:|announced: .* width=(?<width>-?\d+) height=(?<height>-?\d+))")]
    private static partial Regex Line();
}
