using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Status;

/// <summary>Makes the document of <c>seatctl status</c> out of what is wanted, seen and in force.</summary>
public static class StatusPicture
{
    /// <param name="plan">The plan for these arguments: what is left to do, and what stands against it.</param>
    /// <param name="problems">What went wrong besides: steps that failed, libvirt or the router out of reach.</param>
    /// <param name="starting">Names of the seats whose guest is being started.</param>
    /// <param name="fault">What is wrong with the newest configuration file, where it is not the one in force.</param>
    public static SeatsStatus Make(
        SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current, Plan plan, ValueList<Problem> problems, ValueList<string> starting,
        Diagnostic? fault)
    {
        var sinks = current.Router.Sinks.Select(sink => sink.Input).ToHashSet();
        var devices = observed.Devices.Where(device => !device.Nodes.Any(node => sinks.Contains(node.Input)))
            .OrderBy(device => device.Id, StringComparer.Ordinal).ToValueList();
        var claims = plan.Claims.ToDictionary(claim => claim.Device);
        var own = devices.ToLookup(device => claims.TryGetValue(device.Id, out var claim) ? claim.Seat : Step.Host);
        var all = plan.Problems.Concat(problems).Distinct().ToArray();
        var names = wanted.Seats.Select(seat => seat.Name).ToHashSet();
        var given = wanted.Seats.Select(seat => seat.Gpu).OfType<string>().ToHashSet();
        var shown = wanted.Seats.SelectMany(seat => Displays(seat, observed, current)).Select(display => display.Connector).ToHashSet();

        return new(
            wanted.Seats.Select(seat => Seat(
                seat, wanted.Host.Seat == seat.Name, remembered, observed, current, plan, starting.Contains(seat.Name), all.Where(problem => problem.Seat == seat.Name).ToArray(),
                own[seat.Name].ToValueList(), claims)).ToValueList(),
            own[Step.Host].Select(device => Device(device, claims.GetValueOrDefault(device.Id), all)).ToValueList(),
            new(
                observed.Displays.Where(display => display.Connected && !shown.Contains(display.Connector))
                    .OrderBy(display => display.Connector, StringComparer.Ordinal)
                    .Select(display => new DisplayStatus(display.Connector, display.Monitor, display.Mode, (current.Screens ?? []).FirstOrDefault(screen => screen.Seat == Step.Host && screen.Connector == display.Connector) is { } screen ? screen.Asks is null ? "page" : "question" : null)).ToValueList(),
                fault?.ToString(), current.Router.Counters.Written,
                all.Where(problem => problem.Seat is null || !names.Contains(problem.Seat)).Select(problem => problem.Sentence).ToValueList())
            {
                Gpus = observed.Gpus.Where(gpu => !given.Contains(gpu.Address)).OrderBy(gpu => gpu.Address, StringComparer.Ordinal)
                    .Select(gpu => new GpuStatus(gpu.Address, gpu.Driver, "host")).ToValueList(),
            })
        {
            Guests = (observed.Guests ?? []).OrderBy(guest => guest.Name, StringComparer.Ordinal).Select(GuestStatus.Of).ToValueList(),
        };
    }

    private static SeatStatus Seat(
        SeatWish seat, bool reachesHost, Memory remembered, Inventory observed, Current current, Plan plan, bool starting, Problem[] problems, ValueList<Device> devices,
        Dictionary<string, Claim> claims)
    {
        var own = observed.Guests?.FirstOrDefault(guest => guest.Name == seat.Guests[0]);
        var taken = remembered.Taken.Contains(seat.Name);
        var route = current.Router.Seats.FirstOrDefault(route => route.Name == seat.Name);
        var gpu = observed.Gpus.FirstOrDefault(gpu => gpu.Address == seat.Gpu);
        // While libvirt cannot be asked, that a QEMU has the sinks of the home is all that is known of it.
        var runs = own is null
            ? current.Router.Sinks.Any(sink => sink.Live && route is not null && route.Route.Reach.Count > 0 && sink.Guest == route.Route.Reach[0])
            : own.State is not (GuestState.Off or GuestState.Crashed);

        var state = problems.Any(problem => problem.Prevents) ? SeatState.Failed
            : taken || (!devices.Any(UsbPassing.IsRouted) && (seat.Devices.Count > 0 || seat.IsRemembered)) ? SeatState.Away
            : route is null || plan.Steps.Any(step => step.Seat == seat.Name && IsForming(step, problems)) ? SeatState.Forming
            : starting || (problems.Length == 0 && plan.Steps.Any(step => step is AdoptGuest adopt && adopt.Guest == own?.Uuid || step is SetLive { Live: true } live && live.Guest == own?.Uuid)) ? SeatState.Starting
            : runs && !problems.Any(problem => problem.Waits) ? SeatState.Active
            : SeatState.Waiting;
        return new(
            seat.Name, state, own is null ? null : GuestStatus.Of(own),
            route?.Focus is { } focus ? Name(focus, observed) : null,
            seat.Guests.Where(name => observed.Guests?.Any(guest => guest.Name == name) ?? true).Concat(reachesHost ? [HostReach.Word] : []).ToValueList(),
            devices.Select(device => Device(device, claims[device.Id], problems)).ToValueList(),
            Displays(seat, observed, current).ToValueList(),
            seat.Gpu is null ? null : new(seat.Gpu, gpu?.Driver, seat.GpuPick?.Part switch { null => "passthrough", { Type: null } => "virtual-function", _ => "mediated" }),
            problems.Select(problem => problem.Sentence).Distinct()
                .Concat(taken ? [$"the host took its devices back: 'seatctl seat start {seat.Name}' gives them to the seat again"] : []).ToValueList())
        {
            Owner = seat.Owner,
            Remote = Door(seat, current) is { } door && SeatDoors.Of(seat, remembered) is { } wished
                ? new(door.Socket, wished.Listen, wished.User, wished.Password is not null, wished.ViewOnly, door.Fingerprint, door.Viewers.Select(viewer => new ViewerStatus(viewer.From, viewer.Guest)).ToValueList()) { Pin = door.Pin }
                : null,
        };
    }

    private static OpenedDoor? Door(SeatWish seat, Current current) => (current.Doors ?? []).FirstOrDefault(door => door.Seat == seat.Name);

    /// <summary>A device that cannot be taken keeps the seat from nothing else.</summary>
    private static bool IsForming(Step step, Problem[] problems) =>
        step is CreateSink or Route || (step is TakeSource take && problems.All(problem => problem.Device != take.Device.Id));

    /// <summary>A guest's UUID where libvirt does not say its name.</summary>
    private static string Name(Guid guest, Inventory observed) => guest == HostReach.Id ? HostReach.Word
        : observed.Guests?.FirstOrDefault(other => other.Uuid == guest)?.Name ?? guest.ToString();

    private static DeviceStatus Device(Device device, Claim? claim, Problem[] problems) => new(
        DeviceName.Of(device), device.Kind.ToString().ToLowerInvariant(), device.Name, device.Nodes.MinBy(node => node.Event)?.Path, claim?.Because)
    {
        Reason = claim?.Reason ?? ClaimReason.Host,
        Whole = claim is { IsWhole: true } && claim.Seat != Step.Host,
        Refused = claim?.Refused ?? [],
        Problem = problems.FirstOrDefault(problem => problem.Device == device.Id)?.Sentence,
        UdevSeat = device.UdevSeat,
    };

    /// <summary>The displays that the seat's selectors pick, and those of its passed-through GPU; where none is known, the selector.</summary>
    private static IEnumerable<DisplayStatus> Displays(SeatWish seat, Inventory observed, Current current)
    {
        var all = observed.Displays.OrderBy(display => display.Connector, StringComparer.Ordinal).ToArray();
        var passed = all.Where(display => seat.Gpu is not null && display.Gpu == seat.Gpu && display.Connected);
        var picked = seat.Displays.SelectMany(selector => all.Where(display => SelectorMatch.Matches(selector, display)));
        foreach (var display in picked.Concat(passed).DistinctBy(display => display.Connector))
        {
            var screen = Screen(display);
            yield return new(display.Connector, display.Monitor, display.Mode, Way(display)) { LastSeen = display.Remembered, Rotate = (int)(screen?.Rotation ?? Rotation.None), Head = screen?.Head?.Number };
        }

        if (seat.Remote is { } remote)
            yield return new(SeatWish.RemoteDisplay, null, remote.Size is { } size ? $"{size.Width}x{size.Height}" : null, Door(seat, current) is null ? null : SeatWish.RemoteDisplay);
        if (seat.Gpu is null)
            yield break;
        foreach (var selector in seat.Displays.Where(selector => selector.Kind != SelectorKind.Remote && !observed.Displays.Any(display => SelectorMatch.Matches(selector, display))))
            yield return new(selector.ToString(), null, null, "passthrough");

        string? Way(Display display) => seat.Gpu is not null && display.Gpu == seat.Gpu ? "passthrough"
            : Screen(display) is { } screen ? screen.Loan switch { null => "lease", { IsWindow: true } => "window", _ => "desktop-lease" } : null;

        LentScreen? Screen(Display display) => (current.Screens ?? []).FirstOrDefault(screen => screen.Seat == seat.Name && screen.Connector == display.Connector);
    }
}
