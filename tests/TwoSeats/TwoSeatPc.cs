using System.Text.Json;
using Phyllome.Seats.Status;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.TwoSeats;

/// <summary>
/// A virtual PC at which two people can sit: a hub each with a keyboard and a mouse, a graphics card each with a monitor, two small
/// guests, and the package under test installed in it. Left has both guests in reach, right its own.
/// </summary>
public sealed class TwoSeatPc : IAsyncDisposable
{
    /// <summary>Emulated, a nested guest was seen to take over a minute to start beside another.</summary>
    public static readonly TimeSpan GuestLimit = TimeSpan.FromMinutes(8);

    /// <summary>Emulated, the manager's start takes the greater part of a minute.</summary>
    public static readonly TimeSpan StatusLimit = TimeSpan.FromMinutes(5);

    /// <summary>A root port for a card that comes later.</summary>
    public const string FreePort = "port-free";

    const string ConfigurationFile = "/etc/phyllome/seats.toml";

    readonly CancellationTokenSource _leaving = new();
    readonly Lock _gate = new();
    SeatsStatus _status = SeatsStatus.Empty;
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Task? _watch;
    /// <summary>How many lines beta had reported when it was last powered off.</summary>
    public int BetaSince { get; private set; }


    TwoSeatPc(Pc pc) => Pc = pc;

    public Pc Pc { get; }

    /// <summary>Left's own guest.</summary>
    public PcGuest Alpha { get; private set; } = null!;

    /// <summary>Right's own guest.</summary>
    public PcGuest Beta { get; private set; } = null!;

    public Person Left { get; private set; } = null!;

    public Person Right { get; private set; } = null!;

    /// <summary>PCI addresses of the two seats' graphics cards; empty where there are none.</summary>
    public string LeftGpu { get; private set; } = "";

    public string RightGpu { get; private set; } = "";

    /// <summary>The newest picture that <c>seatctl watch --json</c> gave.</summary>
    public SeatsStatus Status
    {
        get
        {
            lock (_gate) return _status;
        }
    }

    /// <summary>Told with each new picture, on the thread that reads them.</summary>
    public event Action<SeatsStatus>? StatusChanged;

    public static PcHardware Hardware(DebianRelease release) => new()
    {
        Release = release,
        Gpus = [new PcGpu("card-left"), new PcGpu("card-right")],
        FreePorts = [FreePort],
        KeepsTwoProcessors = true,
        // One of the two confines the guests as Debian does.
        HasAppArmor = release == DebianRelease.Trixie,
    };

    /// <summary>With no card but the one that shows the boot, which has two outputs.</summary>
    public static PcHardware OneCardHardware(DebianRelease release) => Hardware(release) with { Gpus = [], FreePorts = [] };

    /// <summary>Of left's hub and right's, with a keyboard and a mouse each.</summary>
    public async Task PlugInWhatIsMissingAsync(CancellationToken cancellation)
    {
        foreach (var person in new[] { Left, Right })
        {
            if (!person.IsPluggedIn) await person.PlugInAsync(cancellation);
        }
    }

    /// <summary>Powers the PC on and defines the guests. Nothing is plugged in and nothing is installed yet.</summary>
    public static Task<TwoSeatPc> StartAsync(DebianRelease release, IProgress<string> progress, CancellationToken cancellation) =>
        StartAsync(Hardware(release), progress, cancellation);

    /// <param name="hardware">As <see cref="Hardware"/> gives it, and whatever there is besides.</param>
    public static async Task<TwoSeatPc> StartAsync(PcHardware hardware, IProgress<string> progress, CancellationToken cancellation)
    {
        var seats = new TwoSeatPc(await Pc.StartAsync(hardware, progress, cancellation));
        try
        {
            var pc = seats.Pc;
            // In the order of their slots, which is the order of the description; bochs-display is 1234:1111.
            var cards = (await pc.MustRunAsync("lspci -D -d 1234:1111 | cut -d' ' -f1", cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (cards is [var first, var second]) (seats.LeftGpu, seats.RightGpu) = (first, second);
            seats.Alpha = await pc.DefineGuestAsync(new GuestRecipe("alpha"), cancellation);
            seats.Beta = await pc.DefineGuestAsync(new GuestRecipe("beta"), cancellation);
            seats.Left = new Person(pc, "left", port: "1", seats.Alpha);
            seats.Right = new Person(pc, "right", port: "2", seats.Beta);
            return seats;
        }
        catch
        {
            await seats.DisposeAsync();
            throw;
        }
    }

    /// <summary>Installs the package, which starts the service, and follows its status from then on. Where that may find what makes a seat without any
    /// configuration, the PC is left one processor before.</summary>
    public async Task InstallAsync(string deb, CancellationToken cancellation)
    {
        ForgetStatus();
        await Pc.InstallPackageAsync(deb, cancellation);
        _watch ??= WatchAsync();
    }

    /// <summary>Starts the service where it does not run, and waits for the manager: the target itself is there before its parts.</summary>
    public async Task StartServiceAsync(CancellationToken cancellation)
    {
        if ((await Pc.RunAsync("systemctl is-active --quiet phyllome-seatd.service", cancellation)).ExitCode != 0) ForgetStatus();
        await Pc.MustRunAsync("systemctl start phyllome-seats.target phyllome-seatd.service", cancellation);
    }

    /// <summary>Stops the whole and waits until it has: the guests give up their inputs first.</summary>
    public Task StopServiceAsync(CancellationToken cancellation) => Pc.MustRunAsync("systemctl stop phyllome-seats.target", cancellation);

    /// <summary>What an earlier manager said must not be taken for what the next one will say.</summary>
    public void ForgetStatus()
    {
        lock (_gate) _status = SeatsStatus.Empty;
    }

    /// <summary>How many lines alpha had reported when it was last powered off.</summary>
    public int AlphaSince { get; private set; }

    /// <summary>Pulls the guests' plugs; from then on they listen only when they have started again.</summary>
    public async Task PowerOffGuestsAsync(CancellationToken cancellation)
    {
        await Pc.MustRunAsync("for guest in $(virsh list --name); do virsh --quiet destroy $guest; done", cancellation);
        (AlphaSince, BetaSince) = (Alpha.Lines.Count, Beta.Lines.Count);
    }

    /// <summary>The configuration with both seats.</summary>
    public string Configuration => $"""
        [[seat]]
        name = "left"
        guests = ["alpha", "beta"]
        devices = ["port:1-1"]
        gpu = "pci:{LeftGpu}"

        [[seat]]
        name = "right"
        guests = ["beta"]
        devices = ["port:1-2"]
        gpu = "pci:{RightGpu}"

        """;

    /// <summary>A seat at each of the first two monitors of one card, with its own guest in reach.</summary>
    /// <param name="connectors">As <see cref="BootMonitors.ConnectorsAsync"/> gives them.</param>
    /// <param name="also">A guest that left has in reach besides; none where it is null.</param>
    public static string OneCardConfiguration(IReadOnlyList<string> connectors, string? also = null)
    {
        ArgumentNullException.ThrowIfNull(connectors);
        return $"""
            [[seat]]
            name = "left"
            guests = ["alpha"{(also is null ? "" : $", \"{also}\"")}]
            devices = ["port:1-1"]
            displays = ["connector:{connectors[0]}"]

            [[seat]]
            name = "right"
            guests = ["beta"]
            devices = ["port:1-2"]
            displays = ["connector:{connectors[1]}"]

            """;
    }

    /// <summary>Replaces the configuration as an editor does: a new file, renamed over the old one.</summary>
    public async Task ConfigureAsync(string toml, CancellationToken cancellation)
    {
        await Pc.LeaveOneProcessorAsync(cancellation);
        var text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(toml));
        await Pc.MustRunAsync($"mkdir -p /etc/phyllome && echo {text} | base64 -d > {ConfigurationFile}.new && mv {ConfigurationFile}.new {ConfigurationFile}", cancellation);
    }

    /// <summary>Waits for a status that fulfils a condition; the newest one counts too.</summary>
    public async Task<SeatsStatus> WaitForStatusAsync(string what, Func<SeatsStatus, bool> fulfilled, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(fulfilled);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StatusLimit);
        while (true)
        {
            Task changed;
            SeatsStatus status;
            lock (_gate) (changed, status) = (_changed.Task, _status);
            if (fulfilled(status)) return status;
            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new PcException($"Waited {StatusLimit.TotalSeconds:0} s in vain for {what}. The last status was:\n{JsonSerializer.Serialize(status, StatusJson.Default.SeatsStatus)}");
            }
        }
    }

    public Task<SeatsStatus> WaitForFocusAsync(Person person, PcGuest guest, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(guest);
        return WaitForStatusAsync($"the focus of {person.Name} to be {guest.Name}", status => status.Seats.Any(seat => seat.Name == person.Name && seat.Focus == guest.Name), cancellation);
    }

    public Task<SeatsStatus> WaitUntilAwayAsync(Person person, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(person);
        return WaitForStatusAsync($"seat {person.Name} to be away", status => status.Seats.Any(seat => seat.Name == person.Name && seat.State == SeatState.Away), cancellation);
    }

    /// <summary>Waits until both seats are active with all their devices taken: one that could not be taken at once is a problem until it is.</summary>
    public Task WaitUntilBothSeatsAreActiveAsync(CancellationToken cancellation) =>
        WaitForStatusAsync("both seats to be active", status => status.Seats.Count == 2 && status.Seats.All(seat => seat is { State: SeatState.Active, Problems.Count: 0 }), cancellation);

    /// <summary>Waits until a guest has the USB device of a port, and its system has given that an address.</summary>
    public Task WaitForUsbAsync(PcGuest guest, string port, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(guest);
        ArgumentNullException.ThrowIfNull(port);
        // QEMU lists "Device 0.0" until a driver in the guest has set the device up.
        return Pc.MustRunAsync($"""
            timeout {StatusLimit.TotalSeconds:0} sh -c "until virsh qemu-monitor-command {guest.Name} --hmp 'info usb' | grep --quiet 'Device 0[.][1-9].*ID: ua-phyllome-port-{port.Replace('.', '_')}'; do virsh event {guest.Name} --all --timeout 1 > /dev/null || true; done"
            """, cancellation);
    }

    public Task WaitForNoUsbAsync(PcGuest guest, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(guest);
        return Pc.MustRunAsync($"""
            timeout {StatusLimit.TotalSeconds:0} sh -c "while virsh dumpxml {guest.Name} | grep --quiet ua-phyllome-port-; do virsh event {guest.Name} --all --timeout 1 > /dev/null || true; done"
            """, cancellation);
    }

    public async Task WaitUntilBothGuestsListenAsync(CancellationToken cancellation) =>
        await Task.WhenAll(Alpha.WaitUntilReadyAsync(GuestLimit, AlphaSince, cancellation), Beta.WaitUntilReadyAsync(GuestLimit, BetaSince, cancellation));

    async Task WatchAsync()
    {
        // seatctl says by itself when the service goes and comes; a stream that ends means that the PC or this test ends.
        try
        {
            await foreach (var line in Pc.StreamLinesAsync("exec seatctl watch --json", _leaving.Token))
            {
                if (line.Length == 0 || line[0] != '{') continue;
                var status = JsonSerializer.Deserialize(line, StatusJson.Default.SeatsStatus)!;
                lock (_gate)
                {
                    _status = status;
                    _changed.SetResult();
                    _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
                StatusChanged?.Invoke(status);
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // the test is over
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        if (_watch is not null) await _watch;
        await Pc.DisposeAsync();
        _leaving.Dispose();
    }
}
