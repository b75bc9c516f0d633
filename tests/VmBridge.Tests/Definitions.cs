using System.Xml;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>All stored definitions: the few that have goldens, and the corpus of what owners' definitions look like.</summary>
internal static class Definitions
{
    internal static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Fixture.Folder, "*.xml").Concat(Directory.EnumerateFiles(Path.Combine(Fixture.Folder, "corpus"), "*.xml"))
            .Select(path => Path.GetRelativePath(Fixture.Folder, path)).Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// libvirt's own words against a definition, null where its schema (domain.rng, the one of virt-xml-validate) takes it. Its test
    /// driver knows one machine only, so whatever it says after the schema is no matter here.
    /// </summary>
    internal static string? SchemaFault(string xml)
    {
        using var connection = LibvirtConnection.Open($"test://{Path.Combine(Fixture.Folder, "..", "test-node.xml")}");
        try
        {
            using var domain = connection.Define(xml, validate: true);
            return null;
        }
        catch (LibvirtException failure)
        {
            return failure.Code == LibvirtErrorCode.XmlInvalidSchema ? failure.Text : null;
        }
    }

    /// <summary>
    /// What of <paramref name="stored"/> is not in <paramref name="seated"/> with all its attributes, texts, comments and children in their
    /// order; null where all is.
    /// </summary>
    /// <param name="mayGo">What of the stored definition may go or change.</param>
    internal static string? Lost(XElement stored, XElement seated, Func<XElement, bool> mayGo)
    {
        if (stored.Attributes().FirstOrDefault(attribute => seated.Attribute(attribute.Name)?.Value != attribute.Value) is { } changed)
            return $"{Trail(stored)}: {changed}";
        var rest = new Queue<XNode>(Meaningful(seated));
        foreach (var node in Meaningful(stored).Where(node => node is not XElement element || !mayGo(element)))
        {
            while (rest.TryPeek(out var next) && !Same(node, next, mayGo))
                rest.Dequeue();
            if (!rest.TryDequeue(out _))
                return $"{Trail(stored)}: {node}";
        }
        return null;
    }

    /// <summary>A definition without what a difference says was added to it.</summary>
    internal static XElement Undo(XElement seated, IEnumerable<OverlayChange> changes)
    {
        foreach (var change in changes.Reverse().Where(change => change.Kind == OverlayChangeKind.Added))
        {
            var added = XElement.Parse(change.Xml);
            seated.DescendantsAndSelf().Where(parent => Trail(parent) == change.Where).Elements().Last(child => XNode.DeepEquals(child, added)).Remove();
        }
        return seated;
    }

    private static bool Same(XNode stored, XNode seated, Func<XElement, bool> mayGo) => (stored, seated) switch
    {
        (XElement one, XElement other) => one.Name == other.Name && Lost(one, other, mayGo) is null,
        _ => XNode.DeepEquals(stored, seated),
    };

    private static IEnumerable<XNode> Meaningful(XElement element) =>
        element.Nodes().Where(node => node.NodeType != XmlNodeType.Text || !string.IsNullOrWhiteSpace(((XText)node).Value));

    private static string Trail(XElement element) => string.Join('/', element.AncestorsAndSelf().Reverse().Select(one => one.Name.LocalName));
}
