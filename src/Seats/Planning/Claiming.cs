using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Planning;

/// <summary>
/// Finds the place of every device. The rules, in this order: what the host keeps, configured, remembered, same hub, completed, host.
/// What the host keeps no seat gets; where two seats claim one device, the first in the file has it; and the host's last keyboard
/// leaves it only for a selector that names it or its place.
/// </summary>
internal sealed class Claiming
{
    private readonly SeatsConfiguration _wanted;
    private readonly Memory _remembered;
    private readonly Current _current;
    private readonly MonitorHubs _monitors;
    private readonly Device[] _devices;
    private readonly Case[] _cases;
    private readonly List<SeatFault> _faults = [];
    private Dictionary<string, Case[]>? _ports, _serials;

    public Claiming(SeatsConfiguration wanted, Memory remembered, ValueList<Device> observed, ValueList<Display> displays, Current current)
    {
        (_wanted, _remembered, _current, _monitors) = (wanted, remembered, current, new(wanted, displays));
        _devices = [.. observed.OrderBy(device => device.Id, StringComparer.Ordinal)];
        var fresh = current.New.ToHashSet();
        _cases = [.. _devices.Select(device => new Case(device, fresh.Contains(device.Id)))];
    }

    public ClaimBook Make()
    {
        KeptInUse();
        Configured();
        Remembered();
        Hold();
        TakenBack();
        // One that is in a route and that no rule has placed yet may be its seat's again by its hub: it is not counted on.
        SpareLastKeyboard(_ => true, isSure: one => !one.IsOpen || !_current.Router.Seats.Any(route => IsInRoute(one, route)));
        // What is placed by now says where the new belongs; of the new, too, one keyboard is the host's.
        SameHub();
        Completed();
        SpareLastKeyboard(one => one.Reason is ClaimReason.SameHub or ClaimReason.Completed, isSure: _ => true);
        var free = _cases.Where(one => one.IsOpen && one.IsNew && one.Device.Kind == DeviceKind.Keyboard).Select(one => one.Device.Id).ToValueList();
        return new(_cases.Select(one => one.ToClaim()).ToValueList(), _faults.ToValueList()) { FreeKeyboards = free };
    }

    /// <summary>A device, and what was found of it so far.</summary>
    private sealed class Case(Device device, bool isNew)
    {
        private readonly List<string> _refused = [];

        public Device Device { get; } = device;
        public bool IsNew { get; } = isNew;

        /// <summary>Whether it can be a seat's by going through the router.</summary>
        public bool HasSources { get; } = UsbPassing.IsRouted(device);

        /// <summary>Whether it can be a seat's by going whole to the seat's guest.</summary>
        public bool IsWhole { get; } = UsbPassing.IsWhole(device);

        /// <summary>Whether it stays with the host for what the host has on it.</summary>
        public bool IsInUse => IsWhole && Device.Usb!.HostsUse is not null;

        /// <summary>Null while no rule has placed it.</summary>
        public string? Seat { get; private set; }
        public ClaimReason Reason { get; private set; } = ClaimReason.Host;
        public string? Because { get; private set; }

        /// <summary>Of a claim of the configuration.</summary>
        public (SeatWish Seat, int Selector) Wish { get; set; }

        public bool IsOpen => Seat is null && (HasSources || IsWhole);
        public bool IsInSeat => Seat is not null && Seat != Step.Host;
        public bool IsHosts => !IsInSeat && Reason != ClaimReason.Held;

        public void Place(string seat, ClaimReason reason, string because) => (Seat, Reason, Because) = (seat, reason, because);

        public void Refuse(string why) => _refused.Add(why);

        /// <summary>Takes a claim back: the device stays with the host.</summary>
        public void Spare(string why)
        {
            if (Because is not null)
                _refused.Add(Because);
            Place(Step.Host, ClaimReason.Host, why);
        }

        public Claim ToClaim()
        {
            var because = Because ?? (!HasSources && !IsWhole ? "it carries neither keys nor motion" : _refused.Count > 0 ? _refused[^1] : "no seat asks for it");
            return new(Device.Id, Seat ?? Step.Host, Reason, because) { Refused = _refused.Where(why => why != because).ToValueList(), IsWhole = IsWhole };
        }
    }

    private void KeptInUse()
    {
        foreach (var one in _cases.Where(one => one.IsInUse))
            one.Place(Step.Host, ClaimReason.Host, $"the host uses it: {one.Device.Usb!.HostsUse}");
    }

    private void Configured()
    {
        foreach (var keep in _wanted.Host.Keep)
        {
            foreach (var one in Matched(keep).Where(one => one.Seat is null))
                one.Place(Step.Host, ClaimReason.Configured, $"kept by the host: {keep}");
        }
        foreach (var seat in _wanted.Seats)
        {
            for (var i = 0; i < seat.Devices.Count; i++)
            {
                var matched = Matched(seat.Devices[i]);
                if (matched.Length == 0)
                    Fault(seat, i, Unmatched(seat.Devices[i]), Severity.Warning);
                foreach (var one in matched.Where(one => one.HasSources || one.IsWhole))
                {
                    if (one.IsInUse)
                        one.Refuse($"configured: {seat.Devices[i]}");
                    else if (one.Seat is null)
                    {
                        one.Place(seat.Name, ClaimReason.Configured, $"configured: {seat.Devices[i]}");
                        one.Wish = (seat, i);
                    }
                    else if (one.Seat == Step.Host)
                        Fault(seat, i, $"{Name(one.Device)} stays with the host: 'keep' of [host] names it", Severity.Warning);
                    else if (one.Wish.Seat != seat)
                        Fault(seat, i, $"{Name(one.Device)} is in seat '{one.Seat}' already, by '{Selector(one)}' on line {Place(one).Line}: a device has one seat, so remove it there or here", Severity.Error);
                }
            }
        }
    }

    private void Remembered()
    {
        if (_remembered.Devices.Count == 0)
            return;
        var seats = _wanted.Seats.Select(seat => seat.Name).Append(Step.Host).ToHashSet();
        var recognized = Recognition.Recognize(_remembered.Devices, entry => entry.Key, _devices);
        foreach (var one in _cases.Where(one => one.IsOpen))
        {
            if (!recognized.TryGetValue(one.Device.Id, out var entry))
                continue;
            // What is carried about belongs where it is plugged in, but for what somebody assigned.
            if (one.IsWhole && !entry.Chosen)
                continue;
            if (!seats.Contains(entry.Seat))
                one.Refuse($"it was of seat {entry.Seat}, which is no more");
            else
                one.Place(entry.Seat, ClaimReason.Remembered,
                    $"remembered: {(entry.Chosen ? "assigned by hand" : Recollection.Because(entry, one.Device) ?? "it was at this seat before, at the same place")}");
        }
    }

    /// <summary>What is new and not let in is nobody's until somebody says whose it is.</summary>
    private void Hold()
    {
        if (_wanted.Host.NewDevices == NewDevices.Accept)
            return;
        var known = Recognition.Recognize(_remembered.Known, key => key, _devices);
        var why = _wanted.Host.NewDevices == NewDevices.Confirm
            ? "it is new, and 'new-devices' is \"confirm\": 'seatctl assign' says whose it is"
            : "it is new, and 'new-devices' is \"deny\": only the configuration lets it in";
        foreach (var one in _cases.Where(one => one.IsOpen && !one.IsWhole && Newcomer.IsPluggable(one.Device) && !known.ContainsKey(one.Device.Id)))
            one.Place(Step.Host, ClaimReason.Held, why);
    }

    /// <summary>
    /// The innermost hub at which anything is placed, or which is in a seat's monitor, says whose a new device is, where all that hangs on it
    /// agrees; and whose a USB device is that goes whole, new or not, unless new ones are not let in.
    /// </summary>
    private void SameHub()
    {
        bool Asks(Case one) => one.IsOpen && (one.IsWhole ? _wanted.Host.NewDevices == NewDevices.Accept : one.IsNew);
        if (!_cases.Any(Asks))
            return;
        var hubs = new Dictionary<string, List<(string Seat, string What)>>(StringComparer.Ordinal);
        foreach (var one in _cases.Where(one => one.HasSources && !(one.IsOpen && one.IsNew) && one.Reason != ClaimReason.Held))
        {
            foreach (var hub in Hubs(one.Device))
                At(hub).Add((one.Seat ?? Step.Host, Name(one.Device)));
        }
        foreach (var (hub, seat, monitor) in _monitors.Seats)
            At(hub).Add((seat, monitor));
        foreach (var one in _cases.Where(Asks).ToList())
        {
            if (Hubs(one.Device).FirstOrDefault(hubs.ContainsKey) is not { } hub)
                continue;
            string[] seats = [.. hubs[hub].Select(other => other.Seat).Distinct().Order(StringComparer.Ordinal)];
            if (seats is [not Step.Host and var seat])
                one.Place(seat, ClaimReason.SameHub, $"same hub: {hubs[hub][0].What} is at port:{hub} too");
            else if (seats.Length > 1)
                one.Refuse($"the hub port:{hub} says nothing: {string.Join(" and ", seats.Select(Whose))} have devices there");
        }

        List<(string Seat, string What)> At(string hub) => hubs.TryGetValue(hub, out var there) ? there : hubs[hub] = [];
    }

    private void Completed()
    {
        if (_wanted.Spawn.Mode != SpawnMode.Auto || _current.New.Count == 0)
            return;
        var seats = _wanted.Seats.Where(seat => seat.IsRemembered && !_remembered.Taken.Contains(seat.Name)).Select(seat => seat.Name).ToArray();
        var keyboards = Seats(IsKeyboard);
        Complete("keyboard", IsKeyboard, [.. seats.Except(keyboards)]);
        Complete("pointer", IsPointer, [.. seats.Intersect(keyboards).Except(Seats(IsPointer))]);

        HashSet<string> Seats(Func<Device, bool> kind) => [.. _cases.Where(one => one.IsInSeat && kind(one.Device)).Select(one => one.Seat!)];
    }

    private void Complete(string what, Func<Device, bool> kind, string[] lacking)
    {
        var fresh = _cases.Where(one => one.IsOpen && one.IsNew && kind(one.Device)).ToArray();
        if (fresh.Length == 0 || lacking.Length == 0)
            return;
        if (fresh.Length == 1 && lacking.Length == 1)
        {
            fresh[0].Place(lacking[0], ClaimReason.Completed, $"completed: it is the only new {what}, and seat {lacking[0]} alone has none");
            return;
        }
        foreach (var one in fresh)
            one.Refuse(fresh.Length > 1 ? $"{fresh.Length} {what}s are new, so it is not known which is for {Words.List(lacking, "or")}" : $"{Words.List(lacking)} have no {what}, so it is not known for which it is");
    }

    private void TakenBack()
    {
        foreach (var one in _cases.Where(one => one.IsInSeat && _remembered.Taken.Contains(one.Seat!)))
            one.Spare($"the host took it back: 'seatctl seat start {one.Seat}' gives it to the seat again");
    }

    /// <summary>
    /// The host's last keyboard never leaves it, but for a selector that names one thing or place, in so many words; a glob does not.
    /// One that a seat has already stays there: pulling the host's cable is no reason to disturb a seat.
    /// </summary>
    /// <param name="from">What it can be spared from.</param>
    /// <param name="isSure">Whether one that is the host's by now is so for good.</param>
    private void SpareLastKeyboard(Func<Case, bool> from, Func<Case, bool> isSure)
    {
        var keyboards = _cases.Where(one => one.HasSources && IsKeyboard(one.Device)).OrderBy(one => one.Device.Nodes.Min(node => node.Input)).ToArray();
        if (keyboards.Any(one => one.IsHosts && isSure(one)))
            return;
        if (keyboards.FirstOrDefault(one => one.Reason == ClaimReason.Held) is { } held)
        {
            if (!keyboards.Any(one => one.IsHosts))
                held.Spare("the host's first keyboard is always taken");
            return;
        }
        if (keyboards.FirstOrDefault(one => from(one) && !IsInSoManyWords(one) && !IsInForce(one)) is not { } spared)
            return;
        if (spared.Reason == ClaimReason.Configured)
            Fault(spared.Wish.Seat, spared.Wish.Selector, $"{Name(spared.Device)} stays with the host, which has no other keyboard: to take it all the same, name it by its port, like {DeviceName.Of(spared.Device)}", Severity.Warning);
        spared.Spare("the host has no other keyboard");
    }

    private bool IsInSoManyWords(Case one) => one.Reason == ClaimReason.Configured
        && one.Wish.Seat.Devices.Any(selector => selector.Kind != SelectorKind.Name && SelectorMatch.Matches(selector, one.Device, _devices));

    private bool IsInForce(Case one) => _current.Router.Seats.FirstOrDefault(route => route.Name == one.Seat) is { } route && IsInRoute(one, route);

    private static bool IsInRoute(Case one, RouterSeat seat) => one.Device.Nodes.Any(node => seat.Route.Sources.Contains(node.Input));

    /// <summary>What a selector picks, in order. The kinds that most selectors are of do not look at every device for each.</summary>
    private Case[] Matched(Selector selector)
    {
        switch (selector.Kind)
        {
            case SelectorKind.Port:
                _ports ??= _cases.SelectMany(one => Hubs(one.Device).Append(one.Device.Port).OfType<string>().Select(port => (Port: port, One: one)))
                    .GroupBy(at => at.Port, at => at.One, StringComparer.Ordinal).ToDictionary(at => at.Key, at => at.ToArray(), StringComparer.Ordinal);
                return _ports.GetValueOrDefault(selector.Value) ?? [];
            case SelectorKind.Serial:
                _serials ??= _cases.Where(one => one.Device.Serial is not null)
                    .GroupBy(one => one.Device.Serial!, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.ToArray(), StringComparer.Ordinal);
                return _serials.GetValueOrDefault(selector.Value) ?? [];
            case SelectorKind.Id:
                var same = Array.FindAll(_cases, one => SelectorMatch.HasId(one.Device, selector.Value));
                return same.Length == 1 ? same : [];
            default:
                return Array.FindAll(_cases, one => SelectorMatch.Matches(selector, one.Device, _devices));
        }
    }

    /// <summary>The ports of the hubs above a device, the innermost first: 1-2.3 and 1-2 for 1-2.3.1. The root hub is no place that says anything.</summary>
    private static IEnumerable<string> Hubs(Device device)
    {
        for (var port = device.Port; port?.LastIndexOf('.') is > 0 and var dot;)
            yield return port = port[..dot];
    }

    internal static bool IsKeyboard(Device device) => device.Kind == DeviceKind.Keyboard;

    internal static bool IsPointer(Device device) => device.Kind is DeviceKind.Mouse or DeviceKind.Touchpad;

    private string Unmatched(Selector selector)
    {
        var several = selector.Kind == SelectorKind.Id ? _devices.Count(device => SelectorMatch.HasId(device, selector.Value)) : 0;
        return several > 1
            ? $"{selector} is on {several} devices, so it picks none of them: name them by their ports, see 'seatctl status'"
            : $"no device matches {Words.Quote(selector.ToString())}: plug it in, or see 'seatctl status' for what is there";
    }

    private void Fault(SeatWish seat, int selector, string sentence, Severity severity) =>
        _faults.Add(new(seat.Name, new(_wanted.File, seat.Where.Devices[selector], sentence, severity)));

    private static string Whose(string seat) => seat == Step.Host ? "the host" : $"seat {seat}";

    private static Selector Selector(Case one) => one.Wish.Seat.Devices[one.Wish.Selector];

    private static Place Place(Case one) => one.Wish.Seat.Where.Devices[one.Wish.Selector];

    private static string Name(Device device) => $"{Words.Quote(device.Name)} ({DeviceName.Of(device)})";
}
