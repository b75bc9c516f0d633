using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>The definition in a guest's saved state.</summary>
internal static class SavedDefinition
{
    /// <summary>
    /// It with the seat's mark and the seat's nodes in the place of those that it was saved with: numbers of event nodes do not last. Null
    /// where it was saved without a seat's keyboard and pointer, since a state takes no further devices.
    /// </summary>
    internal static string? AtSeat(string savedXml, SeatOverlay overlay)
    {
        var domain = XElement.Parse(savedXml, LoadOptions.PreserveWhitespace);
        var devices = domain.Element("devices");
        var keyboard = Input(DomainXmlNames.KeyboardAlias);
        var pointer = Input(DomainXmlNames.PointerAlias);
        if (keyboard is null || pointer is null)
            return null;
        keyboard.SetValue(overlay.Keyboard);
        pointer.SetValue(overlay.Pointer);
        var metadata = domain.Element("metadata");
        if (metadata is null)
            domain.AddFirst(metadata = new("metadata"));
        metadata.Elements(DomainXmlNames.Seat).Remove();
        metadata.Add(new XElement(DomainXmlNames.Seat,
            new XAttribute(XNamespace.Xmlns + DomainXmlNames.SeatPrefix, DomainXmlNames.SeatUri), new XAttribute("name", overlay.Seat)));
        return domain.ToString(SaveOptions.DisableFormatting);

        XAttribute? Input(string alias) => devices?.Elements("input").FirstOrDefault(input => Overlay.Alias(input) == alias)?.Element("source") is { } source
            ? source.Attribute("dev") ?? source.Attribute("evdev") : null;
    }
}
