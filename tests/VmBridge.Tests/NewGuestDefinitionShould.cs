using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class NewGuestDefinitionShould
{
    private const string Printed = """

        <domain type="kvm">
          <name>play</name>
          <metadata>
            <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
              <libosinfo:os id="http://microsoft.com/win/11"/>
            </libosinfo:libosinfo>
          </metadata>
          <memory>8388608</memory>
          <os firmware="efi">
            <type arch="x86_64" machine="q35">hvm</type>
          </os>
          <features>
            <hyperv>
              <relaxed state="on"/>
            </hyperv>
          </features>
          <clock offset="localtime">
            <timer name="hypervclock" present="yes"/>
          </clock>
          <devices>
            <disk type="file" device="cdrom">
              <target dev="sdb" bus="sata"/>
              <readonly/>
            </disk>
            <tpm model="tpm-crb">
              <backend type="emulator" version="2.0"/>
            </tpm>
          </devices>
        </domain>

        """;

    [Fact]
    public void Store_what_the_profile_adds_so_that_a_seat_adds_none_of_it()
    {
        var made = NewGuestDefinition.Make(Printed, GuestProfile.Windows11, "/iso/setup.iso");
        Assert.Equal("on", XElement.Parse(made).Descendants("stimer").Single().Attribute("state")!.Value);
        var seated = new DomainEdit(made);
        ProfileAdditions.Apply(seated, GuestProfile.Windows11, hasTpm: true);
        Assert.Empty(seated.Changes);
        Assert.Null(Definitions.SchemaFault(made));
    }

    [Theory]
    [InlineData("/iso/a, \"b\" & c.iso", "file", "file")]
    [InlineData("/dev/sr0", "block", "dev")]
    public void Put_the_medium_into_its_drive(string iso, string type, string attribute)
    {
        var drive = XElement.Parse(NewGuestDefinition.Make(Printed, GuestProfile.Generic, iso)).Descendants("disk").Single();
        Assert.Equal((type, iso), (drive.Attribute("type")!.Value, drive.Element("source")!.Attribute(attribute)!.Value));
        Assert.Equal(["driver", "source", "target", "readonly"], drive.Elements().Select(part => part.Name.LocalName));
    }

    [Fact]
    public void Fail_in_words_where_virt_install_printed_something_else()
    {
        Assert.StartsWith("virt-install printed no definition: ", Assert.Throws<GuestException>(() => NewGuestDefinition.Make("Allocating...", GuestProfile.Linux, "/x")).Message, StringComparison.Ordinal);
        Assert.Contains("no drive for the medium",
            Assert.Throws<GuestException>(() => NewGuestDefinition.Make("<domain><devices/></domain>", GuestProfile.Linux, "/x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Know_whom_QEMU_runs_as()
    {
        Assert.Equal((64055u, 108u), NewGuestDefinition.QemuUser("""
            <capabilities><host>
              <secmodel><model>apparmor</model><doi>0</doi></secmodel>
              <secmodel><model>dac</model><doi>0</doi><baselabel type='kvm'>+64055:+108</baselabel><baselabel type='qemu'>+64055:+108</baselabel></secmodel>
            </host></capabilities>
            """));
        Assert.Null(NewGuestDefinition.QemuUser("<capabilities><host><secmodel><model>none</model></secmodel></host></capabilities>"));
    }
}
