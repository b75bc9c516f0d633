using System.Xml;
using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>A stored definition being made into one that runs; it notes what is added and removed, and leaves the rest to the letter.</summary>
internal sealed class DomainEdit
{
    private readonly XDocument _document;
    private readonly List<OverlayChange> _changes = [];

    /// <summary>Fails with <see cref="GuestException"/>.</summary>
    internal DomainEdit(string storedXml)
    {
        try
        {
            _document = XDocument.Parse(storedXml, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException broken)
        {
            throw new GuestException($"The guest's stored definition is not XML: {broken.Message}", broken);
        }
        Devices = Root.Element("devices") ?? throw new GuestException("The guest's stored definition has no <devices>.");
    }

    internal XElement Root => _document.Root!;

    internal XElement Devices { get; }

    /// <summary>So far, in their order.</summary>
    internal ValueList<OverlayChange> Changes => _changes.ToValueList();

    internal string Xml => _document.ToString(SaveOptions.DisableFormatting);

    /// <summary>Puts a child last in its parent, on a line of its own where the definition has lines.</summary>
    internal XElement Add(XElement parent, XElement child, string why)
    {
        // Before it stands there: what it inherits from its parents is no part of it.
        _changes.Add(new(OverlayChangeKind.Added, Trail(parent), Compact(child), why));
        if (parent.LastNode is XText { Value: var closing } last && string.IsNullOrWhiteSpace(closing))
            last.AddBeforeSelf(new XText(closing + "  "), child);
        else
            parent.Add(child);
        return child;
    }

    /// <summary>The child of that name, which is added where there is none.</summary>
    internal XElement Ensure(XElement parent, string name, string why) => parent.Element(name) ?? Add(parent, new(name), why);

    /// <summary>Takes an element out with the line that it stood on.</summary>
    internal void Remove(XElement element, string why)
    {
        _changes.Add(new(OverlayChangeKind.Removed, Trail(element.Parent!), Compact(element), why));
        if (element.PreviousNode is XText { Value: var before } space && string.IsNullOrWhiteSpace(before))
            space.Remove();
        element.Remove();
    }

    private static string Compact(XElement element) => XElement.Parse(element.ToString()).ToString(SaveOptions.DisableFormatting);

    private static string Trail(XElement element) => string.Join('/', element.AncestorsAndSelf().Reverse().Select(one => one.Name.LocalName));
}
