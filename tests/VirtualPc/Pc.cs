using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Image;
using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.VirtualPc;

/// <summary>A whole PC under QEMU, and what a person has in front of it. Disposing it leaves nothing behind, and so does killing the process.</summary>
public sealed class Pc : IAsyncDisposable
{
    /// <summary>A first boot under TCG beside other work was seen to take 90 s.</summary>
    static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(6);

    static readonly TimeSpan PlugLimit = TimeSpan.FromSeconds(60);

    readonly Machine _machine;
    readonly Accelerator _accelerator;
    readonly PcFiles _files;
    readonly LibvirtsCache _cache;
    readonly Shell _shell;
    readonly Dictionary<string, PcUsbDevice> _plugged = [];
    readonly Dictionary<string, string> _tags = [];
    readonly Dictionary<string, int> _mice = [];
    readonly Dictionary<string, PcGuest> _guests = [];
    readonly List<Task> _reports = [];
    readonly CancellationTokenSource _leaving = new();
    readonly SemaphoreSlim _usb = new(1);
    bool _hasLeftOne;

    Pc(PcHardware hardware, Machine machine, Accelerator accelerator, PcFiles files, LibvirtsCache cache, Shell shell) =>
        (Hardware, _machine, _accelerator, _files, _cache, _shell) = (hardware, machine, accelerator, files, cache, shell);

    public PcHardware Hardware { get; }

    /// <summary>The command that gives a person a shell in it.</summary>
    public string HowToGetIn => _shell.Description;

    internal Qmp Qmp => _machine.Qmp;

    /// <summary>Serialises the choice of a mouse with what is sent to it.</summary>
    internal SemaphoreSlim MouseGate { get; } = new(1);

    /// <summary>Builds the image where the cache has none, powers the PC on, and waits until its services are up.</summary>
    public static Task<Pc> StartAsync(PcHardware hardware, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        StartAsync(hardware, null, progress, cancellation);

    /// <param name="disk">One that was in a PC before, or will be; null for one that is thrown away.</param>
    public static async Task<Pc> StartAsync(PcHardware hardware, PcDisk? disk, IProgress<string>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(hardware);
        progress ??= new Progress<string>();
        Tools.Check(forBuilding: false);
        var image = await PcImage.GetAsync(new ImageRecipe(hardware.Release, hardware.Software), progress, cancellation);
        var accelerator = await KvmTrial.ChooseAsync(image, progress, cancellation);
        var files = new PcFiles(
            image.Kernel, disk?.Initramfs ?? image.Initramfs, disk?.File ?? image.Disk, Directory.CreateTempSubdirectory("virtual-pc-").FullName, KeepsDisk: disk is not null);
        var clock = Stopwatch.StartNew();
        var cache = new LibvirtsCache(image, accelerator, files.Share);
        cache.PutIn();
        progress.Report($"powering on a PC with Debian {hardware.Release} ({(accelerator == Accelerator.Kvm ? "KVM" : "emulated, TCG")})");
        var machine = await Machine.StartAsync(hardware, files, accelerator, cancellation);
        try
        {
            var address = await machine.Qmp.MonitorAsync("info usernet", cancellation);
            var pc = new Pc(hardware, machine, accelerator, files, cache, new Shell(image.SshKey, files.Ssh, ForwardedPort(address)));
            foreach (var device in hardware.Usb) await pc.PlugAsync(device, cancellation);
            await machine.Qmp.DoAsync("cont", null, cancellation);
            await Deadline.WithinAsync(BootLimit, "the virtual PC to boot", machine.WaitUntilReadyAsync, cancellation);
            progress.Report($"booted in {clock.Elapsed.TotalSeconds:0} s");
            await pc._shell.OpenAsync(cancellation);
            if (!hardware.KeepsTwoProcessors) await pc.LeaveOneProcessorAsync(cancellation);
            return pc;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port of this machine that leads to the PC's port 22, from QEMU's table of connections.</summary>
    internal static int ForwardedPort(string table)
    {
        var row = table.Split('\n').FirstOrDefault(line => line.Contains("TCP[HOST_FORWARD]", StringComparison.Ordinal))
            ?? throw new PcException($"QEMU forwards no port to the virtual PC: {table}");
        return int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
    }

    // ---- keyboards, mice, hubs

    public Task PlugKeyboardAsync(string name, string port, CancellationToken cancellation = default) => PlugAsync(new PcKeyboard(name, port), cancellation);

    public Task PlugMouseAsync(string name, string port, CancellationToken cancellation = default) => PlugAsync(new PcMouse(name, port), cancellation);

    public Task PlugHubAsync(string name, string port, CancellationToken cancellation = default) => PlugAsync(new PcHub(name, port), cancellation);

    /// <summary>Where the sound is written that is played on a headset, as a WAV file: anew for each that is plugged in, whole when it is pulled.</summary>
    public string Heard => _files.Heard;

    public Task PlugStickAsync(string name, string port, CancellationToken cancellation = default) => PlugAsync(new PcStick(name, port), cancellation);

    public async Task PlugAsync(PcUsbDevice device, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        await _usb.WaitAsync(cancellation);
        try
        {
            var arguments = new JsonObject { ["driver"] = device.Driver, ["id"] = device.Name, ["bus"] = "usb.0", ["port"] = device.Port };
            if (device.Serial is { } serial) arguments["serial"] = serial;
            string? tag = null;
            HashSet<int> before = [];
            if (device is PcKeyboard)
            {
                tag = CommandLine.KeyboardTags.Except(_tags.Values).FirstOrDefault()
                    ?? throw new PcException($"The virtual PC can hold {CommandLine.KeyboardTags.Count} keyboards. Unplug one before '{device.Name}'.");
                arguments["display"] = tag;
            }
            if (device is PcStick stick)
            {
                var file = Path.Combine(_files.Folder, $"{stick.Name}.stick");
                await using (var content = File.Create(file)) content.SetLength(stick.Megabytes * 1024L * 1024L);
                await Qmp.DoAsync("blockdev-add", new JsonObject
                {
                    ["driver"] = "raw", ["node-name"] = Content(stick), ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = file },
                }, cancellation);
                arguments["drive"] = Content(stick);
                arguments["serial"] = stick.Name;
            }
            if (device is PcHeadset) arguments["audiodev"] = CommandLine.Headset;
            if (device is PcMouse or PcTablet) before = Mice(await Qmp.MonitorAsync("info mice", cancellation));
            await Qmp.DoAsync("device_add", arguments, cancellation);
            _plugged[device.Name] = device;
            if (tag is not null) _tags[device.Name] = tag;
            if (device is PcMouse or PcTablet) _mice[device.Name] = Mice(await Qmp.MonitorAsync("info mice", cancellation)).Except(before).Single();
        }
        finally
        {
            _usb.Release();
        }
    }

    /// <summary>Waits until the PC's udev knows the event node of a keyboard, a mouse or a tablet. Keys that are typed before are lost: a USB keyboard
    /// forgets them when the PC sets it up.</summary>
    public async Task WaitUntilPluggedInAsync(string name, CancellationToken cancellation = default)
    {
        var kind = _plugged.GetValueOrDefault(name) switch
        {
            PcKeyboard => "kbd",
            PcMouse or PcTablet => "mouse",
            _ => throw new PcException($"No keyboard, mouse or tablet '{name}' is plugged into the virtual PC."),
        };
        await MustRunAsync($"udevadm wait --timeout={PlugLimit.TotalSeconds:0} /dev/input/by-path/pci-{CommandLine.UsbController}-usb-0:{_plugged[name].Port}:1.0-event-{kind}", cancellation);
    }

    /// <summary>Pulls a device, and with a hub all that hangs on it; comes back when it is gone.</summary>
    public async Task UnplugAsync(string name, CancellationToken cancellation = default)
    {
        await _usb.WaitAsync(cancellation);
        try
        {
            if (!_plugged.TryGetValue(name, out var device)) throw new PcException($"Nothing called '{name}' is plugged into the virtual PC.");
            using var events = Qmp.Watch();
            await Qmp.DoAsync("device_del", new JsonObject { ["id"] = name }, cancellation);
            await Deadline.WithinAsync(PlugLimit, $"'{name}' to be unplugged", token =>
                events.NextAsync(happened => (string?)happened["event"] == "DEVICE_DELETED" && (string?)happened["data"]?["device"] == name, token), cancellation);
            foreach (var gone in _plugged.Values.Where(other => other == device || (device is PcHub && other.Port.StartsWith(device.Port + ".", StringComparison.Ordinal))).ToList())
            {
                _plugged.Remove(gone.Name);
                if (gone is PcStick stick) await Qmp.DoAsync("blockdev-del", new JsonObject { ["node-name"] = Content(stick) }, cancellation);
                _tags.Remove(gone.Name);
                _mice.Remove(gone.Name);
            }
        }
        finally
        {
            _usb.Release();
        }
    }

    static string Content(PcStick stick) => $"stick-{stick.Name}";

    public PcKeyboardHands Keyboard(string name) => _tags.TryGetValue(name, out var tag) ? new PcKeyboardHands(this, tag)
        : throw new PcException($"No keyboard '{name}' is plugged into the virtual PC.");

    public PcMouseHand Mouse(string name) => _mice.TryGetValue(name, out var index) ? new PcMouseHand(this, index)
        : throw new PcException($"No mouse '{name}' is plugged into the virtual PC.");

    /// <summary>The numbers of QEMU's mice, from lines such as "* Mouse #3: QEMU HID Mouse".</summary>
    internal static HashSet<int> Mice(string list) =>
    [
        .. list.Split('\n').Select(line => line.Trim('*', ' ', '\r')).Where(line => line.StartsWith("Mouse #", StringComparison.Ordinal))
            .Select(line => int.Parse(line["Mouse #".Length..line.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture)),
    ];

    /// <summary>True when a keyboard of QEMU had more keys waiting than it can hold, so that some were lost on the way into the PC.</summary>
    internal bool LostKeys => File.ReadAllText(_files.QemuLog).Contains("hid_kbd_queue_full", StringComparison.Ordinal);

    // ---- graphics cards

    /// <summary>Plugs a graphics card into one of <see cref="PcHardware.FreePorts"/> of the running PC.</summary>
    public Task PlugCardAsync(string name, string port, CancellationToken cancellation = default) =>
        Qmp.DoAsync("device_add", new JsonObject { ["driver"] = "bochs-display", ["id"] = name, ["bus"] = port }, cancellation);

    /// <summary>Asks the PC to let go of a card, as its eject button does. QEMU 7.2 never says that it has: it takes a bochs-display off its bus
    /// and leaks what is left, so wait for what the PC itself says of the card.</summary>
    public Task UnplugCardAsync(string name, CancellationToken cancellation = default) =>
        Qmp.DoAsync("device_del", new JsonObject { ["id"] = name }, cancellation);

    // ---- monitors

    /// <summary>Plugs a monitor into a connector of the boot card, counted from 0.</summary>
    public Task PlugMonitorAsync(int output, int width = 1920, int height = 1080, CancellationToken cancellation = default) => SetMonitorAsync(output, width, height, cancellation);

    public Task UnplugMonitorAsync(int output, CancellationToken cancellation = default) => SetMonitorAsync(output, 0, 0, cancellation);

    async Task SetMonitorAsync(int output, int width, int height, CancellationToken cancellation)
    {
        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        // The boot card's outputs are QEMU's first consoles, because it is the first display on the command line. 96 dots per inch.
        var result = await Tools.RunAsync("busctl",
            [$"--address=unix:path={_files.Bus}", "call", "org.qemu", $"/org/qemu/Display1/Console_{Text(output)}", "org.qemu.Display1.Console", "SetUIInfo",
             "qqiiuu", Text(width * 254 / 960), Text(height * 254 / 960), "0", "0", Text(width), Text(height)], cancellation);
        if (result.ExitCode != 0) throw new PcException($"The monitor at output {output} could not be changed: {result.Errors.Trim()}");
    }

    /// <summary>What the monitor of a graphics card shows, as a PNG: a name of <see cref="PcHardware.Gpus"/>, or an output of the boot card.</summary>
    public Task PhotographAsync(string gpu, string png, CancellationToken cancellation = default) => PhotographAsync(gpu, 0, png, cancellation);

    public Task PhotographAsync(int output, string png, CancellationToken cancellation = default) => PhotographAsync(CommandLine.BootCard, output, png, cancellation);

    async Task PhotographAsync(string device, int head, string png, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(png);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await Qmp.DoAsync("screendump", new JsonObject { ["filename"] = full, ["device"] = device, ["head"] = head, ["format"] = "png" }, cancellation);
    }

    // ---- inside

    /// <summary>Runs a command in the PC as root, in bash.</summary>
    public Task<CommandResult> RunAsync(string command, CancellationToken cancellation = default) => _shell.RunAsync(command, cancellation);

    /// <summary>Runs a command that has to succeed, and gives its output.</summary>
    public async Task<string> MustRunAsync(string command, CancellationToken cancellation = default)
    {
        var result = await RunAsync(command, cancellation);
        return result.ExitCode == 0 ? result.Output
            : throw new PcException($"In the virtual PC '{command}' ended with {result.ExitCode}:\n{result.Output}{result.Errors}");
    }

    /// <summary>To be called before anything in the PC may start a guest. Emulated SVM has room for one processor: with two, QEMU 7.2 lets another
    /// processor's interrupt in between a guest's exit and STGI, as the trace of a dead kernel reads; two of three starts of two guests died so, and
    /// none of three with one processor.</summary>
    public async Task LeaveOneProcessorAsync(CancellationToken cancellation = default)
    {
        // Once: whoever switches one on again by sysfs, for guests that need no SVM, keeps it.
        if (_accelerator != Accelerator.Tcg || _hasLeftOne) return;
        _hasLeftOne = true;
        await MustRunAsync("! [ -e /sys/devices/system/cpu/cpu1/online ] || echo 0 > /sys/devices/system/cpu/cpu1/online", cancellation);
    }

    /// <summary>The lines of a command's output as they come, until it ends or the caller stops.</summary>
    public IAsyncEnumerable<string> StreamLinesAsync(string command, CancellationToken cancellation = default) => _shell.StreamLinesAsync(command, cancellation);

    /// <summary>Puts a file of this machine into the PC and gives its path there.</summary>
    public async Task<string> CopyInAsync(string file, CancellationToken cancellation = default)
    {
        var name = Path.GetFileName(file);
        await using var from = File.OpenRead(file);
        await using var to = File.Create(Path.Combine(_files.Share, name));
        await from.CopyToAsync(to, cancellation);
        return "/mnt/share/" + name;
    }

    /// <summary>Installs a package of this machine in the PC, which has no network: what it depends on must be in the image.</summary>
    public async Task InstallPackageAsync(string deb, CancellationToken cancellation = default) =>
        await MustRunAsync($"DEBIAN_FRONTEND=noninteractive dpkg --install '{await CopyInAsync(deb, cancellation)}'", cancellation);

    /// <summary>Every byte that the host's first console has received since the start.</summary>
    public async Task<string> HostConsoleReceivedAsync(CancellationToken cancellation = default) =>
        await MustRunAsync("cat /var/log/console-received", cancellation);

    /// <summary>Copies what tells why a test failed into a folder: the PC's journal, kernel messages, QEMU's words, the guests' logs.</summary>
    public async Task CollectLogsAsync(string folder, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in new[] { _files.SerialLog, _files.QemuLog }) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (_machine.Ended.IsCompleted) return;
        foreach (var (name, command) in new[]
        {
            ("journal.txt", "journalctl --no-pager --boot"), ("guests.txt", $"tail -n +1 {GuestRecipe.Logs}/* /var/log/libvirt/qemu/*.log"),
            ("state.txt", "systemctl --no-pager status; virsh list --all; cat /proc/bus/input/devices; lspci -k; ls -l /sys/class/drm"),
        })
        {
            var result = await RunAsync(command, cancellation);
            await File.WriteAllTextAsync(Path.Combine(folder, name), result.Output + result.Errors, cancellation);
        }
    }

    // ---- guests

    /// <summary>Stores a guest's definition in the PC's libvirt and begins to read what it reports. It is not started.</summary>
    public async Task<PcGuest> DefineGuestAsync(GuestRecipe recipe, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var xml = Path.Combine(_files.Share, recipe.Name + ".xml");
        await File.WriteAllTextAsync(xml, recipe.Xml, cancellation);
        await MustRunAsync($"mkdir -p {GuestRecipe.Logs} && touch {recipe.Events} {recipe.Console} && virsh --quiet define /mnt/share/{recipe.Name}.xml", cancellation);
        if (!_cache.IsKept)
        {
            await MustRunAsync(LibvirtsCache.TakeOut, cancellation);
            _cache.Keep();
        }
        return FollowGuest(recipe);
    }

    /// <summary>Begins to read what a guest reports, from its first line on, that this disk's PC has defined before.</summary>
    public PcGuest FollowGuest(GuestRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var guest = new PcGuest(recipe);
        _guests[recipe.Name] = guest;
        _reports.Add(ReportAsync(guest));
        return guest;
    }

    public PcGuest Guest(string name) => _guests.TryGetValue(name, out var guest) ? guest : throw new PcException($"The virtual PC has no guest '{name}'.");

    async Task ReportAsync(PcGuest guest)
    {
        try
        {
            await foreach (var line in StreamLinesAsync($"exec tail --bytes=+1 --follow=name --quiet {guest.Recipe.Events}", _leaving.Token))
                guest.Add(GuestLine.Parse(line));
            guest.End(new PcException("the reading command ended"));
        }
        catch (Exception end) when (end is OperationCanceledException or PcException)
        {
            guest.End(end);
        }
    }

    /// <summary>Shuts the PC down, as its power button does; what it made of its initramfs starts the next PC with this disk.</summary>
    public async Task PowerOffAsync(PcDisk disk, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        await MustRunAsync($"cp /boot/initrd.img-$(uname -r) /mnt/share/{Path.GetFileName(_files.KeptInitramfs)}", cancellation);
        disk.Keep(_files.KeptInitramfs);
        // The connection goes with what answers it.
        await MustRunAsync("systemctl --no-block poweroff", cancellation);
        await Deadline.WithinAsync(BootLimit, "the virtual PC to shut down", token => _machine.Ended.WaitAsync(token), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await Task.WhenAll(_reports);
        await _shell.DisposeAsync();
        await _machine.DisposeAsync();
        _leaving.Dispose();
        _usb.Dispose();
        MouseGate.Dispose();
    }
}
