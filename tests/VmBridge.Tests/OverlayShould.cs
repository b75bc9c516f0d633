using System.Xml.Linq;
using CsCheck;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class OverlayShould
{
    private static readonly SeatOverlay Virtio = new("left", "/dev/input/event7", "/dev/input/event8", []);
    private static readonly SeatOverlay Gpu = Virtio with { Gpu = ["0000:01:00.0", "0000:01:00.1"] };

    private static readonly string[] Names =
        [.. Directory.EnumerateFiles(Fixture.Folder, "*.xml").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Goldens => [.. Names];

    /// <summary>The goldens were read through line by line; a change of one is a change of what guests are started with.</summary>
    [Theory]
    [MemberData(nameof(Goldens))]
    public void Make_of_each_definition_what_its_golden_says(string name)
    {
        Assert.Equal(Fixture.Golden(name, "virtio", () => Overlay.Apply(Fixture.Read(name), Virtio)), Overlay.Apply(Fixture.Read(name), Virtio));
        Assert.Equal(Fixture.Golden(name, "gpu", () => Overlay.Apply(Fixture.Read(name), Gpu)), Overlay.Apply(Fixture.Read(name), Gpu));
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Make_only_what_libvirts_schema_knows(string name)
    {
        Assert.Null(Definitions.SchemaFault(Fixture.Read(name)));
        Assert.Null(Definitions.SchemaFault(Overlay.Apply(Fixture.Read(name), Virtio)));
        Assert.Null(Definitions.SchemaFault(Overlay.Apply(Fixture.Read(name), Gpu)));
        Assert.NotNull(Definitions.SchemaFault(Overlay.Apply(Fixture.Read(name), Gpu).Replace("'none'", "'nothing'", StringComparison.Ordinal).Replace("\"none\"", "\"nothing\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_add_and_mark_where_the_seat_brings_no_GPU() =>
        SomeDefinition.Sample(stored =>
        {
            var seated = XElement.Parse(Overlay.Apply(stored, Virtio));
            var mark = seated.Element("metadata")!.Element(DomainXmlNames.Seat)!;
            Assert.Equal("left", mark.Attribute("name")!.Value);
            var added = seated.Element("devices")!.Elements().Where(device =>
                Overlay.Alias(device)?.StartsWith("ua-phyllome-", StringComparison.Ordinal) == true
                || (device.Name == "controller" && device.Attribute("index") is null && device.Attribute("model")?.Value == "pcie-root-port")).ToList();
            added.ForEach(device => device.Remove());
            mark.Remove();
            var was = XElement.Parse(stored);
            if (was.Element("metadata") is null)
                seated.Element("metadata")!.Remove();
            Assert.Equal(was.ToString(), seated.ToString());
        });

    [Fact]
    public void Be_the_same_when_it_is_applied_to_its_own_result() =>
        SomeDefinition.Sample(stored =>
        {
            var once = Overlay.Apply(stored, Virtio);
            Assert.Equal(XElement.Parse(once).ToString(), XElement.Parse(Overlay.Apply(once, Virtio)).ToString());
        });

    [Fact]
    public void Bring_each_function_of_the_GPU_once_and_no_second_display() =>
        Gen.Select(SomeDefinition, Gen.Int[0, 255], Gen.Int[1, 8]).Sample((stored, bus, functions) =>
        {
            var gpu = Enumerable.Range(0, functions).Select(function => $"0000:{bus:x2}:00.{function}").ToValueList();
            var devices = XElement.Parse(Overlay.Apply(stored, Virtio with { Gpu = gpu })).Element("devices")!;
            var taken = devices.Elements("hostdev").Select(PciAddress.OfSource).ToList();
            Assert.All(gpu, function => Assert.Single(taken, PciAddress.Parse(function)));
            Assert.Equal("none", Assert.Single(devices.Elements("video")).Element("model")!.Attribute("type")!.Value);
            Assert.Empty(devices.Elements("graphics"));
            Assert.DoesNotContain(devices.Elements(), device => device.Attribute("type")?.Value is "spicevmc" or "spiceport" or "spice");
        });

    [Fact]
    public void Keep_the_tablet_and_the_inputs_of_the_owner()
    {
        var devices = XElement.Parse(Overlay.Apply(Fixture.Read("windows11.xml"), Gpu)).Element("devices")!;
        Assert.Contains(devices.Elements("input"), input => input.Attribute("type")!.Value == "tablet");
        Assert.Equal(2, XElement.Parse(Overlay.Apply(Fixture.Read("debian.xml"), Gpu)).Descendants("input").Count(input => input.Attribute("type")!.Value == "evdev"));
    }

    [Fact]
    public void Leave_root_ports_free_on_q35_and_add_none_elsewhere()
    {
        Assert.Equal(0, AddedPorts("ubuntu.xml", Virtio));
        Assert.Equal(5 - FreePorts("windows11.xml"), AddedPorts("windows11.xml", Gpu));
        Assert.Equal(0, AddedPorts("i440fx.xml", Gpu));
    }

    [Theory]
    [InlineData("/dev/input/event7/../../sda")]
    [InlineData("/dev/sda")]
    [InlineData("/dev/input/event")]
    [InlineData("/dev/input/event+7")]
    [InlineData("/dev/input/by-id/x")]
    public void Refuse_a_path_that_is_no_event_node(string path)
    {
        Assert.Throws<GuestException>(() => Overlay.Apply(Fixture.Read("headless.xml"), Virtio with { Keyboard = path }));
        Assert.Throws<GuestException>(() => Overlay.Apply(Fixture.Read("headless.xml"), Virtio with { Pointer = path }));
    }

    [Theory]
    [InlineData("01:00.0")]
    [InlineData("0000:01:20.0")]
    [InlineData("0000:01:00.8")]
    [InlineData("0000:01:00.0x")]
    public void Refuse_what_is_no_PCI_address(string address)
    {
        var refusal = Assert.Throws<GuestException>(() => Overlay.Apply(Fixture.Read("headless.xml"), Virtio with { Gpu = [address] }));
        Assert.Contains(address, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Say_that_a_definition_is_broken()
    {
        Assert.Throws<GuestException>(() => Overlay.Apply("<domain>", Virtio));
        Assert.Throws<GuestException>(() => Overlay.Apply("<domain/>", Virtio));
    }

    /// <summary>A fixture, some of its devices left out, so that lists are empty, ports are free and elements are missing.</summary>
    private static Gen<string> SomeDefinition { get; } =
        Gen.Select(Gen.Int[0, Names.Length - 1], Gen.Int[0, int.MaxValue]).Select((index, seed) =>
        {
            var domain = XElement.Parse(Fixture.Read(Names[index]));
            var random = new Random(seed);
            foreach (var device in domain.Element("devices")!.Elements().Where(_ => random.Next(4) == 0).ToList())
                device.Remove();
            if (random.Next(2) == 0)
                domain.Element("metadata")?.Remove();
            return domain.ToString();
        });

    private static int AddedPorts(string name, SeatOverlay overlay) =>
        Ports(XElement.Parse(Overlay.Apply(Fixture.Read(name), overlay))) - Ports(XElement.Parse(Fixture.Read(name)));

    private static int Ports(XElement domain) => domain.Descendants("controller").Count(IsPort);

    private static int FreePorts(string name)
    {
        var domain = XElement.Parse(Fixture.Read(name));
        return domain.Descendants("controller").Count(port => IsPort(port)
            && !domain.Descendants("address").Any(address => PciAddress.Number(address.Attribute("bus")?.Value) == (int)port.Attribute("index")! && address.Attribute("type")?.Value == "pci"));
    }

    private static bool IsPort(XElement controller) => controller.Attribute("model")?.Value == "pcie-root-port";
}
