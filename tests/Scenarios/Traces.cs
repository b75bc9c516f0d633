using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Scenarios;

/// <summary>What of the PC an installation could change: its files, its units, its rules, its virtual input devices.</summary>
static class Traces
{
    /// <summary>Places that change by themselves or while a guest runs, and the two folders that may stay.</summary>
    const string Passed = "/proc|/sys|/dev|/mnt|/tmp|/var/tmp|/var/log|/var/cache|/var/lib/dpkg|/var/lib/apt|/var/lib/systemd|/var/lib/libvirt|/root|/run/log"
        + "|/run/systemd/journal|/run/systemd/transient|/run/user|/run/udev/data|/run/udev/tags|/run/udev/links|/run/udev/watch|/run/libvirt|/run/systemd/sessions|/run/systemd/inhibit|/run/systemd/machines|/run/virtlogd.pid|/run/systemd/users|/run/systemd/seats"
        + "|/run/systemd/units|/run/systemd/inaccessible|/run/systemd/propagate|/run/systemd/incoming|/run/systemd/generator|/run/systemd/generator.late|/run/mount|/etc/libvirt|/etc/apparmor.d/libvirt|/etc/phyllome|/var/lib/phyllome-seats|/boot";

    /// <summary>One line a trace, sorted; two lists of the same PC differ in what came and went between them.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(Pc pc)
    {
        var prunes = string.Join(" -o ", Passed.Split('|').Select(path => $"-path {path}"));
        var found = await pc.MustRunAsync($$"""
            find / \( {{prunes}} \) -prune -o \( -type f -o -type l -o -type s -o -type p \) -print | sed 's/^/file /'
            systemctl list-units --all --plain --no-legend 'phyllome*' | awk '{ print "unit", $1 }'
            systemctl list-unit-files --plain --no-legend 'phyllome*' | awk '{ print "unit file", $1 }'
            grep -h '^P: Phys=phyllome/' /proc/bus/input/devices | sed 's/^/input device /' || true
            """, TestContext.Current.CancellationToken);
        return [.. found.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    /// <summary>Event nodes that somebody has grabbed. A grab that succeeds is given back at once (EVIOCGRAB, linux/input.h).</summary>
    public static async Task<IReadOnlyList<string>> GrabbedNodesAsync(Pc pc)
    {
        // perl-base is in every Debian. 0x40044590 is EVIOCGRAB; errno 16 is EBUSY.
        var found = await pc.MustRunAsync("""
            perl -e 'for my $node (glob "/dev/input/event*") { open(my $fd, "+<", $node) or next; if (!defined ioctl($fd, 0x40044590, 1)) { print "$node\n" if $!+0 == 16; } else { ioctl($fd, 0x40044590, 0); } }'
            """, TestContext.Current.CancellationToken);
        return found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
