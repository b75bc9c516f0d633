using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>What was chosen and what came about, kept over restarts of the manager and of the machine.</summary>
/// <param name="Seats">Those that stand in no configuration.</param>
/// <param name="Devices">Whose they are.</param>
/// <param name="Known">Devices that were seen and accepted, whoever has them: they are not new when they come again. Oldest first.</param>
/// <param name="Displays">What a card's host driver last saw on it: once a guest or vfio-pci has the card, nobody on the host sees any.</param>
/// <param name="Taken">Names of seats whose devices the host took back.</param>
public sealed record Memory(
    ValueList<RememberedSeat> Seats, ValueList<RememberedDevice> Devices, ValueList<DeviceKey> Known, ValueList<RememberedDisplay> Displays,
    ValueList<string> Taken)
{
    public static Memory Empty { get; } = new([], [], [], [], []);

    /// <summary>What was said of the seats' remote displays.</summary>
    public ValueList<RememberedRemote> Remotes { get; init; } = [];

    /// <summary>
    /// What is observed, with the displays of each card that a guest or vfio-pci has: nobody on the host can see those, so that what the
    /// card's host driver last saw stands for them.
    /// </summary>
    public Inventory Recall(Inventory observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var blind = observed.Gpus.Where(gpu => !gpu.IsHosts).Select(gpu => gpu.Address).Except(observed.Displays.Select(display => display.Gpu!)).ToHashSet();
        var recalled = Displays.Where(display => blind.Contains(display.Gpu))
            .Select(display => new Display(display.Connector, display.Gpu, true, display.Monitor, display.Edid, display.Mode) { Remembered = true }).ToArray();
        return recalled.Length == 0 ? observed : observed with { Displays = [.. observed.Displays, .. recalled] };
    }

    /// <summary>With a device where somebody put it; what it was before is forgotten.</summary>
    /// <param name="seat">A seat's name, or <see cref="Step.Host"/>.</param>
    public Memory With(Device device, string seat) => With(device, new RememberedDevice(DeviceKey.Of(device), seat, Chosen: true));

    /// <summary>With whose a device is; what it was before is forgotten.</summary>
    public Memory With(Device device, RememberedDevice entry)
    {
        var before = Recognition.Recognize(Devices, other => other.Key, [device]).GetValueOrDefault(device.Id);
        return this with { Devices = [.. Devices.Where(other => !ReferenceEquals(other, before)), entry] };
    }

    /// <summary>With one more seat.</summary>
    public Memory With(RememberedSeat seat) => WithoutTaken(seat.Name) with { Seats = [.. Seats, seat] };

    /// <summary>Without a seat; its devices are as if they had never had one.</summary>
    public Memory Without(string seat) => WithoutTaken(seat) with
    {
        Seats = Seats.Where(other => other.Name != seat).ToValueList(),
        Devices = Devices.Where(device => device.Seat != seat).ToValueList(),
        Remotes = Remotes.Where(remote => remote.Seat != seat).ToValueList(),
    };

    /// <summary>With something else said of a seat's remote display.</summary>
    public Memory With(string seat, Func<RememberedRemote, RememberedRemote> change) => this with
    {
        Remotes = [.. Remotes.Where(remote => remote.Seat != seat), change(Remotes.FirstOrDefault(remote => remote.Seat == seat) ?? new(seat))],
    };

    /// <summary>The host takes the devices of these seats back, until <see cref="WithoutTaken"/>.</summary>
    public Memory WithTaken(IEnumerable<string> seats) => this with { Taken = Taken.Union(seats).Order(StringComparer.Ordinal).ToValueList() };

    public Memory WithoutTaken(string seat) => Taken.Contains(seat) ? this with { Taken = Taken.Where(name => name != seat).ToValueList() } : this;

    /// <summary>
    /// The memory of a manager that has none, out of what is there: all that is plugged in is known, and a seat that the router has and
    /// no configuration asks for formed by itself once. So nothing is taken from a host that was in use before.
    /// </summary>
    public static Memory Of(SeatsConfiguration wanted, Inventory observed, Current current)
    {
        var seats = new List<RememberedSeat>();
        var devices = new List<RememberedDevice>();
        foreach (var route in current.Router.Seats.Where(route => wanted.Seats.All(seat => seat.Name != route.Name)).OrderBy(route => route.Name, StringComparer.Ordinal))
        {
            if (observed.Guests?.FirstOrDefault(guest => route.Route.Reach is [var own, ..] && guest.Uuid == own) is not { } guest)
                continue;
            seats.Add(new(route.Name, guest.Name, guest.Passed.FirstOrDefault(passed => observed.Gpus.Any(gpu => gpu.Address == passed)))
            {
                Displays = observed.Displays.FirstOrDefault(display => (current.Screens ?? []).Any(screen => screen.Seat == route.Name && screen.Connector == display.Connector)) is { } display
                    ? SharedMonitors.SelectorsOf(display, observed) : [],
                CloneOf = guest.ThrowawayOf is { } origin ? new(origin, Persistent: false) : null,
            });
            devices.AddRange(observed.Devices.Where(device => device.Nodes.Any(node => route.Route.Sources.Contains(node.Input)))
                .Select(device => new RememberedDevice(DeviceKey.Of(device), route.Name, Chosen: false)));
        }
        return Empty with
        {
            Seats = seats.ToValueList(),
            Devices = devices.OrderBy(device => device.Key.Place, StringComparer.Ordinal).ToValueList(),
            Known = observed.Devices.Where(Newcomer.IsPluggable).Select(DeviceKey.Of).OrderBy(key => key.Place, StringComparer.Ordinal).Distinct().ToValueList(),
        };
    }
}

/// <param name="Guest">Name of its libvirt domain.</param>
/// <param name="Gpu">PCI address of its card; null for virtio.</param>
public sealed record RememberedSeat(string Name, string Guest, string? Gpu)
{
    /// <summary>Its monitor on a card of the host's: selectors, the best first; empty for none.</summary>
    public ValueList<string> Displays { get; init; } = [];

    /// <summary>How its guest is made; null for a machine that its owner made.</summary>
    public SeatClone? CloneOf { get; init; }
}

/// <param name="Seat">A seat's name, or <see cref="Step.Host"/>.</param>
/// <param name="Chosen">Whether somebody said so, with <c>seatctl assign</c> or <c>seatctl seat add</c>.</param>
public sealed record RememberedDevice(DeviceKey Key, string Seat, bool Chosen)
{
    /// <summary>What brought it there, in words, so that it can still be said afterwards; null where that was before there was a memory.</summary>
    public string? Because { get; init; }
}

/// <summary>What was said of a seat's remote display, by whoever may.</summary>
public sealed record RememberedRemote(string Seat)
{
    /// <summary>What is kept of its password; null where none was set.</summary>
    public string? Password { get; init; }

    /// <summary>Whether viewers may look alone; null for what the configuration says.</summary>
    public bool? ViewOnly { get; init; }

    /// <summary>Without the password, for wherever it is printed.</summary>
    public override string ToString() => $"what was said of the remote display of seat {Seat}";
}

/// <param name="Gpu">PCI address of the card.</param>
public sealed record RememberedDisplay(string Gpu, string Connector, string? Monitor, string? Edid, string? Mode);

/// <summary>What can be new.</summary>
public static class Newcomer
{
    /// <summary>
    /// Whether a person plugs it in or pairs it, to sit down at it; what is built in is the host's from the beginning, and what goes to a
    /// guest whole belongs where it is plugged in.
    /// </summary>
    public static bool IsPluggable(Device device) => (device.Port is not null || device.Address is not null) && !UsbPassing.IsWhole(device);

    /// <summary>Ids of the devices that nobody has seen before and that are not settled yet, in order.</summary>
    /// <param name="settled">Ids of those that have been there for longer than a minute.</param>
    public static ValueList<string> Among(ValueList<Device> devices, Memory remembered, IReadOnlySet<string> settled)
    {
        Device[] open = [.. devices.Where(device => IsPluggable(device) && !settled.Contains(device.Id))];
        if (open.Length == 0)
            return [];
        var known = Recognition.Recognize(remembered.Known, key => key, devices);
        var owned = Recognition.Recognize(remembered.Devices, entry => entry.Key, devices);
        return open.Select(device => device.Id).Where(id => !known.ContainsKey(id) && !owned.ContainsKey(id)).Order(StringComparer.Ordinal).ToValueList();
    }
}
