using System.Xml.Linq;
using CsCheck;
using Phyllome.Seats.Guests;
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
    public void Add_only_what_its_difference_tells() =>
        Gen.Select(SomeDefinition, SomeOverlay).Sample((stored, overlay) =>
        {
            var undone = Definitions.Undo(XElement.Parse(Overlay.Apply(stored, overlay)), Overlay.Diff(stored, overlay).Changes);
            Assert.Null(Definitions.Lost(undone, XElement.Parse(stored), _ => false));
        });

    [Fact]
    public void Be_the_same_when_it_is_applied_to_its_own_result() =>
        Gen.Select(SomeDefinition, SomeOverlay).Sample((stored, overlay) =>
        {
            var once = Overlay.Apply(stored, overlay);
            Assert.Equal(once, Overlay.Apply(once, overlay));
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
            // A mediated device that the owner shows on one keeps it.
            if (devices.Elements("hostdev").Any(device => device.Attribute("display")?.Value == "on"))
                return;
            Assert.Empty(devices.Elements("graphics"));
            Assert.DoesNotContain(devices.Elements(), device => device.Attribute("type")?.Value is "spicevmc" or "spiceport" or "spice");
        });

    [Fact]
    public void Keep_the_inputs_of_the_owner() =>
        Assert.Equal(3, XElement.Parse(Overlay.Apply(Fixture.Read("debian.xml"), Gpu)).Descendants("input").Count(input => input.Attribute("type")!.Value == "evdev"));

    [Fact]
    public void Put_the_functions_of_the_GPU_into_one_slot_of_a_root_port_of_their_own()
    {
        var devices = XElement.Parse(Overlay.Apply(Fixture.Read("windows11.xml"), Gpu)).Element("devices")!;
        var addresses = devices.Elements("hostdev").Select(function => function.Element("address")!).ToList();
        var port = Assert.Single(devices.Elements("controller"), port => port.Attribute("index")?.Value == "6");
        Assert.True(IsPort(port));
        Assert.Equal(["0x06", "0x06"], addresses.Select(address => address.Attribute("bus")!.Value));
        Assert.Equal(["0x0", "0x1"], addresses.Select(address => address.Attribute("function")!.Value));
        Assert.Equal("on", addresses[0].Attribute("multifunction")!.Value);
    }

    [Fact]
    public void Leave_what_the_owner_has_of_the_GPU_where_it_is()
    {
        var devices = XElement.Parse(Overlay.Apply(Fixture.Read("corpus/mint-gpu-without-its-audio.xml"), Gpu)).Element("devices")!;
        Assert.Equal("0x06", devices.Elements("hostdev").First().Element("address")!.Attribute("bus")!.Value);
        Assert.Null(devices.Elements("hostdev").Last().Element("address"));
    }

    [Fact]
    public void Leave_root_ports_free_on_q35_and_add_none_elsewhere()
    {
        Assert.Equal(0, AddedPorts("ubuntu.xml", Virtio));
        Assert.Equal(0, AddedPorts("windows11.xml", Virtio with { Input = InputBus.Usb }) + FreePorts("windows11.xml") - 2);
        Assert.Equal(3 - FreePorts("windows11.xml"), AddedPorts("windows11.xml", Virtio with { Input = InputBus.Virtio }));
        Assert.Equal(1 + 3 - FreePorts("windows11.xml"), AddedPorts("windows11.xml", Gpu with { Input = InputBus.Virtio }));
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

    [Fact]
    public void Bring_a_part_of_a_card_beside_the_display_that_the_guest_has()
    {
        foreach (var overlay in new[] { Function, Mediated })
        {
            var (stored, seated) = (XElement.Parse(Fixture.Read("windows11.xml")), XElement.Parse(Overlay.Apply(Fixture.Read("windows11.xml"), overlay)));
            Assert.Equal(stored.Descendants("video").Select(video => video.ToString()), seated.Descendants("video").Select(video => video.ToString()));
            Assert.Equal(stored.Descendants("graphics").Count(), seated.Descendants("graphics").Count());
            Assert.Null(Definitions.SchemaFault(seated.ToString()));
        }
        var device = XElement.Parse(Overlay.Apply(Fixture.Read("windows11.xml"), Mediated)).Descendants("hostdev").Single(hostdev => hostdev.Attribute("type")?.Value == "mdev");
        Assert.Equal(
            "<hostdev mode=\"subsystem\" type=\"mdev\" model=\"vfio-pci\"><source><address uuid=\"11111111-2222-8333-8444-555555555555\" /></source></hostdev>",
            device.ToString(SaveOptions.DisableFormatting));
    }

    private static readonly SeatOverlay Function = Virtio with { Gpu = ["0000:01:00.1"], IsPart = true };
    private static readonly SeatOverlay Mediated = Virtio with { Mediated = Guid.Parse("11111111-2222-8333-8444-555555555555"), IsPart = true };

    private static Gen<SeatOverlay> SomeOverlay { get; } =
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[-1, 4], Gen.Int[-1, 2], Gen.Int[0, 3]).Select((gpu, tpm, profile, input, clones) => new[] { Virtio, Gpu, Function, Mediated }[gpu] with
        {
            Clones = Enumerable.Range(20, clones).Select(number => new CloneInput($"c{number}", $"/dev/input/event{number}")).ToValueList(),
            HasTpm = tpm,
            Profile = profile < 0 ? null : (GuestProfile)profile,
            Input = input < 0 ? null : (InputBus)input,
        });

    /// <summary>A definition, some of its devices left out, so that lists are empty, ports are free and elements are missing.</summary>
    private static Gen<string> SomeDefinition { get; } =
        Gen.Select(Gen.Int[0, Definitions.Names.Count - 1], Gen.Int[0, int.MaxValue]).Select((index, seed) =>
        {
            var domain = XElement.Parse(Fixture.Read(Definitions.Names[index]));
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
