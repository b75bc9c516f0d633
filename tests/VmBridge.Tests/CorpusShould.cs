using System.Diagnostics;
using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>What holds of the overlay for every definition of the corpus.</summary>
[Collection("test:///default")]
public sealed class CorpusShould
{
    private static readonly SeatOverlay Virtio = new("left", "/dev/input/event7", "/dev/input/event8", []);
    private static readonly SeatOverlay Gpu = Virtio with { Gpu = ["0000:01:00.0", "0000:01:00.1"] };

    private static readonly SeatOverlay[] Overlays =
    [
        Virtio, Gpu, Virtio with { Remote = new(null) }, Gpu with { Remote = new(null) }, Virtio with { Screen = new(1280, 800), Remote = new(new(7680, 4320)) }, Virtio with { HasTpm = true }, Virtio with { Input = InputBus.Virtio }, Virtio with { Input = InputBus.Usb }, Gpu with { Input = InputBus.Ps2 },
        .. Enum.GetValues<GuestProfile>().Select(profile => Virtio with { Profile = profile, HasTpm = true }),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => [.. Definitions.Names];

    [Fact]
    public void Be_large() => Assert.True(Definitions.Names.Count >= 60);

    /// <summary>Every definition as stored and under every overlay, by one process: what takes time is reading the schema.</summary>
    [Fact]
    public async Task Stay_valid_against_libvirts_schema()
    {
        const string Schema = "/usr/share/libvirt/schemas/domain.rng", Program = "/usr/bin/xmllint";
        Assert.SkipUnless(File.Exists(Schema) && File.Exists(Program), "libvirt's schemas or xmllint are not installed here (packages libvirt0, libxml2-utils)");
        var folder = Directory.CreateTempSubdirectory("phyllome-definitions-");
        try
        {
            foreach (var name in Definitions.Names)
            {
                var stored = Fixture.Read(name);
                var file = name.Replace(Path.DirectorySeparatorChar, '.');
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), stored, Cancellation);
                foreach (var (index, overlay) in Overlays.Index())
                    await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{file}.{index}.xml"), Overlay.Apply(stored, overlay), Cancellation);
            }
            var files = Directory.GetFiles(folder.FullName);
            using var program = Process.Start(new ProcessStartInfo(Program, ["--noout", "--relaxng", Schema, .. files]) { RedirectStandardError = true })!;
            var said = await program.StandardError.ReadToEndAsync(Cancellation);
            await program.WaitForExitAsync(Cancellation);
            var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal([], lines.Where(line => !line.EndsWith(" validates", StringComparison.Ordinal)));
            Assert.Equal((Definitions.Names.Count * (Overlays.Length + 1), 0), (lines.Length, program.ExitCode));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Keep_all_that_its_owner_set(string name)
    {
        var stored = XDocument.Parse(Fixture.Read(name));
        foreach (var overlay in Overlays)
        {
            var seated = XDocument.Parse(Overlay.Apply(Fixture.Read(name), overlay));
            Assert.Null(Definitions.Lost(stored.Root!, seated.Root!, element => IsOurs(element)
                || (overlay.Gpu.Count > 0 && IsOfTheDisplay(element))
                || (overlay.Remote is not null && IsOfTheScreen(element))
                || (HasMouse(seated) && element.Name == "input" && element.Attribute("type")?.Value == "tablet")));
            Assert.Equal(Around(stored), Around(seated));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Tell_of_all_that_it_adds_and_takes_away(string name)
    {
        foreach (var overlay in Overlays)
        {
            var stored = XElement.Parse(Fixture.Read(name));
            var difference = Overlay.Diff(Fixture.Read(name), overlay);
            var undone = Definitions.Undo(XElement.Parse(Overlay.Apply(Fixture.Read(name), overlay)), difference.Changes);
            Assert.Null(Definitions.Lost(undone, stored, _ => false));
            var removed = difference.Changes.Where(change => change.Kind == OverlayChangeKind.Removed).Select(change => XElement.Parse(change.Xml)).ToList();
            Assert.Null(Definitions.Lost(stored, undone, element => removed.Any(one => XNode.DeepEquals(one, element))));
            Assert.All(difference.Changes, change => Assert.NotEmpty(change.Why));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Hide_no_hypervisor_and_change_no_firmware_disk_or_network(string name)
    {
        foreach (var overlay in Overlays)
        {
            Assert.DoesNotContain(Overlay.Diff(Fixture.Read(name), overlay).Changes, change =>
                XElement.Parse(change.Xml).DescendantsAndSelf().Any(element => element.Name.LocalName is
                    "kvm" or "hidden" or "vendor_id" or "os" or "loader" or "nvram" or "firmware" or "disk" or "interface"));
        }
    }

    [Theory]
    [InlineData("<a><b/></a>", "<a/>")]
    [InlineData("<a><b/><c/></a>", "<a><c/><b/></a>")]
    [InlineData("<a b='1'/>", "<a b='2'/>")]
    [InlineData("<a><b><c>x</c></b></a>", "<a><b><c>y</c></b></a>")]
    [InlineData("<a><!--x--></a>", "<a/>")]
    [InlineData("<a><![CDATA[x]]></a>", "<a>x</a>")]
    public void Be_judged_by_a_comparison_that_sees_what_is_lost(string stored, string seated) =>
        Assert.NotNull(Definitions.Lost(XElement.Parse(stored), XElement.Parse(seated), _ => false));

    [Theory]
    [MemberData(nameof(All))]
    public void Change_no_more_when_it_is_applied_again(string name)
    {
        foreach (var overlay in Overlays)
        {
            var seated = Overlay.Apply(Fixture.Read(name), overlay);
            Assert.Equal(seated, Overlay.Apply(seated, overlay));
        }
    }

    /// <summary>Through libvirt itself, whose test driver takes the definitions of the machines that it knows.</summary>
    [Fact]
    public async Task Be_stored_as_before_byte_for_byte_once_its_guest_was_started()
    {
        using var owner = LibvirtConnection.Open("test:///default");
        await using var host = new GuestHost("test:///default");
        var told = GuestHostShould.Listen(host);
        host.Watch();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is not null);
        var started = 0;
        foreach (var name in Definitions.Names)
        {
            LibvirtDomain domain;
            try
            {
                domain = owner.Define(Fixture.Read(name));
            }
            catch (LibvirtException)
            {
                continue;
            }
            using (domain)
            {
                var stored = domain.GetXml(DomainXml.Inactive | DomainXml.Secure);
                try
                {
                    Assert.Null(await host.StartAsync(domain.Uuid, Virtio, Cancellation));
                    Assert.Equal(stored, domain.GetXml(DomainXml.Inactive | DomainXml.Secure));
                    started++;
                }
                finally
                {
                    if (domain.IsActive)
                        domain.Destroy();
                    domain.Undefine();
                }
            }
        }
        Assert.True(started >= 60, $"only {started} were started");
    }

    /// <summary>What libvirt takes as its owner stored it, it takes as a seat starts it: its devices are placed and QEMU knows them.</summary>
    [Fact]
    public async Task Be_taken_by_libvirts_qemu_driver_at_a_seat()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu, "libvirtd with its driver of QEMU is not installed here (packages libvirt-daemon, libvirt-daemon-driver-qemu)");
        using var daemon = new PrivateDaemon();
        daemon.Start();
        await using var host = new GuestHost(daemon.QemuUri);
        var told = GuestHostShould.Listen(host);
        host.Watch();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is not null);
        using var owner = LibvirtConnection.Open(daemon.QemuUri);
        var taken = 0;
        // Every fifth definition; all where PHYLLOME_TEST_ALL is set.
        var each = Environment.GetEnvironmentVariable("PHYLLOME_TEST_ALL") is null ? 5 : 1;
        foreach (var name in Definitions.Names.Where((_, index) => index % each == 0))
        {
            if (Refusal(owner, Fixture.Read(name), out var stored) is not null)
                continue;
            foreach (var xml in new[] { Fixture.Read(name), stored })
                // A microvm has no place for a graphics card.
                Assert.All(Overlays.Where(overlay => overlay.Gpu.Count == 0 || !name.Contains("microvm", StringComparison.Ordinal)), overlay => Assert.Null(Refusal(owner, Overlay.Apply(xml, overlay with { HasTpm = false }), out _)));
            taken++;
        }
        Assert.True(taken >= 60 / each, $"{taken} of them were taken");
    }

    /// <summary>libvirt's words against a definition, here without KVM; null where it takes it.</summary>
    /// <param name="stored">The definition as libvirt stored it.</param>
    private static string? Refusal(LibvirtConnection owner, string xml, out string stored)
    {
        stored = "";
        var domain = XElement.Parse(xml, LoadOptions.PreserveWhitespace);
        domain.SetAttributeValue("type", "qemu");
        if (domain.Element("cpu")?.Attribute("mode")?.Value is "host-passthrough" or "host-model")
            domain.Element("cpu")!.SetAttributeValue("mode", "maximum");
        domain.Element("cpu")?.Attribute("check")?.Remove();
        try
        {
            using var defined = owner.Define(domain.ToString(SaveOptions.DisableFormatting));
            stored = defined.GetXml(DomainXml.Inactive | DomainXml.Secure);
            defined.Undefine();
            return null;
        }
        catch (LibvirtException refused)
        {
            return refused.Text;
        }
    }

    /// <summary>libvirt's own program over every seventh of the definitions, over all where PHYLLOME_TEST_ALL is set.</summary>
    [Fact]
    public async Task Pass_virt_xml_validate()
    {
        const string Program = "/usr/bin/virt-xml-validate";
        Assert.SkipUnless(File.Exists(Program) && File.Exists("/usr/bin/xmllint"), "virt-xml-validate or xmllint is not installed here (packages libvirt-clients, libxml2-utils)");
        var each = Environment.GetEnvironmentVariable("PHYLLOME_TEST_ALL") is null ? 7 : 1;
        var file = Path.GetTempFileName();
        try
        {
            foreach (var name in Definitions.Names.Where((_, index) => index % each == 0))
            {
                await File.WriteAllTextAsync(file, Overlay.Apply(Fixture.Read(name), Gpu), Cancellation);
                using var program = Process.Start(new ProcessStartInfo(Program, [file, "domain"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
                var said = program.StandardError.ReadToEndAsync(Cancellation);
                await program.StandardOutput.ReadToEndAsync(Cancellation);
                await program.WaitForExitAsync(Cancellation);
                Assert.True(program.ExitCode == 0, $"{name}: {await said}");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What makes way for a screen of another size, or for one at all.</summary>
    private static bool IsOfTheScreen(XElement element) => (element.Name == "video" && element.Element("model")?.Attribute("type")?.Value == "none")
        || element.Name.LocalName is "resolution" or "gl" || (element.Name == "model" && element.Parent?.Name == "video")
        || (element.Name == "graphics" && element.Attribute("type")?.Value == "dbus");

    private static string[] Around(XDocument document) => [.. document.Nodes().Where(node => node is not XElement).Select(node => node.ToString())];

    /// <summary>What an earlier seat left in a definition that was stored while it ran.</summary>
    private static bool IsOurs(XElement element) =>
        element.Element("alias")?.Attribute("name")?.Value.StartsWith("ua-phyllome-", StringComparison.Ordinal) == true
        || element.Name == XName.Get("seat", "https://phyllome.org/xmlns/seat/1");

    private static bool HasMouse(XDocument seated) => seated.Descendants("input").Any(input =>
        input.Attribute("type")?.Value == "evdev" && input.Element("alias")?.Attribute("name")?.Value == "ua-phyllome-pointer");

    /// <summary>What makes way for a graphics card that is the guest's display.</summary>
    private static bool IsOfTheDisplay(XElement element) => element.Parent?.Name == "devices" && (element.Name.LocalName is "video" or "graphics"
        || (element.Name.LocalName is "channel" or "redirdev" or "smartcard" && element.Attribute("type")?.Value is "spicevmc" or "spiceport")
        || (element.Name == "audio" && element.Attribute("type")?.Value is "spice" or "dbus"));
}
