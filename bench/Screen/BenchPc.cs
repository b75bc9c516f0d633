using System.Globalization;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Screen;

/// <summary>A virtual PC with one monitor of 1920 x 1080 and one guest of that size, whose picture changes in one place. The guest's QEMU has two displays at
/// once, a D-Bus display and a VNC or SPICE server, and is the same one all the time.</summary>
sealed class BenchPc : IAsyncDisposable
{
    public const string Guest = "changing";

    const string Port = "5901";

    const int Width = 1920, Height = 1080;

    /// <summary>What changes, in pixels: what bench/changing.c draws.</summary>
    const int ChangedPixels = 64 * 32;

    /// <summary>The console's own blue.</summary>
    static readonly (byte, byte, byte) Ground = (0, 0, 0xaa);

    readonly BootMonitors _monitors;

    BenchPc(Pc pc, string protocol) => (Pc, Protocol, _monitors) = (pc, protocol, new(pc, Path.Combine("artifacts", "bench")));

    public Pc Pc { get; }

    /// <summary>By which viewers see the guest: vnc or spice.</summary>
    public string Protocol { get; }

    /// <summary>Where a viewer in the PC finds the guest.</summary>
    public string Address => $"{Protocol}://127.0.0.1:{Port}";

    /// <summary><c>card0</c> and <c>Virtual-1</c>.</summary>
    public string Card { get; private set; } = "";

    public string Connector { get; private set; } = "";

    /// <param name="presenter">The program; its units are those of the package.</param>
    /// <param name="lender">tests/Lender, which makes the lease and hands both it and the guest's display to the presenter.</param>
    /// <param name="changing">bench/changing.c, compiled.</param>
    /// <param name="protocol">vnc or spice, as libvirt calls them.</param>
    public static async Task<BenchPc> StartAsync(string presenter, string lender, string changing, string protocol, IProgress<string> progress)
    {
        // Emulated, the processors' clocks are taken for unsynchronized otherwise, and each look at the time asks a device.
        // The shell for kiosks shows a window where it has somebody to give it to: the keyboard's.
        var pc = await Pc.StartAsync(new PcHardware { Software = PcSoftware.Viewing, KernelArguments = "tsc=reliable", Usb = [new PcKeyboard("keyboard", "1")] }, progress);
        var bench = new BenchPc(pc, protocol);
        try
        {
            await pc.PlugMonitorAsync(output: 0, Width, Height);
            var connector = (await bench._monitors.ConnectorsAsync(CancellationToken.None))[0].Split('-', 2);
            (bench.Card, bench.Connector) = (connector[0], connector[1]);
            await bench.BringAsync(presenter, "/usr/lib/phyllome-seats");
            await bench.BringAsync(lender, "/opt/bench");
            foreach (var unit in (string[])["phyllome-presenter.socket", "phyllome-presenter@.service"])
                await bench.BringAsync(Path.Combine("packaging", "units", unit), "/etc/systemd/system");
            await bench.BringAsync(Path.Combine("packaging", "sysusers", "phyllome-seats.conf"), "/usr/lib/sysusers.d");
            await pc.MustRunAsync("systemd-sysusers && systemctl daemon-reload && systemctl start phyllome-presenter.socket");
            await pc.MustRunAsync(Probes.Place);
            await bench.StartGuestAsync(changing);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the monitor shows the whole of the guest, pixel for pixel, and nothing else.</summary>
    public Task WaitUntilShownAsync() => _monitors.WaitForPictureAsync(0, IsGuests, $"guest {Guest}, all over", CancellationToken.None);

    /// <summary>What it costs to show the guest for so long.</summary>
    public async Task<Measured> MeasureAsync(IReadOnlyList<Part> parts, int seconds)
    {
        // Each part is a unit of its own, and its processor time is that of all threads that it ever had.
        var said = await Pc.MustRunAsync($$"""
            set -e
            cd /sys/kernel/tracing
            units="{{string.Join(' ', parts.Select(part => part.Unit))}}"
            declare -A folder
            for unit in $units; do folder[$unit]=/sys/fs/cgroup$(systemctl show --property=ControlGroup --value $unit); done
            used() { for unit in $units; do echo "$1 $unit $(sed -n 's/^usage_usec //p' "${folder[$unit]}/cpu.stat")"; done; }
            echo > trace && echo 1 > tracing_on
            used before
            timeout {{seconds.ToString(CultureInfo.InvariantCulture)}} tail --follow /dev/null || true
            used after
            echo 0 > tracing_on
            for unit in $units; do
              echo "memory $unit $(cat "${folder[$unit]}/memory.current") $(for process in $(cat "${folder[$unit]}/cgroup.procs"); do cat /proc/$process/smaps_rollup; done |
                awk '/^Rss:/ { resident += $2 } /^Pss:/ { share += $2 } END { print resident, share }')"
            done
            cat trace
            """);
        return Measured.Read(parts, said.Split('\n'));
    }

    public ValueTask DisposeAsync() => Pc.DisposeAsync();

    async Task StartGuestAsync(string changing)
    {
        // What comes later in an initramfs takes the place of what was before.
        const string Initramfs = "/var/tmp/initrd-changing";
        await BringAsync(changing, "/var/tmp/changing-root");
        await Pc.MustRunAsync($$"""
            set -e
            cd /var/tmp/changing-root && mv {{Path.GetFileName(changing)}} listen
            { cat /var/lib/virtual-pc/guest/initrd; find . | cpio --quiet --create --format=newc --owner=0:0 | gzip -1; } > {{Initramfs}}
            """);
        var guest = await Pc.DefineGuestAsync(new GuestRecipe(Guest)
        {
            HasDisplay = true, Initramfs = Initramfs, MoreDevices = $"<graphics type='{Protocol}' port='{Port}' autoport='no' listen='127.0.0.1'/>",
        });
        // Paused until it has heard of its monitor, so that its console has that size from the start.
        await Pc.MustRunAsync($"virsh --quiet start --paused {Guest}");
        var presenter = new PresenterShower(this);
        await presenter.StartAsync();
        await Pc.MustRunAsync($"virsh --quiet resume {Guest}");
        await guest.WaitUntilReadyAsync(TwoSeatPc.GuestLimit);
        await WaitUntilShownAsync();
        await presenter.StopAsync();
    }

    async Task BringAsync(string file, string folder) =>
        await Pc.MustRunAsync($"install -D --mode={(Path.HasExtension(file) ? "644" : "755")} --target-directory='{folder}' '{await Pc.CopyInAsync(file)}'");

    static bool IsGuests(Pixels picture)
    {
        if ((picture.Width, picture.Height) != (Width, Height))
            return false;
        // Below the console's last line there is room for half a line.
        const int Lines = Height / 16 * 16;
        var others = 0;
        for (var y = 0; y < Lines; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                if (picture.At(x, y) != Ground)
                    others++;
            }
        }

        return others == ChangedPixels;
    }
}
