using System.Text.Json.Serialization;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
internal enum Outcome
{
    [JsonStringEnumMemberName("holds")] Holds,
    [JsonStringEnumMemberName("broken")] Broken,
    /// <summary>Nothing is there that it could be seen on.</summary>
    [JsonStringEnumMemberName("not-tested")] NotTested,
}

/// <param name="Part">service, configuration, router, host, seat, device or guest-device.</param>
/// <param name="Sentence">What was seen, and where it is broken what to do.</param>
internal sealed record SelfTestFinding(string Part, Outcome Outcome, string Sentence);

/// <summary>What <c>selftest</c> found; the document of <c>--json</c>.</summary>
internal sealed record SelfTestReport(bool Holds, IReadOnlyList<SelfTestFinding> Findings)
{
    /// <summary>Pure, but for what <paramref name="hold"/> asks.</summary>
    /// <param name="traffic">Of each device that the router holds.</param>
    /// <param name="virtualNodes">Of the guests.</param>
    /// <param name="hold">Whether somebody has an event node to itself.</param>
    internal static SelfTestReport Of(SeatsStatus status, InputTraffic traffic, IEnumerable<(string Node, string Name)> virtualNodes, Func<string, Hold> hold)
    {
        var findings = Service(status, traffic)
            .Concat(status.Seats.SelectMany(seat => Seat(seat).Concat(Devices(seat, traffic, hold))))
            .Concat(virtualNodes.Select(one => Virtual(one.Node, one.Name, hold(one.Node))))
            .ToArray();
        return new(findings.All(finding => finding.Outcome != Outcome.Broken), findings);
    }

    private static IEnumerable<SelfTestFinding> Service(SeatsStatus status, InputTraffic traffic)
    {
        yield return new("service", Outcome.Holds, "The manager answers.");
        if (status.Host.Configuration is { } fault)
            yield return new("configuration", Outcome.Broken, fault);
        // The manager has asked the router itself for these.
        yield return new("router", Outcome.Holds, $"The input router answers, and has {Counted(traffic.Devices.Count, "device")}.");
        foreach (var problem in status.Host.Problems)
            yield return new("host", Outcome.Broken, problem);
    }

    private static IEnumerable<SelfTestFinding> Seat(SeatStatus seat)
    {
        foreach (var problem in seat.Problems)
            yield return new("seat", Outcome.Broken, $"Seat {seat.Name}: {problem}");
        if (seat.State == SeatState.Active)
            yield return new("seat", Outcome.Holds, $"Seat {seat.Name} is active{(seat.Guest is { } guest ? $" with guest {guest.Name}" : "")}.");
        else if (seat.State != SeatState.Failed)
            yield return new("seat", Outcome.NotTested, $"Seat {seat.Name} is {seat.State.ToString().ToLowerInvariant()}: whether its guest hears it is seen when it is active.");
        else if (seat.Problems.Count == 0)
            yield return new("seat", Outcome.Broken, $"Seat {seat.Name} has failed; see: journalctl -u phyllome-seatd");
    }

    private static IEnumerable<SelfTestFinding> Devices(SeatStatus seat, InputTraffic traffic, Func<string, Hold> hold)
    {
        foreach (var device in seat.Devices.Where(device => !device.Whole))
        {
            var what = $"{device.Kind} {device.Name} ({device.Id}) of seat {seat.Name}";
            yield return device switch
            {
                { Problem: { } problem } => new("device", Outcome.Broken, $"The {what} can't be used: {problem}"),
                { Path: null } => new("device", Outcome.NotTested, $"The {what} has no event node."),
                _ when traffic.Devices.All(one => one.Path != device.Path) => new("device", Outcome.Broken,
                    $"The input router does not have the {what}; see: journalctl -u phyllome-input-router"),
                _ => Held("device", what, hold(device.Path), $"what is typed there reaches the host too. Where no key of it is held down now, see: journalctl -u phyllome-input-router"),
            };
        }
    }

    private static SelfTestFinding Virtual(string node, string name, Hold held) =>
        Held("guest-device", $"virtual device '{name}' ({node})", held, "what is typed into the guest reaches the host too; see: journalctl -u phyllome-input-router");

    private static SelfTestFinding Held(string part, string what, Hold held, string otherwise) => held switch
    {
        Hold.Held => new(part, Outcome.Holds, $"Nothing of the {what} reaches the host."),
        Hold.Free => new(part, Outcome.Broken, $"Nobody holds the {what}: {otherwise}"),
        Hold.Gone => new(part, Outcome.NotTested, $"The {what} was pulled meanwhile."),
        _ => throw new CommandFailure(ExitCode.Refused, "Whether a device is held can be asked by root alone: sudo seatctl selftest"),
    };

    private static string Counted(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
