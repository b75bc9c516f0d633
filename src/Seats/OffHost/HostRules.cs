using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.OffHost;

/// <summary>
/// What is off the host, also while nobody holds it. A selector that only looking at all devices decides (<c>id:</c>, <c>name:</c>) has no
/// rule, nor has a device that was moved to another port until it was seen there: those rest on the input router's grab.
/// </summary>
public static class HostRules
{
    /// <summary>Before anything was looked at: by the configuration and the memory alone.</summary>
    /// <param name="wanted">With the remembered seats, see <see cref="Roster"/>.</param>
    /// <param name="bootCards">PCI addresses of the cards that the boot was shown on: they stay with the host.</param>
    public static ValueList<HostRule> Of(SeatsConfiguration wanted, Memory remembered, IReadOnlySet<string> bootCards)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(remembered);
        var seats = wanted.Seats.Where(seat => !remembered.Taken.Contains(seat.Name)).ToArray();
        var names = seats.Select(seat => seat.Name).Append(Step.Host).ToHashSet();
        var rules = wanted.Host.Keep.Select(selector => OfSelector(null, selector))
            .Concat(seats.SelectMany(seat => seat.Devices.Select(selector => OfSelector(seat.Name, selector))))
            .Concat(remembered.Devices.Where(entry => names.Contains(entry.Seat)).Select(OfRemembered))
            .Concat(seats.Where(seat => seat.Gpu is not null && !bootCards.Contains(seat.Gpu)).Select(seat => new HostRule(seat.Name, MatchBy.Card, seat.Gpu!)))
            .OfType<HostRule>().Where(UdevRules.CanSay).Distinct().ToValueList();
        return rules.Any(rule => rule.Seat is not null) ? rules : [];
    }

    /// <summary>With what is there: what a rule would take off the host and no seat has stays with it.</summary>
    public static ValueList<HostRule> Of(SeatsConfiguration wanted, Memory remembered, Inventory observed, ValueList<Claim> claims)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(wanted);
        // A seat whose own guest is not there takes nothing.
        var formed = observed.Guests is { } guests ? wanted with { Seats = wanted.Seats.Where(seat => guests.Any(guest => guest.Name == seat.Guests[0])).ToValueList() } : wanted;
        var rules = Of(formed, remembered, observed.Gpus.Where(gpu => gpu.Boot).Select(gpu => gpu.Address).ToHashSet());
        var first = new FirstRule(rules);
        var hosts = claims.Where(claim => claim.Seat == Step.Host && claim.Reason != ClaimReason.Held).Select(claim => claim.Device).ToHashSet();
        var spared = observed.Devices.Where(device => hosts.Contains(device.Id) && first.Of(device) is { Seat: not null })
            .Select(AtItsPlace).OfType<HostRule>().Where(UdevRules.CanSay).OrderBy(rule => rule.Value, StringComparer.Ordinal).Distinct();
        return [.. spared, .. rules];
    }

    /// <summary>The rule that counts for a device; null where none does.</summary>
    public static HostRule? First(ValueList<HostRule> rules, Device device) => new FirstRule(rules).Of(device);

    private static HostRule? OfSelector(string? seat, Selector selector) => selector.Kind switch
    {
        SelectorKind.Port => new(seat, MatchBy.Behind, selector.Value),
        SelectorKind.Path => new(seat, MatchBy.Path, selector.Value),
        SelectorKind.Serial => new(seat, MatchBy.Serial, selector.Value),
        SelectorKind.Bluetooth => new(seat, MatchBy.Address, selector.Value),
        _ => null,
    };

    /// <summary>At its place alone: by a serial number, which may be that of all its kind, a twin of the host's would go too.</summary>
    private static HostRule? OfRemembered(RememberedDevice entry) =>
        At(entry.Key.Place, entry.Seat == Step.Host ? null : entry.Seat) is not { } rule ? null
        : rule.By == MatchBy.Port ? rule with { Id = entry.Key.Id, Serial = entry.Key.Serial }
        : rule;

    private static HostRule? AtItsPlace(Device device) => At(DeviceName.Of(device), null);

    private static HostRule? At(string place, string? seat) => place.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        ? place[..colon] switch
        {
            "port" => new(seat, MatchBy.Port, place[(colon + 1)..]),
            "path" => new(seat, MatchBy.Path, place[(colon + 1)..]),
            "bt" => new(seat, MatchBy.Address, place[(colon + 1)..]),
            _ => null,
        }
        : null;

    /// <summary>Finds rules by port and by serial number without trying all.</summary>
    private sealed class FirstRule
    {
        private readonly ValueList<HostRule> _rules;
        private readonly ILookup<string, int> _ports, _serials;
        private readonly int[] _others;

        public FirstRule(ValueList<HostRule> rules)
        {
            _rules = rules;
            _ports = Enumerable.Range(0, rules.Count).Where(at => IsByPort(rules[at])).ToLookup(at => rules[at].Value, StringComparer.Ordinal);
            _serials = Enumerable.Range(0, rules.Count).Where(at => rules[at].By == MatchBy.Serial).ToLookup(at => rules[at].Value, StringComparer.Ordinal);
            _others = [.. Enumerable.Range(0, rules.Count).Where(at => !IsByPort(rules[at]) && rules[at].By is not (MatchBy.Serial or MatchBy.Card))];
        }

        public HostRule? Of(Device device)
        {
            var first = Ports(device.Port).SelectMany(port => _ports[port]).Concat(device.Serial is { } serial ? _serials[serial] : []).Concat(_others).Where(at => _rules[at].Matches(device)).DefaultIfEmpty(-1).Min();
            return first < 0 ? null : _rules[first];
        }

        private static bool IsByPort(HostRule rule) => rule.By is MatchBy.Port or MatchBy.Behind;

        /// <summary>A port and those of the hubs above it.</summary>
        private static IEnumerable<string> Ports(string? port)
        {
            for (; port is not null; port = port.LastIndexOf('.') is > 0 and var dot ? port[..dot] : null)
                yield return port;
        }
    }
}
