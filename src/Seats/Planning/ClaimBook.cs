using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>Something in a seat's entry that the machine does not bear out.</summary>
/// <param name="Prevents">Whether the seat cannot be used at all because of it.</param>
public sealed record SeatFault(string Seat, Diagnostic Diagnostic, bool Prevents = false);

/// <summary>Which device is in which seat, and what stands against a claim. A device is in one seat at most.</summary>
public sealed record ClaimBook(ValueList<Claim> Claims, ValueList<SeatFault> Faults)
{
    private const InputAbilities Useful =
        InputAbilities.Key | InputAbilities.Keyboard | InputAbilities.Mouse | InputAbilities.Touchpad | InputAbilities.Touchscreen
        | InputAbilities.Tablet | InputAbilities.Joystick | InputAbilities.PointingStick;

    /// <summary>Whether a node carries keys or motion: the others (lid switches, accelerometers) stay with the host.</summary>
    public static bool IsSource(InputNode node) => (node.Abilities & Useful) != 0;

    /// <summary>
    /// The claims of the configuration. What the host keeps no seat gets; where two seats claim one device, the first in the file
    /// has it; and a glob never takes the host's last keyboard.
    /// </summary>
    public static ClaimBook Make(SeatsConfiguration wanted, ValueList<Device> observed)
    {
        Device[] devices = [.. observed.OrderBy(device => device.Id, StringComparer.Ordinal)];
        var kept = devices.Where(device => wanted.Host.Keep.Any(keep => SelectorMatch.Matches(keep, device, devices))).ToHashSet();
        var holders = new Dictionary<Device, (SeatWish Seat, int Selector)>();
        var faults = new List<SeatFault>();
        foreach (var seat in wanted.Seats)
        {
            for (var i = 0; i < seat.Devices.Count; i++)
            {
                var matched = devices.Where(device => SelectorMatch.Matches(seat.Devices[i], device, devices)).ToArray();
                if (matched.Length == 0)
                    faults.Add(Fault(wanted, seat, i, Unmatched(seat.Devices[i], devices), Severity.Warning));
                foreach (var device in matched.Where(device => device.Nodes.Any(IsSource)))
                {
                    if (kept.Contains(device))
                        faults.Add(Fault(wanted, seat, i, $"{Name(device)} stays with the host: 'keep' of [host] names it", Severity.Warning));
                    else if (!holders.TryAdd(device, (seat, i)) && holders[device].Seat != seat)
                        faults.Add(Fault(wanted, seat, i, $"{Name(device)} is in seat '{holders[device].Seat.Name}' already, by '{Selector(holders[device])}' on line {Place(holders[device]).Line}: a device has one seat, so remove it there or here", Severity.Error));
                }
            }
        }
        SpareLastKeyboard(wanted, devices, holders, faults);
        return new(
            devices.Where(holders.ContainsKey)
                .Select(device => new Claim(device.Id, holders[device].Seat.Name, ClaimReason.Configured, $"configured: {Selector(holders[device])}"))
                .ToValueList(),
            faults.ToValueList());
    }

    /// <summary>Only a selector that names one thing or place takes a keyboard from the host in so many words; a glob does not.</summary>
    private static void SpareLastKeyboard(
        SeatsConfiguration wanted, Device[] devices, Dictionary<Device, (SeatWish Seat, int Selector)> holders, List<SeatFault> faults)
    {
        Device[] keyboards = [.. devices.Where(device => device.Kind == DeviceKind.Keyboard)];
        if (keyboards.Any(keyboard => !holders.ContainsKey(keyboard)))
            return;
        var spared = keyboards.LastOrDefault(keyboard => IsGlobAlone(keyboard, holders[keyboard].Seat, devices));
        if (spared is null)
            return;
        var (seat, selector) = holders[spared];
        holders.Remove(spared);
        faults.Add(Fault(wanted, seat, selector, $"{Name(spared)} stays with the host, which has no other keyboard: to take it all the same, name it by its port, like {DeviceName.Of(spared)}", Severity.Warning));
    }

    private static bool IsGlobAlone(Device device, SeatWish seat, Device[] devices) =>
        seat.Devices.All(selector => selector.Kind == SelectorKind.Name || !SelectorMatch.Matches(selector, device, devices));

    private static string Unmatched(Selector selector, Device[] devices)
    {
        var several = selector.Kind == SelectorKind.Id ? devices.Count(device => SelectorMatch.HasId(device, selector.Value)) : 0;
        return several > 1
            ? $"{selector} is on {several} devices, so it picks none of them: name them by their ports, see 'seatctl status'"
            : $"no device matches {Words.Quote(selector.ToString())}: plug it in, or see 'seatctl status' for what is there";
    }

    private static SeatFault Fault(SeatsConfiguration wanted, SeatWish seat, int selector, string sentence, Severity severity) =>
        new(seat.Name, new(wanted.File, seat.Where.Devices[selector], sentence, severity));

    private static Selector Selector((SeatWish Seat, int Selector) holder) => holder.Seat.Devices[holder.Selector];

    private static Place Place((SeatWish Seat, int Selector) holder) => holder.Seat.Where.Devices[holder.Selector];

    private static string Name(Device device) => $"{Words.Quote(device.Name)} ({DeviceName.Of(device)})";
}
