using System.Text.Json.Serialization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.OffHost;

/// <summary>By what udev knows a device that a rule is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MatchBy>))]
public enum MatchBy
{
    /// <summary>A USB port, <c>1-2.3</c>.</summary>
    [JsonStringEnumMemberName("port")] Port,
    /// <summary>A USB port and everything behind it.</summary>
    [JsonStringEnumMemberName("behind")] Behind,
    /// <summary>udev's ID_PATH, with or without a USB interface.</summary>
    [JsonStringEnumMemberName("path")] Path,
    /// <summary>udev's ID_SERIAL_SHORT.</summary>
    [JsonStringEnumMemberName("serial")] Serial,
    /// <summary>A Bluetooth address.</summary>
    [JsonStringEnumMemberName("address")] Address,
    /// <summary>A graphics card's PCI address.</summary>
    [JsonStringEnumMemberName("card")] Card,
}

/// <summary>One rule of what is off the host: udev gives what it matches to a seat, where the host's programs do not look. The first that matches counts.</summary>
/// <param name="Seat">Null where what it matches stays with the host.</param>
public sealed record HostRule(string? Seat, MatchBy By, string Value)
{
    /// <summary>Vendor and product that a <see cref="MatchBy.Port"/> must have besides; null for any.</summary>
    public string? Id { get; init; }

    /// <summary>The serial number that a <see cref="MatchBy.Port"/> must have besides; null for any.</summary>
    public string? Serial { get; init; }

    public bool Matches(Device device) => By switch
    {
        MatchBy.Port => device.Port == Value && (Id is null || SelectorMatch.HasId(device, Id)) && (Serial is null || device.Serial == Serial),
        MatchBy.Behind => SelectorMatch.IsAtOrBehind(device.Port, Value),
        MatchBy.Path => SelectorMatch.IsPath(device.Path, Value),
        MatchBy.Serial => device.Serial == Value,
        MatchBy.Address => string.Equals(device.Address, Value, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
