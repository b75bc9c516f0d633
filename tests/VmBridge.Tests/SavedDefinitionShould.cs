using System.Xml.Linq;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class SavedDefinitionShould
{
    private static readonly SeatOverlay Yesterday = new("left", "/dev/input/event7", "/dev/input/event8", []);
    private static readonly SeatOverlay Today = new("right", "/dev/input/event20", "/dev/input/event21", []);

    [Fact]
    public void Have_the_nodes_and_the_mark_of_the_seat_that_restores_it_and_nothing_else_changed()
    {
        foreach (var name in Definitions.Names)
        {
            var saved = Overlay.Apply(Fixture.Read(name), Yesterday);
            var expected = XElement.Parse(saved.Replace("/dev/input/event7", Today.Keyboard, StringComparison.Ordinal).Replace("/dev/input/event8", Today.Pointer, StringComparison.Ordinal)
                .Replace("name=\"left\"", "name=\"right\"", StringComparison.Ordinal));
            Assert.True(XNode.DeepEquals(expected, XElement.Parse(SavedDefinition.AtSeat(saved, Today))), name);
        }
    }

    [Fact]
    public void Have_the_mark_alone_where_it_was_saved_without_a_seat()
    {
        var saved = XElement.Parse(Fixture.Read("headless.xml"));
        var seated = XElement.Parse(SavedDefinition.AtSeat(saved.ToString(), Today));
        Assert.Equal("right", seated.Element("metadata")!.Element(DomainXmlNames.Seat)!.Attribute("name")!.Value);
        Assert.True(XNode.DeepEquals(saved.Element("devices"), seated.Element("devices")));
    }
}
