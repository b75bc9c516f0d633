using System.Text;
using Phyllome.Seats.Configuration;

namespace Phyllome.Seats.OffHost;

/// <summary>
/// The rules in udev's language (udev(7)). ID_SEAT counts from a device's next "add" on; 73-seat-late.rules hands it down. Without a
/// device of master-of-seat logind makes no seat of these, so that no display manager starts a greeter on one.
/// </summary>
public static class UdevRules
{
    /// <summary>Their file, after 71-seat.rules and before 73-seat-late.rules; in <c>/run</c>, so that it ends with the boot.</summary>
    public const string File = "/run/udev/rules.d/72-phyllome-seats-devices.rules";

    /// <summary>What udev notes on each device that a rule took off the host: the seat's name.</summary>
    public const string Mark = "PHYLLOME_SEAT";

    private const string End = "GOTO=\"phyllome_devices_end\"";

    private const string Input = "SUBSYSTEM==\"input|hidraw\", ";

    /// <summary>Whether all values can stand in a rule as they are: none may end its string, or be a pattern.</summary>
    public static bool CanSay(HostRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return (rule.Seat is null || SeatsToml.IsSeatName(rule.Seat))
            && (rule.Id is null || (rule.By == MatchBy.Port && rule.Id.Length == 9 && rule.Id[4] == ':' && All(rule.Id.Remove(4, 1), char.IsAsciiHexDigit)))
            && (rule.Serial is null || (rule.By == MatchBy.Port && All(rule.Serial, IsPlain)))
            && rule.By switch
            {
                MatchBy.Port or MatchBy.Behind => All(rule.Value, one => char.IsAsciiDigit(one) || one is '-' or '.'),
                MatchBy.Address or MatchBy.Card => All(rule.Value, one => char.IsAsciiHexDigit(one) || one is ':' or '.'),
                _ => All(rule.Value, IsPlain),
            };
    }

    /// <summary>Empty where there is no rule.</summary>
    public static string Render(ValueList<HostRule> rules)
    {
        if (rules.Count == 0)
            return "";
        var text = new StringBuilder(
            $"""
            # What the seats have, which is not the host's. Written anew with each change of it.
            ACTION=="remove", {End}
            SUBSYSTEM!="input|hidraw|drm|graphics", {End}

            """);
        if (rules.Any(rule => rule.By == MatchBy.Serial || rule.Serial is not null))
            text.Append(Input + "SUBSYSTEMS==\"usb\", ENV{ID_SERIAL_SHORT}==\"\", IMPORT{builtin}=\"usb_id\"\n");
        if (rules.Any(rule => rule.By == MatchBy.Path))
            text.Append(Input + "ENV{ID_PATH}==\"\", IMPORT{builtin}=\"path_id\"\n");
        if (rules.Any(rule => rule.By == MatchBy.Address))
            text.Append("SUBSYSTEM==\"hidraw\", IMPORT{parent}=\"HID_UNIQ\"\n");
        foreach (var rule in rules)
        {
            foreach (var match in Matches(rule))
                text.Append($"{match}, {(rule.Seat is { } seat ? Take(seat, rule.By) : End)}\n");
        }
        return text.Append("LABEL=\"phyllome_devices_end\"\n").ToString();
    }

    private static string Take(string seat, MatchBy by) =>
        $"ENV{{ID_SEAT}}=\"seat-{seat}\", ENV{{{Mark}}}=\"{seat}\", TAG-=\"uaccess\", TAG-=\"{(by == MatchBy.Card ? "master-of-seat" : "power-switch")}\", {End}";

    private static IEnumerable<string> Matches(HostRule rule)
    {
        var value = rule.Value;
        switch (rule.By)
        {
            case MatchBy.Port:
                yield return $"{Input}SUBSYSTEMS==\"usb\", KERNELS==\"{value}\""
                    + (rule.Id is { } id ? $", ATTRS{{idVendor}}==\"{id[..4]}\", ATTRS{{idProduct}}==\"{id[5..]}\"" : "")
                    + (rule.Serial is { } serial ? $", ENV{{ID_SERIAL_SHORT}}==\"{serial}\"" : "");
                break;
            case MatchBy.Behind:
                yield return $"{Input}SUBSYSTEMS==\"usb\", KERNELS==\"{value}|{value}.*\"";
                break;
            case MatchBy.Path:
                // Of a USB node it has the interface, :1.0.
                yield return $"{Input}ENV{{ID_PATH}}==\"{value}|{value}:*\"";
                break;
            case MatchBy.Serial:
                yield return $"{Input}ENV{{ID_SERIAL_SHORT}}==\"{value}\"";
                break;
            case MatchBy.Address:
                var both = $"{value.ToLowerInvariant()}|{value.ToUpperInvariant()}";
                yield return $"SUBSYSTEM==\"input\", ATTRS{{uniq}}==\"{both}\"";
                yield return $"SUBSYSTEM==\"hidraw\", ENV{{HID_UNIQ}}==\"{both}\"";
                break;
            default:
                yield return $"SUBSYSTEM==\"drm|graphics\", SUBSYSTEMS==\"pci\", KERNELS==\"{value}\"";
                break;
        }
    }

    private static bool All(string value, Func<char, bool> allowed) => value.Length is > 0 and <= 256 && value.All(allowed);

    /// <summary>Neither quotes, nor patterns (*?[]|), nor substitutions ($ %), nor spaces.</summary>
    private static bool IsPlain(char one) => char.IsAsciiLetterOrDigit(one) || one is '#' or '+' or '-' or '.' or ':' or '=' or '@' or '_' or '/' or ',';
}
