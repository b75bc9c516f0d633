using System.Diagnostics;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>What holds of the overlay for every definition of the corpus.</summary>
[Collection("test:///default")]
public sealed class CorpusShould
{
    private static readonly SeatOverlay Virtio = new("left", "/dev/input/event7", "/dev/input/event8", []);
    private static readonly SeatOverlay Gpu = Virtio with { Gpu = ["0000:01:00.0", "0000:01:00.1"] };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => [.. Definitions.Names];

    [Fact]
    public void Be_large() => Assert.True(Definitions.Names.Count >= 60);

    [Theory]
    [MemberData(nameof(All))]
    public void Stay_valid_against_libvirts_schema(string name)
    {
        Assert.Null(Definitions.SchemaFault(Fixture.Read(name)));
        Assert.Null(Definitions.SchemaFault(Overlay.Apply(Fixture.Read(name), Virtio)));
        Assert.Null(Definitions.SchemaFault(Overlay.Apply(Fixture.Read(name), Gpu)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Keep_all_that_its_owner_set(string name)
    {
        var stored = XDocument.Parse(Fixture.Read(name));
        Assert.Null(Definitions.Lost(stored.Root!, XElement.Parse(Overlay.Apply(Fixture.Read(name), Virtio)), IsOurs));
        Assert.Null(Definitions.Lost(stored.Root!, XElement.Parse(Overlay.Apply(Fixture.Read(name), Gpu)), element => IsOurs(element) || IsOfTheDisplay(element)));
        Assert.Equal(Around(stored), Around(XDocument.Parse(Overlay.Apply(Fixture.Read(name), Gpu))));
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
        var seated = Overlay.Apply(Fixture.Read(name), Virtio);
        Assert.Equal(seated, Overlay.Apply(seated, Virtio));
        var withGpu = Overlay.Apply(Fixture.Read(name), Gpu);
        Assert.Equal(withGpu, Overlay.Apply(withGpu, Gpu));
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

    private static string[] Around(XDocument document) => [.. document.Nodes().Where(node => node is not XElement).Select(node => node.ToString())];

    /// <summary>What an earlier seat left in a definition that was stored while it ran.</summary>
    private static bool IsOurs(XElement element) =>
        element.Element("alias")?.Attribute("name")?.Value.StartsWith("ua-phyllome-", StringComparison.Ordinal) == true
        || element.Name == XName.Get("seat", "https://phyllome.org/xmlns/seat/1");

    /// <summary>What makes way for a graphics card that is the guest's display.</summary>
    private static bool IsOfTheDisplay(XElement element) => element.Parent?.Name == "devices" && (element.Name.LocalName is "video" or "graphics"
        || (element.Name.LocalName is "channel" or "redirdev" or "smartcard" && element.Attribute("type")?.Value is "spicevmc" or "spiceport")
        || (element.Name == "audio" && element.Attribute("type")?.Value == "spice"));
}
