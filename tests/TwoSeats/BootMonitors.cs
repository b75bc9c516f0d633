using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.TwoSeats;

/// <summary>What the monitors of the card that showed the boot show.</summary>
/// <param name="folder">Where their newest pictures are; made if it is not there.</param>
public sealed class BootMonitors(Pc pc, string folder)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly string _folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>The ground of the status screen.</summary>
    public static (byte, byte, byte) Status { get; } = (0x1c, 0x27, 0x33);

    /// <summary>Whether there is a notice on it that is no failure: by the frame of one, which is a twenty-fourth of the height below the upper edge.</summary>
    public static bool HasNotice(Pixels picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return picture.At(picture.Width / 2, Math.Min(picture.Width, picture.Height) / 24) == (0x5f, 0xb3, 0xa1);
    }

    /// <summary>Their sizes, each another one, so that a picture on the wrong monitor is seen.</summary>
    public static IReadOnlyList<(int Width, int Height)> Sizes { get; } = [(1280, 800), (1024, 768), (800, 600), (1152, 864)];

    /// <param name="count">How many, from the first output on.</param>
    public async Task PlugInAsync(CancellationToken cancellation, int count = 2)
    {
        for (var output = 0; output < count; output++)
        {
            // virtio-gpu asks the card what is plugged in and clears the card's word of a change after that: one that comes in between is never seen
            // (Linux, virtgpu_kms.c, virtio_gpu_config_changed_work_func). A command in the PC comes after that work.
            if (output > 0) await pc.MustRunAsync("udevadm settle", cancellation);
            await pc.PlugMonitorAsync(output, Sizes[output].Width, Sizes[output].Height, cancellation);
        }
    }

    /// <summary>The card's connectors, <c>card2-Virtual-3</c>, in the order of its outputs: cards and connectors are numbered anew at each boot.</summary>
    public async Task<IReadOnlyList<string>> ConnectorsAsync(CancellationToken cancellation) =>
        (await pc.MustRunAsync("for card in /sys/bus/pci/drivers/virtio-pci/*/drm/card*; do ls -d $card/card*-* | xargs -n 1 basename | sort -V; done", cancellation))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Waits until a monitor shows what its guest's own card holds, in the middle where the sizes differ, and gives that, upright.</summary>
    /// <param name="head">Which of the guest's screens.</param>
    /// <param name="turned">By how many degrees it is turned clockwise.</param>
    public async Task<Pixels> WaitUntilItShowsAsync(int output, string guest, CancellationToken cancellation, int head = 0, int turned = 0)
    {
        Pixels own = new(0, 0, []);
        Pixels Upright(Pixels picture) => picture.Turned((360 - turned) % 360);
        var picture = await WaitForPictureAsync(
            output, picture => Upright(picture).Middle(own.Width, own.Height).DifferencesFrom(own.Middle(Upright(picture).Width, Upright(picture).Height)) == 0,
            $"screen {head + 1} of guest {guest}{(turned == 0 ? "" : $", turned by {turned} degrees,")}", cancellation, async () => own = await GuestsOwnAsync(guest, head, cancellation));
        return Upright(picture).Middle(own.Width, own.Height);
    }

    /// <summary>Each picture takes a moment of QEMU's main loop, so that this is no busy wait.</summary>
    public async Task<Pixels> WaitForPictureAsync(int output, Func<Pixels, bool> wanted, string what, CancellationToken cancellation, Func<Task>? before = null)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (before is not null) await before();
            var picture = await PhotographAsync(output, cancellation);
            if (wanted(picture)) return picture;
            if (since.Elapsed > Patience) throw new PcException($"Waited {Patience.TotalSeconds:0} s in vain for {what} on monitor {output + 1}; see the pictures in {_folder}.");
        }
    }

    /// <summary>The file with a monitor's newest picture.</summary>
    public string Picture(int output) => Path.Combine(_folder, $"monitor-{output + 1}.png");

    public async Task<Pixels> PhotographAsync(int output, CancellationToken cancellation)
    {
        var file = Picture(output);
        await pc.PhotographAsync(output, file, cancellation);
        return Pixels.Read(await File.ReadAllBytesAsync(file, cancellation));
    }

    /// <summary>Its newest one is kept beside the monitors' pictures.</summary>
    async Task<Pixels> GuestsOwnAsync(string guest, int head, CancellationToken cancellation)
    {
        var file = Convert.FromBase64String(await pc.MustRunAsync($"virsh --quiet screenshot {guest} /run/{guest}.shot --screen {head} > /dev/null && base64 --wrap=0 /run/{guest}.shot && rm /run/{guest}.shot", cancellation));
        await File.WriteAllBytesAsync(Path.Combine(_folder, $"guest-{guest}-{head + 1}.{(file[0] == 'P' ? "ppm" : "png")}"), file, cancellation);
        return Pixels.Read(file);
    }
}
