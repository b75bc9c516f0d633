using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>The definition in a guest's saved state.</summary>
internal static class SavedDefinition
{
    /// <summary>
    /// It with the seat's mark, and with the seat's nodes in the place of those that it was saved with: numbers of event nodes do not last. A state
    /// takes no further devices.
    /// </summary>
    internal static string AtSeat(string savedXml, SeatOverlay overlay)
    {
        var domain = XElement.Parse(savedXml, LoadOptions.PreserveWhitespace);
        foreach (var (alias, node) in new[] { (DomainXmlNames.KeyboardAlias, overlay.Keyboard), (DomainXmlNames.PointerAlias, overlay.Pointer) })
        {
            var source = domain.Element("devices")?.Elements("input").FirstOrDefault(input => Overlay.Alias(input) == alias)?.Element("source");
            (source?.Attribute("dev") ?? source?.Attribute("evdev"))?.SetValue(node);
        }

        var metadata = domain.Element("metadata");
        if (metadata is null)
            domain.AddFirst(metadata = new("metadata"));
        metadata.Elements(DomainXmlNames.Seat).Remove();
        metadata.Add(new XElement(DomainXmlNames.Seat,
            new XAttribute(XNamespace.Xmlns + DomainXmlNames.SeatPrefix, DomainXmlNames.SeatUri), new XAttribute("name", overlay.Seat)));
        return domain.ToString(SaveOptions.DisableFormatting);
    }
}
