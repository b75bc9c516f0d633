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

    [Theory, MemberData(nameof(Definitions))]
    public void Have_a_screen_for_each_of_the_seats_monitors_where_a_card_can_have_several(string name)
    {
        var seated = Overlay.Apply(Fixture.Read(name), Shown with { Heads = 3 });
        var models = XElement.Parse(seated).Element("devices")!.Elements("video").Elements("model").ToList();
        var heads = RunningDefinition.Parse(seated).Heads;
        if (models.Exists(model => model.Attribute("type")!.Value == "virtio"))
            Assert.True(heads >= 3, $"{heads} screens");
        else
            Assert.Equal(models.Count, heads);
        Assert.Null(VmBridge.Tests.Definitions.SchemaFault(seated));
        Assert.Equal(seated, Overlay.Apply(seated, Shown with { Heads = 3 }));
        Assert.Equal(seated, Overlay.Apply(seated, Shown with { Heads = 2 }));
    }

    [Fact]
    public void Count_the_screens_of_all_cards_of_which_virtios_alone_has_several() => Assert.Equal(
        4, RunningDefinition.Parse("<domain><devices><video><model type='virtio' heads='3'/></video><video><model type='qxl' heads='2'/></video><video><model type='none'/></video></devices></domain>").Heads);

    [Fact]
    public void Come_with_no_card_that_is_passed_through() =>
        Assert.Null(RunningDefinition.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Shown with { Gpu = ["0000:01:00.0"] })).Screen);

    [Fact]
    public void Not_take_a_display_that_only_its_owners_session_reaches_for_one_of_a_presenter() =>
        Assert.Null(RunningDefinition.Parse("<domain><devices><graphics type='spice'/><graphics type='dbus'/></devices></domain>").Screen);

    [Fact]
    public void Be_drawn_by_the_monitors_card_and_be_alone_where_the_guests_card_has_3D()
    {
        var seated = Overlay.Apply(Fixture.Read("corpus/spice-gl-and-egl.xml"), Shown with { RenderNode = "/dev/dri/renderD129" });
        var devices = XElement.Parse(seated).Element("devices")!;
        Assert.Equal("<gl enable=\"yes\" rendernode=\"/dev/dri/renderD129\" />", Assert.Single(devices.Elements("graphics")).Element("gl")!.ToString());
        Assert.Equal(0, RunningDefinition.Parse(seated).Screen);
        Assert.DoesNotContain("spice", devices.ToString(), StringComparison.Ordinal);
        Assert.Equal("yes", devices.Descendants("acceleration").Single().Attribute("accel3d")!.Value);
        Assert.Null(VmBridge.Tests.Definitions.SchemaFault(seated));
        Assert.Equal(seated, Overlay.Apply(seated, Shown with { RenderNode = "/dev/dri/renderD129" }));
    }

    [Fact]
    public void Leave_the_card_that_its_owner_lets_draw()
    {
        var stored = Fixture.Read("corpus/spice-gl-and-egl.xml").Replace(
            "<graphics type='egl-headless'>", "<graphics type='dbus' p2p='yes'><gl enable='yes' rendernode='/dev/dri/renderD130'/></graphics><graphics type='egl-headless'>", StringComparison.Ordinal);
        var devices = XElement.Parse(Overlay.Apply(stored, Shown with { RenderNode = "/dev/dri/renderD129" })).Element("devices")!;
        Assert.Equal("/dev/dri/renderD130", Assert.Single(devices.Elements("graphics")).Element("gl")!.Attribute("rendernode")!.Value);
    }

    [Theory, MemberData(nameof(Definitions))]
    public void Change_nothing_by_the_render_node_where_the_guests_card_has_no_3D(string name) =>
        Assert.Equal(Overlay.Apply(Fixture.Read(name), Shown), Overlay.Apply(Fixture.Read(name), Shown with { RenderNode = "/dev/dri/renderD128" }));

    [Theory]
    [InlineData("/dev/sda")]
    [InlineData("/dev/dri/card0")]
    [InlineData("/dev/dri/renderD128/../../sda")]
    public void Let_no_other_file_be_opened_as_a_render_node(string path) =>
        Assert.Throws<GuestException>(() => Overlay.Apply(Fixture.Read("headless.xml"), Shown with { RenderNode = path }));
}
