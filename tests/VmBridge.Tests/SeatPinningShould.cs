using System.Xml.Linq;
using Phyllome.Seats.Processors;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class SeatPinningShould
{
    private const string Stored = """
        <domain type='kvm'>
          <vcpu>2</vcpu>
          <iothreads>1</iothreads>
          <cpu mode='host-passthrough'/>
          <devices/>
        </domain>
        """;

    private static readonly GuestPinning Pinning = new(Guid.Empty, [[2], [10]], [0, 1, 8, 9], new(1, 2), 0, 2048);

    [Fact]
    public void Give_each_virtual_processor_its_own_and_all_else_of_QEMU_what_is_left()
    {
        var tune = Applied(Stored, Pinning).Element("cputune")!;
        Assert.Equal(["0: 2", "1: 10"], tune.Elements("vcpupin").Select(pin => $"{pin.Attribute("vcpu")!.Value}: {pin.Attribute("cpuset")!.Value}"));
        Assert.Equal("0-1,8-9", tune.Element("emulatorpin")!.Attribute("cpuset")!.Value);
        Assert.Equal(("1", "0-1,8-9"), (tune.Element("iothreadpin")!.Attribute("iothread")!.Value, tune.Element("iothreadpin")!.Attribute("cpuset")!.Value));
    }

    [Fact]
    public void Tell_the_guest_its_cores_and_put_its_memory_near_them()
    {
        var domain = Applied(Stored, Pinning);
        Assert.Equal(("1", "2"), (domain.Element("cpu")!.Element("topology")!.Attribute("cores")!.Value, domain.Element("cpu")!.Element("topology")!.Attribute("threads")!.Value));
        Assert.Equal("2048", domain.Element("memoryBacking")!.Element("hugepages")!.Element("page")!.Attribute("size")!.Value);
        Assert.Equal(("preferred", "0"), (domain.Element("numatune")!.Element("memory")!.Attribute("mode")!.Value, domain.Element("numatune")!.Element("memory")!.Attribute("nodeset")!.Value));
    }

    [Theory]
    [InlineData("<vcpu>2</vcpu>", "<vcpu cpuset='0-3'>2</vcpu>")]
    [InlineData("<vcpu>2</vcpu>", "<vcpu placement='auto'>2</vcpu>")]
    [InlineData("<vcpu>2</vcpu>", "<vcpu>4</vcpu>")]
    [InlineData("<devices/>", "<devices/><cputune><vcpupin vcpu='0' cpuset='1'/></cputune>")]
    [InlineData("<devices/>", "<devices/><numatune><memory mode='strict' nodeset='0'/></numatune>")]
    public void Leave_a_guest_alone_whose_owner_says_where_it_runs_or_whose_processors_are_others(string part, string owners)
    {
        var stored = Stored.Replace(part, owners, StringComparison.Ordinal);
        Assert.True(XNode.DeepEquals(XElement.Parse(stored), Applied(stored, Pinning)));
    }

    [Fact]
    public void Keep_shares_topology_and_memory_as_the_owner_set_them()
    {
        var stored = Stored.Replace("<cpu mode='host-passthrough'/>",
            "<cpu mode='host-passthrough'><topology sockets='2' cores='1' threads='1'/></cpu><cputune><shares>512</shares></cputune><memoryBacking><locked/></memoryBacking>", StringComparison.Ordinal);
        var domain = Applied(stored, Pinning);
        Assert.Equal(("2", "512"), (domain.Element("cpu")!.Element("topology")!.Attribute("sockets")!.Value, domain.Element("cputune")!.Element("shares")!.Value));
        Assert.Equal(2, domain.Element("cputune")!.Elements("vcpupin").Count());
        Assert.Null(domain.Element("memoryBacking")!.Element("hugepages"));
    }

    [Fact]
    public void Be_accepted_by_libvirts_schema() =>
        Assert.All(Definitions.Names, name =>
        {
            var stored = Fixture.Read(name);
            var count = DefinedProcessors.Count(XElement.Parse(stored));
            var pinning = new GuestPinning(Guid.Empty, Enumerable.Range(0, count).Select(cpu => (ValueList<int>)[cpu + 1]).ToValueList(), [0], null, 0, 2048);
            var before = Definitions.SchemaFault(stored);
            if (before is null)
                Assert.Null(Definitions.SchemaFault(Made(stored, pinning)));
        });

    [Theory]
    [InlineData("0-7,^3", "0-2,4-7")]
    [InlineData("1,3", "1,3")]
    [InlineData("nonsense", "")]
    public void Know_the_lists_that_owners_write(string written, string meant) => Assert.Equal(meant, CpuList.Format(DefinedProcessors.List(written)));

    private static XElement Applied(string stored, GuestPinning pinning) => XElement.Parse(Made(stored, pinning));

    private static string Made(string stored, GuestPinning pinning)
    {
        var edit = new DomainEdit(stored);
        SeatPinning.Apply(edit, pinning);
        return edit.Xml;
    }
}
