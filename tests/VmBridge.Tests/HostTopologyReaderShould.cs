using Phyllome.Seats.Processors;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class HostTopologyReaderShould
{
    private const long M = 1024 * 1024;

    [Theory]
    [InlineData("intel-core-i9-13900k", 24, 32, 16, 1, 1)]
    [InlineData("amd-ryzen-9-7950x3d", 16, 32, 0, 2, 1)]
    [InlineData("amd-threadripper-2990wx", 32, 64, 0, 8, 4)]
    [InlineData("intel-xeon-e5-2680v4-dual", 28, 56, 0, 2, 2)]
    [InlineData("intel-core-i5-7500", 4, 4, 0, 1, 1)]
    [InlineData("intel-n100", 4, 4, 0, 1, 1)]
    public void Tell_cores_threads_kinds_caches_and_nodes(string name, int cores, int threads, int efficient, int caches, int nodes)
    {
        var host = Topologies.Host(name);
        Assert.Equal(
            (cores, threads, efficient, caches, nodes),
            (host.Cores.Count, host.Cores.Sum(core => core.Cpus.Count), host.Cores.Count(core => core.Kind == CoreKind.Efficient),
                host.Cores.Select(core => core.Cache).Distinct().Count(), host.Nodes.Count));
    }

    [Fact]
    public void Tell_the_V_Cache_from_the_other()
    {
        var host = Topologies.Host("amd-ryzen-9-7950x3d");
        Assert.Equal([(0, 96 * M), (8, 32 * M)], host.Cores.Select(core => (core.Cache, core.CacheBytes)).Distinct());
        Assert.Equal([0, 16], host.Cores[0].Cpus);
    }

    [Fact]
    public void Tell_memory_and_huge_pages_of_each_node()
    {
        var nodes = Topologies.Host("intel-xeon-e5-2680v4-dual").Nodes;
        Assert.Equal([67108864 - 262144, 67108864 - 262144], nodes.Select(node => node.Memory));
        Assert.Equal([new(2048, 0), new(1048576, 32)], nodes[1].HugePages);
        Assert.Equal(0, Topologies.Host("amd-threadripper-2990wx").Nodes[1].Memory);
    }

    [Fact]
    public void Tell_something_of_any_machine_and_nothing_of_none()
    {
        Assert.Equal(Environment.ProcessorCount > 0, HostTopologyReader.Read().Cores.Count > 0);
        Assert.Equal(HostTopology.Unknown, HostTopologyReader.Read("/does/not/exist"));
    }

    [Theory]
    [InlineData("0-3,8,10-11", new[] { 0, 1, 2, 3, 8, 10, 11 })]
    [InlineData("5", new[] { 5 })]
    [InlineData("", new int[0])]
    public void Know_lists_of_processors(string text, int[] numbers)
    {
        Assert.Equal(numbers, CpuList.Parse(text));
        Assert.Equal(text, CpuList.Format(numbers.Reverse()));
    }

    [Theory]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("a")]
    public void Refuse_what_is_no_list(string text) => Assert.Throws<FormatException>(() => CpuList.Parse(text));
}
