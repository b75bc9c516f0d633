using System.Xml.Linq;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class CloneDefinitionShould
{
    private static readonly Guid Uuid = Guid.Parse("c10e0000-0000-4000-8000-000000000001"), Generation = Guid.Parse("c10e0000-0000-4000-8000-000000000002");

    /// <summary>What a clone has otherwise than its base; all else stays.</summary>
    private static readonly string[] Own = ["name", "uuid", "genid", "disk", "nvram", "mac", "target", "source", "graphics", "cid", "entry", "seat", "metadata"];

    public static TheoryData<string> Corpus => [.. Definitions.Names];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Change_what_must_be_a_machines_own_and_nothing_else(string name)
    {
        var stored = Fixture.Read(name);
        if (Refusal(stored) is { } refusal)
        {
            Assert.Contains("cannot be on top of a frozen one, since", refusal, StringComparison.Ordinal);
            return;
        }
        var (before, after) = (XElement.Parse(stored), XElement.Parse(Make(stored).Xml));

        Assert.Null(Definitions.Lost(before, after, element => Own.Contains(element.Name.LocalName)));
        Assert.Equal(("clone", Uuid.ToString()), (after.Element("name")!.Value, after.Element("uuid")!.Value));
        Assert.DoesNotContain(before.Element("uuid")?.Value ?? "nothing", after.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(after.Descendants("interface").Elements("mac"));
        foreach (var disk in BaseDisk.Of(stored))
        {
            var own = after.Element("devices")!.Elements("disk").Single(other => other.Element("target")!.Attribute("dev")!.Value == disk.Target);
            Assert.Equal(("file", "qcow2", $"/clones/{disk.Target}.qcow2"),
                (own.Attribute("type")!.Value, own.Element("driver")!.Attribute("type")!.Value, own.Element("source")!.Attribute("file")!.Value));
        }
        if (Definitions.SchemaFault(stored) is null)
            Assert.Null(Definitions.SchemaFault(after.ToString()));
    }

    [Fact]
    public void Refuse_few_of_what_people_have() =>
        Assert.InRange(Definitions.Names.Count(name => Refusal(Fixture.Read(name)) is not null), 1, Definitions.Names.Count / 10);

    [Fact]
    public void Say_of_itself_what_it_was_made_of_where_it_is_to_be_discarded_and_of_nothing_else()
    {
        var made = CloneDefinition.Make(Small(""), Wish(Small("")) with { Throwaway = true }).Xml;
        Assert.Equal("base", GuestDiscarder.OriginOf(made));
        Assert.Null(GuestDiscarder.OriginOf(Make(Small("")).Xml));
        // A clone of it that is kept is its owner's.
        Assert.Null(GuestDiscarder.OriginOf(Make(made).Xml));
    }

    [Fact]
    public void Copy_the_generation_id_of_nobody()
    {
        var made = Make(Small("<genid>11111111-2222-3333-4444-555555555555</genid>"));
        Assert.Equal(Generation.ToString(), XElement.Parse(made.Xml).Element("genid")!.Value);
        Assert.Null(XElement.Parse(Make(Small("")).Xml).Element("genid"));
    }

    [Fact]
    public void Warn_of_what_was_sealed_to_the_TPM_and_give_it_a_state_of_its_own()
    {
        var made = Make(Small("", "<tpm model='tpm-crb'><backend type='emulator' version='2.0'><source type='dir' path='/tpm'/></backend></tpm>"));
        Assert.Contains(made.Notes, note => note.Contains("BitLocker", StringComparison.Ordinal));
        Assert.Null(XElement.Parse(made.Xml).Descendants("backend").Single().Element("source"));
        Assert.DoesNotContain(Make(Small("")).Notes, note => note.Contains("BitLocker", StringComparison.Ordinal));
    }

    [Fact]
    public void Give_the_firmware_its_own_variables_or_let_libvirt_make_them()
    {
        var stored = Small("").Replace("</os>", "<nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>/var/lib/libvirt/qemu/nvram/base_VARS.fd</nvram></os>", StringComparison.Ordinal);
        var kept = XElement.Parse(CloneDefinition.Make(stored, Wish(stored) with { Variables = "/var/lib/libvirt/qemu/nvram/clone_VARS.fd" }).Xml).Element("os")!.Element("nvram")!;
        Assert.Equal(("/usr/share/OVMF/OVMF_VARS_4M.fd", "/var/lib/libvirt/qemu/nvram/clone_VARS.fd"), (kept.Attribute("template")!.Value, kept.Value));
        Assert.Equal("", XElement.Parse(Make(stored).Xml).Element("os")!.Element("nvram")!.Value);
    }

    [Fact]
    public void Free_what_the_host_has_once()
    {
        var devices = XElement.Parse(Make(Small("", """
            <graphics type='vnc' port='5901' autoport='no'/>
            <vsock model='virtio'><cid auto='no' address='3'/></vsock>
            <channel type='unix'><source mode='bind' path='/run/x.sock'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
            <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/><target dev='tap-base'/></interface>
            """)).Xml).Element("devices")!;
        Assert.Equal((null, "yes"), (devices.Element("graphics")!.Attribute("port"), devices.Element("graphics")!.Attribute("autoport")!.Value));
        Assert.Equal((null, "yes"), (devices.Element("vsock")!.Element("cid")!.Attribute("address"), devices.Element("vsock")!.Element("cid")!.Attribute("auto")!.Value));
        Assert.Null(devices.Element("channel")!.Element("source"));
        Assert.Equal(["source"], devices.Element("interface")!.Elements().Select(part => part.Name.LocalName));
    }

    [Theory]
    [InlineData("<disk type='network' device='disk'><source protocol='nbd' name='x'/><target dev='vdb'/></disk>", "type 'network'")]
    [InlineData("<disk type='block' device='lun'><source dev='/dev/sg0'/><target dev='vdb'/></disk>", "SCSI device")]
    [InlineData("<disk type='file'><source file='/x'><encryption format='luks'><secret type='passphrase' uuid='11111111-2222-3333-4444-555555555555'/></encryption></source><target dev='vdb'/></disk>", "decrypts it")]
    public void Say_which_disk_cannot_be_frozen_and_why(string disk, string why) => Assert.Contains(why, Refusal(Small("", disk)), StringComparison.Ordinal);

    [Fact]
    public void Leave_media_and_shared_disks_as_they_are()
    {
        const string Kept = "<disk type='file' device='cdrom'><source file='/iso'/><target dev='sda'/><readonly/></disk><disk type='file'><source file='/shared'/><target dev='vdc'/><shareable/></disk>";
        Assert.Equal(["vda"], BaseDisk.Of(Small("", Kept)).Select(disk => disk.Target));
        Assert.Contains(Kept.Replace('\'', '"'), Make(Small("", Kept)).Xml.Replace(" />", "/>", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string? Refusal(string stored)
    {
        try
        {
            BaseDisk.Of(stored);
            return null;
        }
        catch (GuestException refusal)
        {
            return refusal.Message;
        }
    }

    private static CloneMade Make(string stored) => CloneDefinition.Make(stored, Wish(stored));

    private static CloneWish Wish(string stored) =>
        new("clone", Uuid, Generation, BaseDisk.Of(stored).ToDictionary(disk => disk.Target, disk => $"/clones/{disk.Target}.qcow2"));

    private static string Small(string more, string devices = "") => $"""
        <domain type='kvm'>
          <name>base</name>
          <uuid>ba5e0000-0000-4000-8000-000000000001</uuid>{more}
          <os><type>hvm</type></os>
          <devices>
            <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/base.img'/><target dev='vda'/></disk>{devices}
          </devices>
        </domain>
        """;
}
