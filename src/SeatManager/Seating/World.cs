using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Processors;
using Phyllome.Seats.Remote;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Routing;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>All that was observed; a part is null until it was observed once. Pure.</summary>
internal sealed record World(
    DevicesObserved? Devices, DisplaysObserved? Displays, GuestsObserved? Guests, ConfigurationObserved? Configuration, RouterObserved? Router,
    ValueList<Guid> Started)
{
    public static World Unknown { get; } = new(null, null, null, null, null, []);

    /// <summary>Null until there is one, be it made anew.</summary>
    public Memory? Memory { get; init; }

    /// <summary>Ids of devices that have been there for longer than something is new.</summary>
    public ValueList<string> Settled { get; init; } = [];

    /// <summary>Null where nobody looks at them.</summary>
    public HostRulesObserved? HostRules { get; init; }

    /// <summary>The monitors that are lent; null where nobody lends any.</summary>
    public ValueList<LentScreen>? Screens { get; init; }

    /// <summary>The desktops that may lend their monitors.</summary>
    public ValueList<Desktop> Desktops { get; init; } = [];

    /// <summary>Nodes of the cards that a desktop has, or had since the manager began.</summary>
    public ValueList<string> DesktopCards { get; init; } = [];

    /// <summary>The doors for viewers elsewhere; null where nobody opens any.</summary>
    public ValueList<OpenedDoor>? Doors { get; init; }

    public string HostName { get; init; } = Inventory.Empty.HostName;

    public Absences Absences { get; init; } = Absences.None;

    /// <summary>Guests that crashed, and those that were started and could.</summary>
    public Crashes Crashes { get; init; } = Crashes.None;

    /// <summary>Guests that were asked to shut down.</summary>
    public ShutdownRequests Shutdowns { get; init; } = ShutdownRequests.None;

    /// <summary>Which of the host's processors the guests of seats have.</summary>
    public PinPlan Pins { get; init; } = PinPlan.None;

    /// <summary>Whether somebody wants the free screens to ask who is in front of them.</summary>
    public bool Identify { get; init; }

    /// <summary>Who answered such a question and is still asked.</summary>
    public ValueList<Answered> Answers { get; init; } = [];

    /// <summary>What the codes on the screens follow from, another one for each manager.</summary>
    public string CodeSecret { get; init; } = "";

    /// <summary>What the checks said of cards that were to be taken; asked anew when a guest is to be started anew.</summary>
    public ValueList<RefusedGpu> Refused { get; init; } = [];

    /// <summary>The configuration in force with the remembered seats, and with the cards that are the seats'.</summary>
    public SeatsConfiguration Wanted
    {
        get
        {
            var (configured, memory) = (Configuration?.InForce ?? SeatsConfiguration.Default, Memory ?? Memory.Empty);
            return configured.Seats.All(seat => seat.GpuPick is null)
                ? Roster.With(configured, memory)
                : GpuChoice.Resolve(configured, memory, Inventory, Phyllome.Seats.Planning.Current.Nothing with { Refused = Refused });
        }
    }

    /// <summary>Whether every part was observed, be it that it cannot be reached.</summary>
    public bool IsKnown => Devices is not null && Displays is not null && Guests is not null && Configuration is not null && Router is not null;

    /// <summary>Why nothing can be planned with what is in force, in words; null where it can.</summary>
    public string? WhyNotKnown
    {
        get
        {
            (string Part, object? Seen)[] parts = [("the input devices", Devices), ("the displays", Displays), ("the guests", Guests), ("the configuration", Configuration), ("the input router", Router)];
            string[] unseen = [.. parts.Where(part => part.Seen is null).Select(part => part.Part)];
            return unseen.Length > 0 ? $"the manager has only begun, and not seen yet {string.Join(", ", unseen)}: try again in a moment. See: journalctl -u phyllome-seatd"
                : Router!.State is null ? "the input router is not connected, so it is not known what is there. See: systemctl status phyllome-input-router"
                : Memory is not null ? null
                : Configuration!.Fault.FirstOrDefault(fault => fault.Severity == Severity.Error) is { } fault
                    ? $"nothing is remembered of the seats, and the configuration does not say which there are: {fault.ToString().TrimEnd('.')}. See: seatctl config check"
                : "the input router has only just come: try again in a moment. See: seatctl status";
        }
    }

    /// <summary>With the displays that nobody on the host sees any more as they were last seen.</summary>
    public Inventory Inventory => (Memory ?? Memory.Empty).Recall(new(Devices?.Devices ?? [], Displays?.Displays ?? [], Displays?.Gpus ?? [], Guests?.Guests)
    {
        Room = Displays?.Room ?? HostRoom.Unknown,
        HasDesktop = Displays?.HasDesktop,
        Desktops = Desktops,
        DesktopCards = DesktopCards,
        HostName = HostName,
    });

    /// <summary>What is in force; null while the router cannot say it.</summary>
    public Current? Current => Router?.State is { } state
        ? new(state, Started) { New = Memory is null ? [] : Newcomer.Among(Devices?.Devices ?? [], Memory, Settled.ToHashSet()), Lingered = Absences.Over, Refused = Refused, HostRules = HostRules?.Text, Screens = Screens, Doors = Doors, Identify = Identify, Answers = Answers, CodeSecret = CodeSecret }
        : null;

    /// <summary>What the seats ask of the host's sleep; null while it is not known who runs, so that what was asked stands.</summary>
    public SleepWish? Sleep => Guests?.Guests is { } guests && Router?.State is { } router ? SleepWish.Of(Wanted, guests, router, Doors) : null;

    /// <summary>With the cards that desktops have added to those that they had: a desktop says by its outputs which they are, and the displays to which card these belong.</summary>
    public World WithDesktops(ValueList<Desktop> desktops, DisplaysObserved? displays) => this with
    {
        Desktops = desktops,
        Displays = displays,
        DesktopCards = desktops.Count == 0 ? DesktopCards
            : DesktopCards.Union(desktops.SelectMany(desktop => desktop.CardsAmong(displays?.Displays ?? []))).Order(StringComparer.Ordinal).ToValueList(),
    };

    /// <summary>What is plugged in again has been there for no time at all.</summary>
    public World With(DevicesObserved devices) => this with
    {
        Devices = devices,
        Settled = Settled.Count == 0 ? Settled : Settled.Where(id => devices.Devices.Any(device => device.Id == id)).ToValueList(),
    };

    /// <summary>Those that run for a seat were started, be it by a manager before this one.</summary>
    public World With(GuestsObserved guests) => this with
    {
        Guests = guests,
        Started = (guests.Guests ?? [])
            .Where(guest => guest.Seat is not null && guest.State != GuestState.Off)
            .Select(guest => guest.Uuid)
            .Union(Started)
            .Order()
            .ToValueList(),
    };

    public World WithRefused(IEnumerable<RefusedGpu> refused) => refused.Aggregate(this, static (world, one) =>
        world with { Refused = [.. world.Refused.Where(other => other.Address != one.Address), one] });

    /// <summary>
    /// What another manager is to know as started: not the guests that were left, which start when somebody is back, however late it is learned
    /// that they are off. Null while it is not known which they are.
    /// </summary>
    public ValueList<Guid>? StartedForOthers
    {
        get
        {
            var left = Wanted.Seats.Where(seat => Absences.Over.Contains(seat.Name) || Absences.Parted.Contains(seat.Name)).Select(seat => seat.Guests[0]).ToHashSet();
            return Guests?.Guests is not { } guests ? null
                : Started.Except(guests.Where(guest => left.Contains(guest.Name)).Select(guest => guest.Uuid)).ToValueList();
        }
    }

    public World WithStarted(IEnumerable<Guid> guests) => this with { Started = Started.Union(guests).Order().ToValueList() };

    public World WithoutStarted(Guid guest) => this with { Refused = [], Started = Started.Where(started => started != guest).ToValueList() };
}
