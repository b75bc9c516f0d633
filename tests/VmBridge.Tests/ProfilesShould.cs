using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class ProfilesShould
{
    private static readonly SeatOverlay Seat = new("left", "/dev/input/event7", "/dev/input/event8", []);

    /// <summary>For each definition of the corpus that says what it is, be it by its name.</summary>
    [Theory]
    [InlineData("corpus/windows-11-no-tpm.xml", GuestProfile.Windows11)]
    [InlineData("corpus/windows-11-by-definition-alone.xml", GuestProfile.Windows11)]
    [InlineData("corpus/windows-by-definition-alone.xml", GuestProfile.Windows10)]
    [InlineData("corpus/windows-by-clock-alone.xml", GuestProfile.Windows10)]
    [InlineData("corpus/windows-server-2022.xml", GuestProfile.Windows10)]
    [InlineData("corpus/windows-7-i440fx.xml", GuestProfile.Windows10)]
    [InlineData("corpus/windows-xp.xml", GuestProfile.Generic)]
    [InlineData("corpus/macos-opencore.xml", GuestProfile.MacOS)]
    [InlineData("corpus/macos-by-definition-alone.xml", GuestProfile.MacOS)]
    [InlineData("corpus/alpine-direct-kernel.xml", GuestProfile.Linux)]
    [InlineData("corpus/pop-looking-glass.xml", GuestProfile.Linux)]
    [InlineData("corpus/freedos.xml", GuestProfile.Generic)]
    [InlineData("corpus/freebsd.xml", GuestProfile.Generic)]
    [InlineData("corpus/unknown-without-metadata.xml", GuestProfile.Generic)]
    [InlineData("macos.xml", GuestProfile.MacOS)]
    public void Be_found_from_libosinfo_or_from_the_definition(string name, GuestProfile profile) =>
        Assert.Equal(profile, Overlay.Diff(Fixture.Read(name), Seat).Profile);

    [Theory]
    [InlineData("http://ubuntu.com/ubuntu/24.04", GuestProfile.Linux)]
    [InlineData("http://oracle.com/ol/9", GuestProfile.Linux)]
    [InlineData("http://oracle.com/oel/5.4", GuestProfile.Linux)]
    [InlineData("http://cclinux.org/circle/9", GuestProfile.Linux)]
    [InlineData("http://oracle.com/solaris/11.4", GuestProfile.Generic)]
    [InlineData("http://novell.com/netware/6", GuestProfile.Generic)]
    [InlineData("http://libosinfo.org/linux/2022", GuestProfile.Linux)]
    [InlineData("http://libosinfo.org/unknown", GuestProfile.Generic)]
    [InlineData("http://microsoft.com/win/2k25", GuestProfile.Windows10)]
    [InlineData("http://microsoft.com/msdos/6.22", GuestProfile.Generic)]
    [InlineData("no address", GuestProfile.Generic)]
    public void Follow_libosinfos_names(string id, GuestProfile profile) =>
        Assert.Equal(profile, Overlay.Diff(Fixture.Read("ubuntu.xml").Replace("http://ubuntu.com/ubuntu/24.04", id, StringComparison.Ordinal), Seat).Profile);

    [Fact]
    public void Be_what_the_configuration_says_whatever_is_found() =>
        Assert.Equal(GuestProfile.Linux, Overlay.Diff(Fixture.Read("windows11.xml"), Seat with { Profile = GuestProfile.Linux }).Profile);

    [Fact]
    public void Add_nothing_to_Hyper_V_that_needs_what_the_owner_turned_off()
    {
        var domain = XElement.Parse(Overlay.Apply(Fixture.Read("corpus/windows-10-hyperv-partly-off.xml"), Seat));
        var hyperv = domain.Element("features")!.Element("hyperv")!;
        Assert.Equal("off", hyperv.Element("vpindex")!.Attribute("state")!.Value);
        Assert.All(["synic", "stimer", "tlbflush", "ipi"], name => Assert.Null(hyperv.Element(name)));
        Assert.NotNull(hyperv.Element("frequencies"));
        Assert.Equal("yes", domain.Element("clock")!.Elements("timer").Single(timer => timer.Attribute("name")!.Value == "hpet").Attribute("present")!.Value);
    }

    [Fact]
    public void Leave_out_timers_that_need_a_clock_that_the_owner_turned_off()
    {
        var stored = Fixture.Read("windows11.xml").Replace("<timer name='hypervclock' present='yes'/>", "<timer name='hypervclock' present='no'/>", StringComparison.Ordinal);
        Assert.Null(XElement.Parse(Overlay.Apply(stored, Seat)).Descendants("stimer").FirstOrDefault());
    }

    [Fact]
    public void Add_nothing_where_Hyper_V_is_passed_through_or_there_is_no_KVM()
    {
        Assert.Empty(XElement.Parse(Overlay.Apply(Fixture.Read("corpus/windows-11-hyperv-passthrough.xml"), Seat)).Descendants("hyperv").Elements());
        var emulated = Overlay.Diff(Fixture.Read("corpus/tcg-emulated.xml"), Seat with { Profile = GuestProfile.Windows10 });
        Assert.DoesNotContain(emulated.Changes, change => change.Where.Contains("hyperv", StringComparison.Ordinal) || change.Xml.Contains("hyperv", StringComparison.Ordinal));
    }

    [Fact]
    public void Give_Windows_11_the_TPM_that_it_lacks_where_the_host_can()
    {
        Assert.Equal(1, Tpms("corpus/windows-11-no-tpm.xml", hasTpm: true));
        Assert.Equal(0, Tpms("corpus/windows-11-no-tpm.xml", hasTpm: false));
        Assert.Equal(1, Tpms("corpus/windows-11-tpm-passthrough.xml", hasTpm: true));
        Assert.Equal(0, Tpms("corpus/windows-10-e1000e.xml", hasTpm: true));
    }

    [Fact]
    public void Say_what_only_the_owner_can_do()
    {
        Assert.Equal(2, Overlay.Diff(Fixture.Read("corpus/windows-11-bios.xml"), Seat).Advice.Count);
        Assert.Empty(Overlay.Diff(Fixture.Read("windows11.xml"), Seat).Advice);
    }

    [Theory]
    [InlineData("ubuntu.xml", null, true)]
    [InlineData("ubuntu.xml", InputBus.Usb, false)]
    [InlineData("windows11.xml", null, false)]
    [InlineData("windows11.xml", InputBus.Virtio, true)]
    public void Give_clones_to_a_guest_that_is_known_to_have_the_driver(string name, InputBus? input, bool given)
    {
        var overlay = Seat with { Input = input, Clones = [new("a1", "/dev/input/event20"), new("b2", "/dev/input/event21")] };
        var domain = Overlay.Apply(Fixture.Read(name), overlay);
        var nodes = XElement.Parse(domain).Element("devices")!.Elements("input").Where(one => Overlay.Alias(one)?.StartsWith(DomainXmlNames.CloneAlias, StringComparison.Ordinal) == true)
            .Select(one => one.Element("source")!.Attribute("evdev")!.Value);
        Assert.Equal(given ? ["/dev/input/event20", "/dev/input/event21"] : [], nodes);
        Assert.Equal(given ? overlay.Clones : [], RunningDefinition.Parse(domain).Clones);
        Assert.Equal(given, RunningDefinition.Parse(domain).Inputs.Contains(21));
        Assert.Null(Definitions.SchemaFault(domain));
        Assert.Equal(domain, Overlay.Apply(domain, overlay));
    }

    [Fact]
    public void Refuse_a_clone_that_is_no_event_node() =>
        Assert.Throws<GuestException>(() => Overlay.Apply(Fixture.Read("ubuntu.xml"), Seat with { Clones = [new("a1", "/dev/sda")] }));

    [Theory]
    [InlineData("ubuntu.xml", null, "passthrough", null)]
    [InlineData("windows11.xml", null, "evdev", "mouse")]
    [InlineData("windows11.xml", InputBus.Virtio, "passthrough", null)]
    [InlineData("windows11.xml", InputBus.Ps2, "evdev", null)]
    [InlineData("corpus/macos-opencore.xml", null, "evdev", "keyboard mouse")]
    [InlineData("macos.xml", null, "evdev", "mouse")]
    [InlineData("ubuntu.xml", InputBus.Usb, "evdev", "keyboard mouse")]
    [InlineData("corpus/ps2-and-usb-off.xml", null, "evdev", null)]
    public void Choose_the_devices_that_the_seat_types_on(string name, InputBus? input, string pointer, string? added)
    {
        var inputs = XElement.Parse(Overlay.Apply(Fixture.Read(name), Seat with { Input = input })).Element("devices")!.Elements("input").ToList();
        Assert.Equal("evdev", Single(DomainXmlNames.KeyboardAlias).Attribute("type")!.Value);
        Assert.Equal(pointer, Single(DomainXmlNames.PointerAlias).Attribute("type")!.Value);
        var ours = inputs.Where(one => Overlay.Alias(one) is DomainXmlNames.UsbKeyboardAlias or DomainXmlNames.UsbMouseAlias).Select(one => one.Attribute("type")!.Value);
        Assert.Equal(added ?? "", string.Join(' ', ours));
        Assert.Equal(pointer == "passthrough" && name != "corpus/macos-opencore.xml", inputs.Any(one => one.Attribute("type")!.Value == "tablet"));

        XElement Single(string alias) => Assert.Single(inputs, one => Overlay.Alias(one) == alias);
    }

    [Fact]
    public void Be_documented_as_they_are()
    {
        var enlightenments = Documented.Table(ProfileAdditions.Enlightenments
            .Select(one => (string[])[$"`{one.Name}`", one.Why, string.Join(", ", one.Needs.Select(need => $"`{need}`"))]).Prepend(["element", "so that", "needs"]));
        var timers = Documented.Table(ProfileAdditions.Timers
            .Select(one => (string[])[$"`{one.Name}` {string.Join(' ', one.Attributes.Select(attribute => $"{attribute.Name}='{attribute.Value}'"))}", one.Why]).Prepend(["timer", "because"]));
        Assert.Equal(enlightenments, Documented.Read("guests.md", "enlightenments", enlightenments));
        Assert.Equal(timers, Documented.Read("guests.md", "timers", timers));
    }

    private static int Tpms(string name, bool hasTpm) =>
        XElement.Parse(Overlay.Apply(Fixture.Read(name), Seat with { HasTpm = hasTpm })).Descendants("tpm").Count();
}
