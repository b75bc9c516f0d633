using System.Xml.Linq;
using Phyllome.Seats.Devices;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class SeatRemoteShould
{
    private static readonly SeatOverlay Seen = new("left", "/dev/input/event7", "/dev/input/event8", []) { Remote = new(null) };

    public static TheoryData<string> Definitions => [.. Directory.EnumerateFiles(Fixture.Folder, "*.xml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Definitions))]
    public void Give_each_definition_a_display_for_viewers_elsewhere_and_a_card(string name)
    {
        foreach (var overlay in new[] { Seen, Seen with { Gpu = ["0000:01:00.0"] }, Seen with { Screen = new ScreenSize(1280, 800) }, Seen with { Remote = new(new ScreenSize(3840, 2160)) } })
        {
            var seated = Overlay.Apply(Fixture.Read(name), overlay);
            var devices = XElement.Parse(seated).Element("devices")!;
            Assert.Equal(devices.Elements("graphics").ToList().FindIndex(graphics => graphics.Attribute("type")?.Value == "vnc"), RunningDefinition.Parse(seated).Vnc);
            Assert.NotEmpty(devices.Elements("video"));
            Assert.DoesNotContain(devices.Elements("video"), video => video.Element("model")?.Attribute("type")?.Value == "none");
            Assert.Null(VmBridge.Tests.Definitions.SchemaFault(seated));
            Assert.Equal(seated, Overlay.Apply(seated, overlay));
        }
    }

    [Fact]
    public void Listen_nowhere() => Assert.Equal(
        """<graphics type="vnc"><listen type="none" /></graphics>""",
        XElement.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Seen)).Descendants("graphics").Single().ToString(SaveOptions.DisableFormatting));

    [Fact]
    public void Draw_for_all_displays_where_the_guest_has_3D()
    {
        var domain = Domain("<graphics type='spice'><gl enable='yes' rendernode='/dev/dri/renderD129'/></graphics><video><model type='virtio'><acceleration accel3d='yes'/></model></video>");
        foreach (var overlay in new[] { Seen, Seen with { Screen = new ScreenSize(1280, 800), RenderNode = "/dev/dri/renderD128" } })
        {
            var displays = XElement.Parse(Overlay.Apply(domain, overlay)).Descendants("graphics").ToList();
            Assert.Equal("/dev/dri/renderD129", Assert.Single(displays, display => display.Attribute("type")!.Value == "egl-headless").Element("gl")!.Attribute("rendernode")!.Value);
            Assert.Contains(displays, display => display.Attribute("type")!.Value == "vnc");
            Assert.DoesNotContain(displays.Where(display => display.Attribute("type")!.Value != "egl-headless").Elements("gl"), gl => gl.Attribute("enable")?.Value == "yes");
        }
    }

    [Fact]
    public void Leave_an_owners_own_VNC_server_as_it_is()
    {
        var domain = Domain("<graphics type='vnc' port='5999'/><video><model type='vga'/></video>");
        Assert.Equal("5999", Assert.Single(XElement.Parse(Overlay.Apply(domain, Seen)).Descendants("graphics")).Attribute("port")!.Value);
    }

    /// <summary>The one at the monitor is the card's own, so that who sits there and who is elsewhere see two screens of one guest.</summary>
    [Fact]
    public void Be_a_second_screen_beside_a_card_that_is_passed_through()
    {
        var devices = XElement.Parse(Overlay.Apply(Fixture.Read("windows11.xml"), Seen with { Gpu = ["0000:01:00.0"] })).Element("devices")!;
        Assert.Equal("vnc", Assert.Single(devices.Elements("graphics")).Attribute("type")!.Value);
        Assert.Single(devices.Elements("hostdev"), device => device.Attribute("type")?.Value == "pci");
        Assert.NotEqual("none", Assert.Single(devices.Elements("video")).Element("model")!.Attribute("type")!.Value);
    }

    [Theory]
    [InlineData("<model type='virtio' heads='1'/>", "<model type='virtio' heads='1'><resolution x='3840' y='2160' /></model>")]
    [InlineData("<model type='virtio'><resolution x='800' y='600'/></model>", "<model type='virtio'><resolution x='3840' y='2160' /></model>")]
    [InlineData("<model type='vga' vram='16384' heads='1' primary='yes'/>", "<model type='vga' vram='32768' heads='1' primary='yes'><resolution x='3840' y='2160' /></model>")]
    [InlineData("<model type='vga' vram='65536'/>", "<model type='vga' vram='65536'><resolution x='3840' y='2160' /></model>")]
    [InlineData("<model type='bochs'/>", "<model type='bochs' vram='32768'><resolution x='3840' y='2160' /></model>")]
    [InlineData("<model type='qxl' ram='65536' vram='65536' vgamem='16384' heads='1'/>", "<model type='qxl' ram='65536' vram='65536' vgamem='32768' heads='1'><resolution x='3840' y='2160' /></model>")]
    [InlineData("<model type='cirrus'/>", "<model type='cirrus' />")]
    public void Have_the_size_that_is_asked_for_and_memory_for_it(string before, string after) => Assert.Equal(
        after.Replace('\'', '"'),
        XElement.Parse(Overlay.Apply(Domain($"<video>{before}</video>"), Seen with { Remote = new(new(3840, 2160)) })).Descendants("video").Single().Element("model")!
            .ToString(SaveOptions.DisableFormatting));

    [Fact]
    public void Size_the_screen_that_the_owner_calls_the_first() =>
        Assert.Equal("qxl", XElement.Parse(Overlay.Apply(Domain("<video><model type='virtio'/></video><video><model type='qxl' primary='yes'/></video>"), Seen with { Remote = new(new(800, 600)) }))
            .Descendants("resolution").Single().Parent!.Attribute("type")!.Value);

    [Fact]
    public void Be_larger_than_the_monitor_where_that_is_asked_for() =>
        Assert.Equal("<resolution x=\"3840\" y=\"2160\" />", XElement.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Seen with { Screen = new ScreenSize(1280, 800), Remote = new(new(3840, 2160)) }))
            .Descendants("resolution").Single().ToString());

    [Fact]
    public void Say_which_card_has_no_room_for_a_size() =>
        Assert.Equal("A screen of 16384x16384 takes 1024 MiB, and the guest's card 'vga' has 512 MiB at most: ask for a smaller 'size', or give it a virtio card.",
            Assert.Throws<GuestException>(() => Overlay.Apply(Domain("<video><model type='vga'/></video>"), Seen with { Remote = new(new(16384, 16384)) })).Message);

    private static string Domain(string devices) => $"<domain type='kvm'><name>g</name><memory>1</memory><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{devices}</devices></domain>";
}
