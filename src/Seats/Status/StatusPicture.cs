using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Status;

/// <summary>Makes the document of <c>seatctl status</c> out of what is wanted, seen and in force.</summary>
public static class StatusPicture
{
    /// <param name="plan">The plan for these arguments: what is left to do, and what stands against it.</param>
    /// <param name="problems">What went wrong besides: steps that failed, libvirt or the router out of reach.</param>
    /// <param name="starting">Names of the seats whose guest is being started.</param>
    /// <param name="fault">What is wrong with the newest configuration file, where it is not the one in force.</param>
    public static SeatsStatus Make(
        SeatsConfiguration wanted, Inventory observed, Current current, Plan plan, ValueList<Problem> problems, ValueList<string> starting,
        Diagnostic? fault)
    {
        var sinks = current.Router.Sinks.Select(sink => sink.Input).ToHashSet();
        var devices = observed.Devices.Where(device => !device.Nodes.Any(node => sinks.Contains(node.Input)))
            .OrderBy(device => device.Id, StringComparer.Ordinal).ToValueList();
        var claims = plan.Claims.ToDictionary(claim => claim.Device);
        var all = plan.Problems.Concat(problems).Distinct().ToArray();
        var names = wanted.Seats.Select(seat => seat.Name).ToHashSet();
        var shown = wanted.Seats.SelectMany(seat => Displays(seat, observed)).Select(display => display.Connector).ToHashSet();

        return new(
            wanted.Seats.Select(seat => Seat(
                seat, observed, current, plan, starting.Contains(seat.Name), all.Where(problem => problem.Seat == seat.Name).ToArray(),
                devices.Where(device => claims.TryGetValue(device.Id, out var claim) && claim.Seat == seat.Name)
                    .Select(device => Device(device, claims[device.Id].Because)).ToValueList())).ToValueList(),
            devices.Where(device => !claims.ContainsKey(device.Id)).Select(device => Device(device, Kept(wanted, device, devices))).ToValueList(),
            new(
                observed.Displays.Where(display => display.Connected && !shown.Contains(display.Connector))
                    .OrderBy(display => display.Connector, StringComparer.Ordinal)
                    .Select(display => new DisplayStatus(display.Connector, display.Monitor, display.Mode, null)).ToValueList(),
                fault?.ToString(), current.Router.Counters.Written,
                all.Where(problem => problem.Seat is null || !names.Contains(problem.Seat)).Select(problem => problem.Sentence).ToValueList()));
    }

    private static SeatStatus Seat(
        SeatWish seat, Inventory observed, Current current, Plan plan, bool starting, Problem[] problems, ValueList<DeviceStatus> devices)
    {
        var own = observed.Guests?.FirstOrDefault(guest => guest.Name == seat.Guests[0]);
        var route = current.Router.Seats.FirstOrDefault(route => route.Name == seat.Name);
        var gpu = observed.Gpus.FirstOrDefault(gpu => gpu.Address == seat.Gpu);
        // While libvirt cannot be asked, that a QEMU has the sinks of the home is all that is known of it.
        var runs = own is null
            ? current.Router.Sinks.Any(sink => sink.Live && route is not null && route.Route.Reach.Count > 0 && sink.Guest == route.Route.Reach[0])
            : own.State is not (GuestState.Off or GuestState.Crashed);

        var state = problems.Any(problem => problem.Prevents) ? SeatState.Failed
            : devices.Count == 0 && seat.Devices.Count > 0 ? SeatState.Away
            : route is null || plan.Steps.Any(step => step.Seat == seat.Name && IsForming(step)) ? SeatState.Forming
            : starting ? SeatState.Starting
            : runs ? SeatState.Active
            : SeatState.Waiting;
        return new(
            seat.Name, state, own is null ? null : new(own.Name, own.State),
            route?.Focus is { } focus ? Name(focus, observed) : null,
            seat.Guests.Where(name => observed.Guests?.Any(guest => guest.Name == name) ?? true).ToValueList(),
            devices,
            Displays(seat, observed).ToValueList(),
            seat.Gpu is null ? null : new(seat.Gpu, gpu?.Driver, "passthrough"),
            problems.Select(problem => problem.Sentence).ToValueList());
    }

    private static bool IsForming(Step step) => step is TakeSource or CreateSink or Route;

    /// <summary>A guest's UUID where libvirt does not say its name.</summary>
    private static string Name(Guid guest, Inventory observed) =>
        observed.Guests?.FirstOrDefault(other => other.Uuid == guest)?.Name ?? guest.ToString();

    private static DeviceStatus Device(Device device, string? claim) => new(
        DeviceName.Of(device), device.Kind.ToString().ToLowerInvariant(), device.Name, device.Nodes.MinBy(node => node.Event)?.Path, claim);

    private static string? Kept(SeatsConfiguration wanted, Device device, ValueList<Device> all) =>
        wanted.Host.Keep.Where(keep => SelectorMatch.Matches(keep, device, all)).Select(keep => $"kept by the host: {keep}").FirstOrDefault();

    /// <summary>
    /// The displays that the seat's selectors pick, and those of its passed-through GPU. Once a guest has the GPU the host sees none
    /// of them: then the selector stands for its display.
    /// </summary>
    private static IEnumerable<DisplayStatus> Displays(SeatWish seat, Inventory observed)
    {
        var passed = observed.Displays.Where(display => seat.Gpu is not null && display.Gpu == seat.Gpu && display.Connected);
        var picked = seat.Displays.SelectMany(selector => observed.Displays.Where(display => SelectorMatch.Matches(selector, display)));
        foreach (var display in picked.Concat(passed).DistinctBy(display => display.Connector).OrderBy(display => display.Connector, StringComparer.Ordinal))
            yield return new(display.Connector, display.Monitor, display.Mode, seat.Gpu is not null && display.Gpu == seat.Gpu ? "passthrough" : null);
        if (seat.Gpu is null)
            yield break;
        foreach (var selector in seat.Displays.Where(selector => !observed.Displays.Any(display => SelectorMatch.Matches(selector, display))))
            yield return new(selector.ToString(), null, null, "passthrough");
    }
}
