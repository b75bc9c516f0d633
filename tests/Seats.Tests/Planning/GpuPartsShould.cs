using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A card with up to three virtual functions at 01:00.0, and one that makes mediated devices at 00:02.0.</summary>
public sealed class GpuPartsShould
{
    private const string Card = "0000:01:00.0", First = "0000:01:00.1", Second = "0000:01:00.2", Boot = "0000:00:02.0", Type = "i915-GVTg_V5_4", Made = $"mdev:{Boot}:{Type}";

    [Fact]
    public void Split_the_card_once_for_all_who_share_it_before_the_first_starts()
    {
        var plan = Plan(There(functions: 0), Current.Nothing, $"vf:{Card}", $"vf:{Card}");
        Assert.Equal(new MakeGpuPart("s0", new(Card, null), 2), Assert.Single(plan.Steps.OfType<MakeGpuPart>()));
        Assert.DoesNotContain(plan.Steps, step => step is StartGuest);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void Give_each_seat_a_function_of_its_own_and_start_with_it()
    {
        var plan = Plan(There(functions: 2), Current.Nothing, $"vf:{Card}", $"vf:{Card}");
        Assert.Equal([(First, new GpuPart(Card, null)), (Second, new(Card, null))], plan.Steps.OfType<StartGuest>().Select(start => (start.Gpu!, start.Part!)));
        Assert.DoesNotContain(plan.Steps, step => step is MakeGpuPart);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void Leave_a_running_guest_the_function_that_it_has()
    {
        var there = There(functions: 2);
        there = there with { Guests = [Machine.Guest("g0"), Machine.Guest("g1", GuestState.Running) with { Seat = "s1", Passed = [First] }] };
        Assert.Equal([Second, First], GpuChoice.Resolve(Wanted($"vf:{Card}", $"vf:{Card}"), Memory.Empty, there, Current.Nothing).Seats.Select(seat => seat.Gpu));
    }

    [Fact]
    public void Make_each_seats_mediated_device_one_after_the_other_and_find_it_again_by_its_UUID()
    {
        var part = new GpuPart(Boot, Type);
        var before = Plan(There(room: 2), Current.Nothing, Made, Made);
        Assert.Equal(new MakeGpuPart("s0", part, 1), Assert.Single(before.Steps.OfType<MakeGpuPart>()));

        var after = Plan(There(0, 1, part.Of("s0")), Current.Nothing, Made, Made);
        Assert.Equal((part.Of("s0").ToString(), part), Assert.Single(after.Steps.OfType<StartGuest>().Select(start => (start.Gpu!, start.Part!))));
        Assert.Equal(new MakeGpuPart("s1", part, 1), Assert.Single(after.Steps.OfType<MakeGpuPart>()));
        Assert.Empty(after.Problems);
        Assert.NotEqual(part.Of("s0"), part.Of("s1"));
    }

    [Theory]
    [InlineData("vf:0000:09:00.0", "there is no gpu at 0000:09:00.0: those there are 'pci:0000:00:02.0' and 'pci:0000:01:00.0'")]
    [InlineData("vf:0000:00:02.0", "the gpu 0000:00:02.0 has no virtual functions: SR-IOV has to be on in the firmware's settings, and the card's driver has to offer it")]
    [InlineData("mdev:0000:01:00.0:a", "the gpu 0000:01:00.0 can't be split into mediated devices: its driver offers none")]
    [InlineData("mdev:0000:00:02.0:a", "the gpu 0000:00:02.0 has no mediated devices of type 'a': its types are 'i915-GVTg_V5_4'")]
    public void Say_why_a_card_cannot_be_split_so_and_start_nothing(string gpu, string sentence)
    {
        var plan = Plan(There(), Current.Nothing, gpu);
        Assert.Contains(plan.Problems, problem => problem.Prevents && problem.Sentence == $"f:4:5: {sentence}");
        Assert.DoesNotContain(plan.Steps, step => step is StartGuest or MakeGpuPart);
    }

    [Fact]
    public void Name_the_lines_of_all_where_more_ask_than_there_is_room_for()
    {
        var four = Plan(There(functions: 0), Current.Nothing, [.. Enumerable.Repeat($"vf:{Card}", 4)]);
        Assert.Equal($"f:16:5: the gpu {Card} can have 3 virtual functions, and the seats on lines 4, 8, 12, 16 ask for one each", Assert.Single(four.Problems).Sentence);
        var two = Plan(There(room: 1), Current.Nothing, Made, Made);
        Assert.Equal($"f:8:5: the gpu {Boot} has no room for one more {Type} (it has for 1), and the seats on lines 4, 8 ask for it", Assert.Single(two.Problems).Sentence);
        var late = Plan(There(functions: 1), Current.Nothing, $"vf:{Card}", $"vf:{Card}");
        Assert.Equal(
            $"f:8:5: the gpu {Card} has 1 virtual functions, and none of them is free: shut the guests down that have them, then 'seatctl gpu release {Card}'",
            Assert.Single(late.Problems).Sentence);
    }

    [Fact]
    public void Start_without_where_the_card_could_not_be_split_and_say_why()
    {
        var plan = Plan(There(functions: 0), Current.Nothing with { Refused = [new($"vf:{Card}", "it is busy")] }, $"vf:{Card}");
        Assert.Null(Assert.Single(plan.Steps.OfType<StartGuest>()).Gpu);
        Assert.Equal($"guest 'g0' is without the gpu vf:{Card}: it is busy", Assert.Single(plan.Problems).Sentence);
    }

    [Fact]
    public void Never_be_taken_for_a_card_that_is_free_nor_be_split_while_it_is()
    {
        var auto = GpuChoice.Resolve(Wanted("auto"), Memory.Empty, There(functions: 2), Current.Nothing);
        Assert.Null(auto.Seats[0].Gpu);
    }

    [Fact]
    public void Be_in_a_group_of_its_own()
    {
        var there = There(functions: 1);
        there = there with { Gpus = there.Gpus.Select(gpu => gpu.Address is First or Card ? gpu with { IommuGroup = 2, GroupMembers = [Card, First] } : gpu).ToValueList() };
        Assert.Contains(Plan(there, Current.Nothing, $"vf:{Card}").Problems, problem => problem.Prevents && problem.Sentence.Contains($"its IOMMU group 2 has '{Card}' too", StringComparison.Ordinal));
    }

    private static Inventory There(int functions = 0, int room = 1, params ReadOnlySpan<Guid> made)
    {
        List<Gpu> gpus =
        [
            new(Card, "xe", "8086", "56c0", false, 2, [Card]) { PossibleFunctions = 3, Functions = functions },
            new(Boot, "i915", "8086", "591b", true, 1, [Boot]) { Types = [new(Type, room)] },
        ];
        for (var i = functions; i > 0; i--)
            gpus.Add(new($"0000:01:00.{i}", null, "8086", "56c0", false, 10 + i, [$"0000:01:00.{i}"]) { PartOf = Card });
        foreach (var id in made)
            gpus.Add(new(id.ToString(), null, "8086", "591b", false, 20, [id.ToString()]) { PartOf = Boot, Type = Type });
        return Machine.Example with { Displays = [], Gpus = gpus.ToValueList(), Guests = [.. Enumerable.Range(0, 4).Select(i => Machine.Guest($"g{i}"))] };
    }

    private static Plan Plan(Inventory observed, Current current, params string[] gpus)
    {
        // The router has each guest's virtual devices already, so that nothing stands before the start.
        var sinks = gpus.SelectMany((_, i) => new[] { SinkKind.Keyboard, SinkKind.Pointer }
            .Select((kind, k) => new RouterSink(100 + 2 * i + k, 100 + 2 * i + k, Machine.Uuid($"g{i}"), kind, false)));
        return SeatPlanner.Plan(Wanted(gpus), Memory.Empty, observed, current with { Router = current.Router with { Sinks = sinks.ToValueList() } });
    }

    private static SeatsConfiguration Wanted(params string[] gpus) => SeatsToml.Parse(
        string.Concat(gpus.Select((gpu, i) => $"[[seat]]\nname='s{i}'\nguests=['g{i}']\ngpu='{gpu}'\n")), "f").Configuration!;
}
