using System.Globalization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Configuration;

/// <summary>Reads how the monitors of a seat stand: one number for all of them, or one for each of <c>displays</c>.</summary>
internal static class RotateValue
{
    private const string Name = "rotate";

    /// <param name="hasCard">Whether the seat has a graphics card of its own, which only its guest can turn the picture of.</param>
    /// <returns>As many as the seat has displays; none where nothing is said of it.</returns>
    public static ValueList<Rotation> Read(TomlReader reader, TomlTable seat, bool hasCard)
    {
        if (!seat.Entries.TryGetValue(Name, out var entry))
            return [];
        var displays = seat.Entries.TryGetValue("displays", out var named) && named.Value is TomlList list ? list.Items.Count : 0;
        if (displays == 0)
            reader.Fault(entry.Key, "'rotate' says how the monitors of 'displays' stand, and the seat has none: name them");
        else if (hasCard)
            reader.Warn(entry.Key, "'rotate' does nothing where the seat has a graphics card of its own: have its guest turn the picture");
        if (entry.Value is not TomlList { OfTables: false } each)
            return [.. Enumerable.Repeat(One(reader, entry.Value), displays)];
        if (displays > 0 && each.Items.Count != displays)
            reader.Fault(each.Place, string.Create(CultureInfo.InvariantCulture, $"'rotate' has {each.Items.Count} numbers for {displays} 'displays': write one for each, 0 for one that stands upright, or one number for all"));
        return each.Items.Select(item => One(reader, item)).ToValueList();
    }

    private static Rotation One(TomlReader reader, TomlValue value)
    {
        if (value is TomlNumber { Whole: 0 or 90 or 180 or 270 } number)
            return (Rotation)number.Whole;
        reader.Fault(value.Place, value is TomlNumber { Whole: { } other }
            ? string.Create(CultureInfo.InvariantCulture, $"'rotate' cannot be {other}: it is one of 0, 90, 180 and 270, by which the picture is turned clockwise")
            : $"'rotate' is {value.Kind}, but takes 0, 90, 180 or 270, or a list of them, one for each of 'displays'");
        return Rotation.None;
    }
}
