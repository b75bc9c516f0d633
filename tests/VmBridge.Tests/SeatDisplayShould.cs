using System.Xml.Linq;
using Phyllome.Seats.Devices;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class SeatDisplayShould
{
    private static readonly SeatOverlay Shown = new("left", "/dev/input/event7", "/dev/input/event8", []) { Screen = new ScreenSize(1280, 800) };

    public static TheoryData<string> Definitions => [.. Directory.EnumerateFiles(Fixture.Folder, "*.xml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Definitions))]
    public void Give_each_definition_one_display_that_a_presenter_shows_and_a_card(string name)
    {
        var seated = Overlay.Apply(Fixture.Read(name), Shown);
        var devices = XElement.Parse(seated).Element("devices")!;
        Assert.Single(devices.Elements("graphics"), graphics => graphics.Attribute("type")?.Value == "dbus");
        Assert.NotEmpty(devices.Elements("video"));
        Assert.DoesNotContain(devices.Elements("video"), video => video.Element("model")?.Attribute("type")?.Value == "none");
        Assert.Null(VmBridge.Tests.Definitions.SchemaFault(seated));
        Assert.Equal(devices.Elements("graphics").ToList().FindIndex(graphics => graphics.Attribute("p2p")?.Value == "yes"), RunningDefinition.Parse(seated).Screen);
        Assert.Equal(seated, Overlay.Apply(seated, Shown));
    }

    [Fact]
    public void Begin_with_the_size_of_the_monitor() =>
        Assert.Equal("<resolution x=\"1280\" y=\"800\" />", XElement.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Shown)).Descendants("resolution").Single().ToString());

    [Fact]
    public void Come_with_no_card_that_is_passed_through() =>
        Assert.Null(RunningDefinition.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Shown with { Gpu = ["0000:01:00.0"] })).Screen);

    [Fact]
    public void Not_take_a_display_that_only_its_owners_session_reaches_for_one_of_a_presenter() =>
        Assert.Null(RunningDefinition.Parse("<domain><devices><graphics type='spice'/><graphics type='dbus'/></devices></domain>").Screen);
}
