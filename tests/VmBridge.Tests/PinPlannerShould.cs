using CsCheck;
using Phyllome.Seats.Processors;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class PinPlannerShould
{
    private const long GiB = 1024 * 1024;

    private static readonly Gen<HostTopology> AnyHost = Gen.OneOf(
        Gen.Int[0, Topologies.Names.Count - 1].Select(index => Topologies.Names[index]).Select(Topologies.Host),
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 6], Gen.Int[1, 2], Gen.Int[0, 6], Gen.Int[0, 64]).Select(Made));

    private static readonly Gen<ValueList<GuestNeed>> SomeGuests =
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 16], Gen.Int[-1, 3]).Select((vcpus, memory, node) => (vcpus, memory, node)).Array[0, 5]
            .Select(guests => guests.Select((guest, index) => new GuestNeed(Id(index), guest.vcpus, guest.memory * GiB, guest.node < 0 ? null : guest.node)).ToValueList());

    [Fact]
    public void Give_each_guest_as_many_processors_as_its_owner_did() =>
        Gen.Select(AnyHost, SomeGuests).Sample((host, guests) =>
        {
            var plan = PinPlanner.Plan(host, guests);
            if (host.Cores.Count < 2 || guests.Count == 0)
            {
                Assert.Equal(PinPlan.None, plan);
                return;
            }
            var all = host.Cores.SelectMany(core => core.Cpus).ToHashSet();
            Assert.Equal(guests.Select(guest => (guest.Guest, guest.Vcpus)), plan.Guests.Select(guest => (guest.Guest, guest.Vcpus.Count)));
            Assert.All(plan.Guests, guest => Assert.All(guest.Vcpus, cpus => Assert.True(cpus.Count > 0 && cpus.All(all.Contains))));
        });

    [Fact]
    public void Keep_a_core_for_the_host_on_which_no_guest_computes() =>
        Gen.Select(AnyHost, SomeGuests).Where((host, guests) => host.Cores.Count > 1 && guests.Count > 0).Sample((host, guests) =>
        {
            var plan = PinPlanner.Plan(host, guests);
            var computing = plan.Guests.SelectMany(guest => guest.Vcpus).SelectMany(cpus => cpus).ToHashSet();
            Assert.Contains(host.Cores, core => core.Cpus.All(plan.Host.Contains) && !core.Cpus.Any(computing.Contains));
            Assert.Empty(plan.Host.Intersect(computing));
            Assert.All(plan.Guests, guest => Assert.True(guest.Service.Count > 0 && guest.Service.All(plan.Host.Contains)));
        });

    [Fact]
    public void Let_no_two_guests_share_a_core_while_there_are_enough() =>
        Gen.Select(AnyHost, SomeGuests).Where((host, guests) => host.Cores.Count > 1 && guests.Count > 0).Sample((host, guests) =>
        {
            var plan = PinPlanner.Plan(host, guests);
            var threads = host.Cores.Min(core => core.Cpus.Count);
            if (guests.Sum(guest => (guest.Vcpus + threads - 1) / threads) < host.Cores.Count)
                Assert.False(plan.IsShared);
            if (plan.IsShared)
                return;
            var coreOf = host.Cores.SelectMany(core => core.Cpus.Select(cpu => (cpu, core.Id))).ToDictionary(pair => pair.cpu, pair => pair.Id);
            var cores = plan.Guests.Select(guest => guest.Vcpus.SelectMany(cpus => cpus).Select(cpu => coreOf[cpu]).Distinct().ToArray()).ToArray();
            Assert.Equal(cores.Sum(one => one.Length), cores.SelectMany(one => one).Distinct().Count());
            // And every virtual processor has a thread to itself.
            Assert.All(plan.Guests, guest => Assert.Equal(guest.Vcpus.Count, guest.Vcpus.Select(cpus => Assert.Single(cpus)).Distinct().Count()));
        });

    [Fact]
    public void Tell_a_guest_the_cores_that_it_has() =>
        Gen.Select(AnyHost, SomeGuests).Sample((host, guests) =>
        {
            var coreOf = host.Cores.SelectMany(core => core.Cpus.Select(cpu => (cpu, core.Id))).ToDictionary(pair => pair.cpu, pair => pair.Id);
            foreach (var guest in PinPlanner.Plan(host, guests).Guests.Where(guest => guest.Topology is not null))
            {
                var topology = guest.Topology!;
                Assert.Equal(guest.Vcpus.Count, topology.Cores * topology.Threads);
                var cores = guest.Vcpus.Select(cpus => coreOf[cpus[0]]).Chunk(topology.Threads).ToArray();
                Assert.All(cores, core => Assert.Single(core.Distinct()));
                Assert.Equal(topology.Cores, cores.Select(core => core[0]).Distinct().Count());
            }
        });

    [Fact]
    public void Not_depend_on_the_order_in_which_cores_and_nodes_were_found() =>
        Gen.Select(AnyHost, SomeGuests, Gen.Int).Sample((host, guests, seed) =>
        {
            var random = new Random(seed);
            var shuffled = new HostTopology(
                host.Cores.Select(core => core with { Cpus = core.Cpus.OrderBy(_ => random.Next()).ToValueList() }).OrderBy(_ => random.Next()).ToValueList(),
                host.Nodes.OrderBy(_ => random.Next()).ToValueList());
            Assert.Equal(PinPlanner.Plan(host, guests), PinPlanner.Plan(shuffled, guests));
        });

    [Fact]
    public void Move_no_virtual_processor_for_a_guest_that_comes_last_while_there_are_enough_cores() =>
        Gen.Select(AnyHost, SomeGuests).Where((_, guests) => guests.Count > 1).Sample((host, guests) =>
        {
            var after = PinPlanner.Plan(host, guests);
            if (after.IsShared)
                return;
            var before = PinPlanner.Plan(host, guests.SkipLast(1).ToValueList());
            Assert.Equal(before.Guests.Select(guest => guest.Vcpus), after.Guests.SkipLast(1).Select(guest => guest.Vcpus));
        });

    [Fact]
    public void Change_what_differs_and_nothing_else_when_a_guest_comes_or_goes() =>
        Gen.Select(AnyHost, SomeGuests, SomeGuests).Sample((host, one, other) =>
        {
            PinPlan before = PinPlanner.Plan(host, one), after = PinPlanner.Plan(host, other);
            Assert.Empty(after.ChangedFrom(after));
            var changed = after.ChangedFrom(before);
            var applied = before.Guests.Where(guest => after.Guests.Any(same => same.Guest == guest.Guest))
                .ToDictionary(guest => guest.Guest, guest => (guest.Vcpus, guest.Service));
            foreach (var guest in changed)
                applied[guest.Guest] = (guest.Vcpus, guest.Service);
            Assert.Equal(after.Guests.ToDictionary(guest => guest.Guest, guest => (guest.Vcpus, guest.Service)), applied);
            Assert.All(changed, guest => Assert.DoesNotContain(before.Guests, was => was.Guest == guest.Guest && was.Vcpus == guest.Vcpus && was.Service == guest.Service));
        });

    [Fact]
    public void Promise_no_huge_page_twice() =>
        Gen.Select(AnyHost, SomeGuests).Sample((host, guests) =>
        {
            var plan = PinPlanner.Plan(host, guests);
            foreach (var same in plan.Guests.Where(guest => guest.HugePages is not null).GroupBy(guest => (Node: guest.Node ?? host.Nodes[0].Number, guest.HugePages)))
            {
                var wanted = same.Sum(guest => guests.Single(need => need.Guest == guest.Guest).Memory / same.Key.HugePages!.Value);
                Assert.True(wanted <= host.Nodes.Single(node => node.Number == same.Key.Node).HugePages.Single(pages => pages.Size == same.Key.HugePages).Free);
            }
        });

    [Theory]
    [InlineData("amd-ryzen-9-7950x3d", "0-6,16-22", "the V-Cache goes to the first")]
    [InlineData("amd-ryzen-9-5950x", "1-7,17-23", "beside the host's core, so that the other CCD stays whole")]
    [InlineData("intel-core-i9-13900k", "0-13", "performance cores, the host has efficient ones")]
    [InlineData("intel-n100", "1-3", "shared: three cores for fourteen")]
    public void Give_the_first_of_fourteen_processors_its_place(string name, string cpus, string because)
    {
        var plan = PinPlanner.Plan(Topologies.Host(name), [new(Id(0), 14, 8 * GiB, null)]);
        Assert.True(cpus == CpuList.Format(plan.Guests[0].Vcpus.SelectMany(list => list)), because);
    }

    [Fact]
    public void Put_a_guest_beside_its_graphics_card_and_its_memory()
    {
        var dual = Topologies.Host("intel-xeon-e5-2680v4-dual");
        Assert.Equal((1, 1048576), Node(dual, new(Id(0), 8, 16 * GiB, 1)));
        Assert.Equal((0, null), Node(dual, new(Id(0), 8, 16 * GiB, 0)));
        // Node 1 has no memory of its own.
        Assert.NotEqual(1, Node(Topologies.Host("amd-threadripper-2990wx"), new(Id(0), 8, 16 * GiB, 1)).Node);

        static (int? Node, long? Pages) Node(HostTopology host, GuestNeed need)
        {
            var guest = PinPlanner.Plan(host, [need]).Guests[0];
            return (guest.Node, guest.HugePages);
        }
    }

    [Fact]
    public void Give_each_of_two_guests_a_cache_of_its_own()
    {
        var host = Topologies.Host("amd-ryzen-9-7950x3d");
        var plan = PinPlanner.Plan(host, [new(Id(0), 8, 8 * GiB, null), new(Id(1), 8, 8 * GiB, null)]);
        var cacheOf = host.Cores.SelectMany(core => core.Cpus.Select(cpu => (cpu, core.Cache))).ToDictionary(pair => pair.cpu, pair => pair.Cache);
        Assert.Equal([0, 8], plan.Guests.Select(guest => Assert.Single(guest.Vcpus.Select(cpus => cacheOf[cpus[0]]).Distinct())));
    }

    [Fact]
    public void Be_documented_by_a_table_for_each_fixture()
    {
        Assert.True(Topologies.Names.Count >= 12);
        var made = string.Concat(Topologies.Names.Select(name => $"### {name}\n\n{Table(name)}\n"));
        Assert.Equal(made, Documented.Read("pinning.md", "tables", made));
    }

    private static string Table(string name)
    {
        var host = Topologies.Host(name);
        var card = host.Nodes.Max(node => node.Number);
        (string Seats, ValueList<GuestNeed> Guests)[] cases =
        [
            ("one of 8", [new(Id(0), 8, 8 * GiB, null)]),
            ("8, and 4 with a card" + (card > 0 ? $" at node {card}" : ""), [new(Id(0), 8, 8 * GiB, null), new(Id(1), 4, 8 * GiB, card)]),
            ("three of 4", [.. Enumerable.Range(0, 3).Select(seat => new GuestNeed(Id(seat), 4, 4 * GiB, null))]),
        ];
        return Documented.Table(cases.Select(one =>
        {
            var plan = PinPlanner.Plan(host, one.Guests);
            return (string[])[one.Seats, .. Enumerable.Range(0, 3).Select(seat => plan.Guests.Count > seat ? Cell(plan, plan.Guests[seat]) : ""), CpuList.Format(plan.Host)];
        }).Prepend(["virtual processors", "first", "second", "third", "host"]));
    }

    private static string Cell(PinPlan plan, GuestPinning guest) => CpuList.Format(guest.Vcpus.SelectMany(cpus => cpus))
        + (plan.IsShared ? ", shared" : guest.Topology is { } topology ? $": {topology.Cores} x {topology.Threads}" : "")
        + (guest.HugePages is { } size ? $", pages of {size / 1024} MiB" : "");

    private static Guid Id(int number) => new(number + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    private static HostTopology Made(int nodes, int caches, int cores, int threads, int efficient, int pages)
    {
        var made = new List<Core>();
        var next = 0;
        for (var node = 0; node < nodes; node++)
        {
            for (var cache = 0; cache < caches; cache++)
            {
                var first = next;
                for (var core = 0; core < cores; core++, next += threads)
                    made.Add(new(Enumerable.Range(next, threads).ToValueList(), CoreKind.Performance, first, (cache + 1) * 8 * GiB, node, node));
            }
        }
        for (var core = 0; core < efficient; core++, next++)
            made.Add(new([next], CoreKind.Efficient, 0, 8 * GiB, 0, 0));
        return new(made.ToValueList(), Enumerable.Range(0, nodes).Select(node => new NumaNode(node, (node % 2) * 16 * GiB, [new(2048, 0), new(1048576, pages)])).ToValueList());
    }
}
