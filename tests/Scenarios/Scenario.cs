using System.Globalization;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>What the scenarios have in common: two people at one PC, and the words for what they see.</summary>
[Collection(Order.BothAreThere)]
public abstract class Scenario(RunningPc running) : IAsyncLifetime
{
    /// <summary>Where the monitors' newest pictures are.</summary>
    protected static string Pictures => RunningPc.Logs;

    protected TwoSeatPc Seats => running.Pc;

    protected Pc Pc => Seats.Pc;

    protected IReadOnlyList<string> BeforeInstallation => running.BeforeInstallation;

    public async ValueTask InitializeAsync() => await running.StartAsync();

    /// <summary>Whatever happened, the guests are stored as they were.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        running.IsDisturbed |= TestContext.Current.TestState?.Result == TestResult.Failed;
        Assert.Equal(running.Stored, await running.StoredNowAsync());
    }

    /// <summary>How long a guest may take to show what a person waits for.</summary>
    protected static TimeSpan SightLimit { get; } = TimeSpan.FromMinutes(3);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Both seats configured, both people's devices plugged in, both guests listening.</summary>
    /// <remarks>As the scenario before left it, what is missing being done; anew where that one failed, and, with PHYLLOME_START_ORDER=coldplug or hotplug,
    /// where they have not come in that order to the manager that runs.</remarks>
    protected async Task BothSitDownAsync()
    {
        if (running.IsDisturbed || (StartOrders.Wanted is { } order && await ArrivalAsync(order) != running.Arrival))
            await BothSitDownAnewAsync(StartOrders.Wanted ?? StartOrder.Coldplug);
        else
        {
            await Seats.StartServiceAsync(Cancellation);
            await PlugInWhatIsMissingAsync();
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        }
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.WaitUntilBothGuestsListenAsync(Cancellation);
        // The focus outlives a scenario, as it outlives the keyboard that chose it.
        await Pc.MustRunAsync("seatctl focus left home", Cancellation);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
    }

    /// <summary>Both sit down at a monitor each of the PC's boot card, in the order that is wanted, and see their guests.</summary>
    /// <param name="also">A guest that left may switch to; null for none.</param>
    protected async Task BothSitAtOneCardAsync(BootMonitors monitors, string? also = null)
    {
        ArgumentNullException.ThrowIfNull(monitors);
        if (StartOrders.Wanted != StartOrder.Hotplug) await PlugInWhatIsMissingAsync();
        await Seats.StartServiceAsync(Cancellation);
        await PlugInWhatIsMissingAsync();
        await Seats.ConfigureAsync(TwoSeatPc.OneCardConfiguration(await monitors.ConnectorsAsync(Cancellation), also), Cancellation);
        await Seats.WaitForStatusAsync("both seats to be shown on their monitors", status => status.Seats is [{ Displays: [{ Way: "lease" }] }, { Displays: [{ Way: "lease" }] }], Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.WaitUntilBothGuestsListenAsync(Cancellation);
    }

    /// <summary>Everybody leaves, and both come again, to a service and to guests that start.</summary>
    protected async Task BothSitDownAnewAsync(StartOrder order)
    {
        await EverybodyLeavesAsync();
        await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        if (order == StartOrder.Coldplug) await PlugInWhatIsMissingAsync();
        await Seats.StartServiceAsync(Cancellation);
        if (order == StartOrder.Hotplug)
        {
            await Seats.WaitForStatusAsync("the seats to be without devices", status => status.Seats.Count == 2 && status.Seats.All(seat => seat.Devices.Count == 0), Cancellation);
            await PlugInWhatIsMissingAsync();
        }
        running.Arrival = await ArrivalAsync(order);
    }

    /// <summary>How both came, if it was in this order.</summary>
    async Task<Arrival> ArrivalAsync(StartOrder order) =>
        new(order, await Pc.MustRunAsync("systemctl show --property=InvocationID phyllome-seatd.service", Cancellation), Seats.Left.Arrivals, Seats.Right.Arrivals);

    /// <summary>The next scenario has it again.</summary>
    protected async Task RemovePackageAsync()
    {
        running.OnRemoval();
        await Pc.MustRunAsync("dpkg --remove phyllome-seats", Cancellation);
    }

    protected Task PlugInWhatIsMissingAsync() => Seats.PlugInWhatIsMissingAsync(Cancellation);

    /// <summary>Nobody at the keyboards, nothing configured, no guest running, the service stopped, both cards the host's.</summary>
    protected async Task EverybodyLeavesAsync()
    {
        await Seats.StopServiceAsync(Cancellation);
        await Seats.PowerOffGuestsAsync(Cancellation);
        await Pc.MustRunAsync("for guest in $(virsh list --inactive --with-managed-save --name); do virsh --quiet managedsave-remove $guest; done", Cancellation);
        await Pc.MustRunAsync("rm -f /etc/phyllome/seats.toml", Cancellation);
        await Pc.MustRunAsync("systemctl start phyllome-gpu-helper.socket", Cancellation);
        await GiveBackAsync(Seats.LeftGpu);
        await GiveBackAsync(Seats.RightGpu);
        await Pc.MustRunAsync("systemctl stop phyllome-gpu-helper.socket", Cancellation);
        foreach (var person in new[] { Seats.Left, Seats.Right })
        {
            if (person.IsPluggedIn) await person.UnplugAsync(Cancellation);
        }
        running.IsDisturbed = false;
    }

    /// <summary>A card that a guest had stays with vfio-pci until somebody asks for it.</summary>
    protected async Task GiveBackAsync(string card)
    {
        await Pc.MustRunAsync($"seatctl gpu release {card}", Cancellation);
        Assert.Equal("bochs-drm", await DriverAsync(card));
    }

    protected async Task<string> DriverAsync(string card) => (await Pc.MustRunAsync($"basename $(readlink /sys/bus/pci/devices/{card}/driver)", Cancellation)).Trim();

    protected Task EachReceivesItsOwnAsync(int keys, int movements) => Seats.EachReceivesItsOwnAsync(keys, movements, Cancellation);

    /// <summary>Guests, pools and their volumes, states of TPMs, and what of the definitions runs otherwise than it is stored.</summary>
    protected async Task NothingIsLeftByAsync(Func<Task> happens)
    {
        const string All = """
            for pool in $(virsh pool-list --all --name | sort); do virsh vol-list $pool; done
            ls -R /var/lib/libvirt/images /var/lib/libvirt/swtpm 2> /dev/null
            # virsh lists running guests by their id, and one that comes back has a higher one.
            for guest in $(virsh list --all --name | sort); do echo $guest: $(virsh dumpxml --inactive $guest | sha256sum); done
            """;
        ArgumentNullException.ThrowIfNull(happens);
        var before = await Pc.MustRunAsync(All, Cancellation);
        await happens();
        Assert.Equal(before, await Pc.MustRunAsync(All, Cancellation));
    }

    /// <summary>Process numbers and start times of a program's processes, so that another one with the same number is told apart.</summary>
    /// <param name="name">The kernel's name of it, which has 15 characters at most (proc(5), comm).</param>
    protected async Task<string> ProcessesAsync(string name) =>
        await Pc.MustRunAsync($"for pid in $(pgrep -x '{name}'); do cut -d' ' -f1,22 /proc/$pid/stat; done | sort", Cancellation);

    /// <summary>What must not change: the virtual devices, and the processes of some programs with the input devices that they hold.</summary>
    protected async Task<string> HeldAsync(params string[] programs) =>
        string.Concat(await Task.WhenAll(programs.Select(ProcessesAsync)))
        + await Pc.MustRunAsync($$"""
            grep --before-context=1 --after-context=3 '^P: Phys=phyllome/' /proc/bus/input/devices
            for pid in $(pgrep -x '{{string.Join('|', programs)}}'); do ls -l /proc/$pid/fd | sed -n 's:.*-> \(/dev/[iu]n*put.*\):\1:p' | sort; done
            """, Cancellation);

    /// <summary>Where the journal ends now.</summary>
    protected async Task<string> JournalAsync() => (await Pc.MustRunAsync("journalctl --quiet --lines=0 --show-cursor", Cancellation)).Split("cursor: ")[1].Trim();

    /// <summary>Waits until the manager's journal says since a moment, so often, that a step is done.</summary>
    protected async Task IsDoneAsync(string step, string since, int times = 1) =>
        await Pc.MustRunAsync(
            $"timeout 120 grep --max-count={times} ': done: {step}' < <(exec journalctl --unit=phyllome-seatd.service --output=cat --no-tail --follow --after-cursor='{since}') | grep --count . | grep --line-regexp {times}", Cancellation);

    /// <summary>From the end of the router's process until the next said that it is ready, as systemd noted it the last time.</summary>
    protected async Task<TimeSpan> RouterAwayAsync()
    {
        var times = (await Pc.MustRunAsync("systemctl show --value --property=ActiveExitTimestampMonotonic --property=ActiveEnterTimestampMonotonic phyllome-input-router.service", Cancellation))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).Order().ToArray();
        return TimeSpan.FromMicroseconds(times[1] - times[0]);
    }

    /// <summary>Waits until a guest has received these events of one of its devices, one after the other among others.</summary>
    protected static async Task SeesAsync(PcGuest guest, string device, (int Type, int Code, int Value)[] events, Func<Task> happens)
    {
        ArgumentNullException.ThrowIfNull(guest);
        ArgumentNullException.ThrowIfNull(happens);
        var from = guest.Lines.Count;
        await happens();
        await guest.WaitForAsync(
            string.Join(" ", events),
            lines => lines.OfType<GuestEvent>().Where(one => one.Device == device).Select(one => (one.Type, one.Code, one.Value)).Intersect(events).SequenceEqual(events),
            SightLimit, from, Cancellation);
    }

    /// <summary>Somebody pulls their hub and plugs it in again.</summary>
    protected async Task ComesAnewAsync(Person person)
    {
        ArgumentNullException.ThrowIfNull(person);
        await person.UnplugAsync(Cancellation);
        await Seats.WaitUntilAwayAsync(person, Cancellation);
        await person.PlugInAsync(Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
    }

    /// <summary>The seats (ID_SEAT) of all input and hidraw nodes at a USB port, in a row, when udev has looked at all; 'none' for those of seat0.</summary>
    protected async Task<string> UdevSeatsAsync(string port) => (await Pc.MustRunAsync($$"""
        udevadm settle
        for node in $(find $(readlink -f /sys/bus/usb/devices/{{port}}) -type d -regex '.*/\(event\|input\|hidraw\)[0-9]+'); do
          udevadm info --query=property $node | sed -n 's/^ID_SEAT=//p' | grep . || echo none
        done | sort -u
        """, Cancellation)).Trim().Replace('\n', ' ');

    protected const string Qemu = "qemu-system-x86";

    protected const string Router = "phyllome-input-";

    protected const string Presenter = "phyllome-presen";
}
