using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Monitors;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.DisplayAssign.Preflight;

/// <summary>The whole of <c>seatctl doctor</c>: what the host, each card and each seat is fit for.</summary>
/// <param name="Ready">Whether seats can run: nothing of the host and of the configured seats is refused.</param>
/// <param name="Unread">What the caller could not read.</param>
public sealed record Diagnosis(
    bool Ready, ValueList<Finding> Host, ValueList<CardDiagnosis> Gpus, ValueList<DisplayDiagnosis> Displays, ValueList<SeatDiagnosis> Seats, ValueList<string> Unread)
{
    /// <summary>Pure: the same observations give the same diagnosis.</summary>
    public static Diagnosis Of(Machine machine, LibvirtSight libvirt, ConfigurationSight configuration)
    {
        var seats = WithCards(machine, configuration);
        var need = Need(seats, libvirt);
        var host = MachineChecks.OfHost(machine, need, libvirt).Concat(Configuration(configuration)).ToValueList();
        var gpus = machine.Gpus.Select(gpu => CardDiagnosis.Of(machine, gpu, seats.FirstOrDefault(seat => seat.Gpu == gpu.Address)?.Name, need)).ToValueList();
        var judged = seats.Select(seat => SeatDiagnosis.Of(seat, libvirt, gpus)).ToValueList();
        var displays = machine.Displays.Where(display => display.Connected).Select(display => DisplayDiagnosis.Of(display, machine)).ToValueList();
        var ready = host.Concat(judged.SelectMany(seat => seat.Findings)).All(finding => finding.Verdict != Verdict.Refuse);
        return new(ready, host, gpus, displays, judged, machine.Unread);
    }

    /// <summary>Those of the configuration with their cards; 'auto' picks among those that nothing refuses.</summary>
    private static ValueList<SeatWish> WithCards(Machine machine, ConfigurationSight configuration)
    {
        if (configuration.Wanted is not { } wanted)
            return [];
        if (wanted.Seats.All(seat => seat.GpuPick is null))
            return wanted.Seats;
        var refused = machine.Gpus.Where(gpu => CardDiagnosis.Of(machine, gpu.Address, null)!.Verdict == Verdict.Refuse).Select(gpu => new RefusedGpu(gpu.Address, "")).ToValueList();
        return GpuChoice.Resolve(
            wanted, Planning.Memory.Empty, new([], machine.Displays, GpuInventory.Of(machine.Pci), null), Current.Nothing with { Refused = refused }).Seats;
    }

    private static MemoryNeed Need(ValueList<SeatWish> seats, LibvirtSight libvirt)
    {
        if (libvirt.Problem is not null)
            return new(null, 0);
        var own = libvirt.Guests.Where(guest => seats.Any(seat => seat.Guests.Count > 0 && seat.Guests[0] == guest.Name)).ToList();
        return new(own.Sum(guest => guest.Memory), own.Where(guest => guest.Running).Sum(guest => guest.Memory));
    }

    private static IEnumerable<Finding> Configuration(ConfigurationSight sight)
    {
        if (sight.Wanted is null)
        {
            yield return new(Checks.Configuration, Verdict.Refuse, string.Join("; ", sight.Faults), "no seat is made of a file with a fault", "mend it, then: seatctl config check");
            yield break;
        }
        yield return sight.Faults.Count > 0
            ? new(Checks.Configuration, Verdict.Warning, string.Join("; ", sight.Faults), "not all that it asks for is in force")
            : new(Checks.Configuration, Verdict.Ok, sight.Wanted.Seats.Count == 0 ? "no seats are configured" : $"{sight.Wanted.Seats.Count} {(sight.Wanted.Seats.Count == 1 ? "seat is" : "seats are")} configured");
    }
}

/// <summary>A graphics card, and whether it can be given to a guest.</summary>
/// <param name="Function">The display function, with all that was read of it.</param>
/// <param name="Functions">The card's other functions.</param>
/// <param name="GroupMembers">The others of its IOMMU group, bridges left out.</param>
/// <param name="Seat">The seat that has it by configuration.</param>
/// <param name="Verdict">The worst of its findings.</param>
public sealed record CardDiagnosis(
    PciFunction Function, ValueList<PciFunction> Functions, ValueList<PciFunction> GroupMembers, ValueList<Holder> Holders, string? Seat, Verdict Verdict,
    ValueList<Finding> Findings)
{
    /// <summary>What one card must hold against, without the other parts of a diagnosis; null where there is no such card.</summary>
    /// <param name="seat">The seat whose configuration names it; null where none does.</param>
    public static CardDiagnosis? Of(Machine machine, string address, string? seat) =>
        machine.Gpus.FirstOrDefault(gpu => gpu.Address == address) is { } gpu ? Of(machine, gpu, seat, new(null, 0)) : null;

    /// <summary>All that refuses it, with the reasons and what to do; null where nothing does.</summary>
    /// <param name="but">A check that does not count.</param>
    public string? Refusal(string? but = null) =>
        Findings.Where(finding => finding.Verdict == Verdict.Refuse && finding.Check != but).ToList() is { Count: > 0 } reasons
            ? Reasons(reasons)
            : null;

    internal static string Reasons(IEnumerable<Finding> findings) =>
        string.Join("; ", findings.Select(finding => $"{finding.Evidence} ({finding.Check}: {finding.Why}){(finding.Mend is { } mend ? $"; {mend}" : "")}"));

    internal static CardDiagnosis Of(Machine machine, PciFunction gpu, string? seat, MemoryNeed need)
    {
        var findings = new CardChecks(machine, gpu, seat, need).All().ToValueList();
        return new(
            gpu, machine.Siblings(gpu).ToValueList(), machine.GroupMates(gpu).ToValueList(), machine.HoldersOf(gpu).ToValueList(), seat,
            findings.Max(finding => finding.Verdict), findings);
    }
}

/// <summary>A monitor that is plugged in.</summary>
/// <param name="Selector">What picks it in the configuration: by its EDID, by its connector where another reads the same.</param>
/// <param name="Edid">What it says of itself, with what is wrong about that; null where it says nothing.</param>
public sealed record DisplayDiagnosis(string Connector, string? Gpu, string? Monitor, string? Mode, string Selector, bool Boot, string? Holder, Edid? Edid)
{
    internal static DisplayDiagnosis Of(Display display, Machine machine) =>
        new(
            display.Connector, display.Gpu, display.Monitor, display.Mode, DisplayInventory.SelectorOf(display, machine.Displays).ToString(), display.Boot,
            display.Holder, machine.Monitors.FirstOrDefault(monitor => monitor.Connector == display.Connector)?.Edid);
}

/// <summary>A seat of the configuration, and whether it can run.</summary>
public sealed record SeatDiagnosis(string Name, Verdict Verdict, ValueList<Finding> Findings)
{
    internal static SeatDiagnosis Of(SeatWish seat, LibvirtSight libvirt, ValueList<CardDiagnosis> gpus)
    {
        var findings = new[] { Guests(seat, libvirt), Gpu(seat, gpus) }.ToValueList();
        return new(seat.Name, findings.Max(finding => finding.Verdict), findings);
    }

    private static Finding Guests(SeatWish seat, LibvirtSight libvirt)
    {
        if (libvirt.Problem is not null)
            return new(Checks.Guests, Verdict.Warning, "libvirt was not asked for its guests", "they may not be there");
        var missing = seat.Guests.Where(name => libvirt.Guests.All(guest => guest.Name != name)).ToList();
        if (missing.Count == 0)
            return new(Checks.Guests, Verdict.Ok, $"{string.Join(", ", seat.Guests)} {(seat.Guests.Count == 1 ? "is" : "are")} there");
        return new(
            Checks.Guests, missing.Contains(seat.Guests[0]) ? Verdict.Refuse : Verdict.Warning, $"libvirt has no guest {string.Join(", ", missing)}", "the seat can't show it",
            "make it in virt-manager, or mend 'guests' in the configuration");
    }

    /// <summary>The card stays the host's, so that what matters is that it can be split, and whether VFIO takes what comes of it.</summary>
    private static Finding Part(SeatWish seat, GpuPart part, ValueList<CardDiagnosis> gpus)
    {
        if (gpus.FirstOrDefault(gpu => gpu.Function.Address == part.Card) is not { } card)
            return new(Checks.Gpu, Verdict.Refuse, $"there is no graphics card at {part.Card}", "the guest would not start", "seatctl doctor lists those that there are; mend 'gpu' in the configuration");
        if (card.Findings.FirstOrDefault(finding => finding is { Check: Checks.Iommu or Checks.InterruptRemapping, Verdict: Verdict.Refuse }) is { } refused && part.Type is null)
            return new(Checks.Gpu, Verdict.Refuse, $"{part} is refused by {refused.Check}", "see the card's own lines");
        if (part.Type is null)
        {
            return card.Function.VirtualFunctions is { Possible: > 0 } functions
                ? new(Checks.Gpu, Verdict.Ok, $"{part.Card} can have {functions.Possible} virtual functions, and has {functions.Active}")
                : new(Checks.Gpu, Verdict.Refuse, $"{part.Card} has no virtual functions", "the guest would not start", "turn on SR-IOV in the firmware's setup, and see what the card's driver asks for to offer it");
        }
        if (card.Function.Types.FirstOrDefault(type => type.Name == part.Type) is not { } type)
        {
            var types = card.Function.MediatedTypes;
            return new(Checks.Gpu, Verdict.Refuse, $"{part.Card} has no mediated devices of type {part.Type}", "the guest would not start",
                types.Count == 0 ? "its driver offers none: see what it asks for (i915.enable_gvt=1, NVIDIA's vGPU manager)" : $"its types are {string.Join(", ", types)}");
        }
        return card.Function.Mediated.Any(device => device.Id == part.Of(seat.Name)) ? new(Checks.Gpu, Verdict.Ok, $"its {part.Type} of {part.Card} is made")
            : type.Available > 0 ? new(Checks.Gpu, Verdict.Ok, $"{part.Card} has room for {type.Available} more of {part.Type}")
            : new(Checks.Gpu, Verdict.Refuse, $"{part.Card} has no room for one more {part.Type}", "the guest would not start", $"seatctl gpu release {part.Card} takes those away that no guest has");
    }

    private static Finding Gpu(SeatWish seat, ValueList<CardDiagnosis> gpus)
    {
        if (seat.GpuPick?.Part is { } part && (seat.Gpu is null || part.Type is not null))
            return Part(seat, part, gpus);
        if (seat is { Gpu: null, GpuPick: { Id: { } id } })
            return new(Checks.Gpu, Verdict.Refuse, $"no single free graphics card is {id}", "the guest would not start", "seatctl config check says why");
        if (seat is { Gpu: null, GpuPick.IsAuto: true })
            return new(Checks.Gpu, Verdict.Warning, "no graphics card is free and passes", "the guest has virtual graphics", "see the lines of each card");
        if (seat.Gpu is not { } address)
            return new(Checks.Gpu, Verdict.Ok, "it has virtual graphics");
        if (gpus.FirstOrDefault(gpu => gpu.Function.Address == address) is not { } card)
            return new(Checks.Gpu, Verdict.Refuse, $"there is no graphics card at {address}", "the guest would not start", "seatctl doctor lists those that there are; mend 'gpu' in the configuration");
        var bad = card.Findings.Where(finding => finding.Verdict == card.Verdict).Select(finding => finding.Check).ToList();
        return card.Verdict switch
        {
            Verdict.Refuse => new(Checks.Gpu, Verdict.Refuse, $"{address} is refused by {string.Join(", ", bad)}", "see the card's own lines"),
            Verdict.Warning => new(Checks.Gpu, Verdict.Warning, $"{address} passes, with warnings: {string.Join(", ", bad)}", "see the card's own lines"),
            _ => new(Checks.Gpu, Verdict.Ok, $"{address} passes all checks"),
        };
    }
}
