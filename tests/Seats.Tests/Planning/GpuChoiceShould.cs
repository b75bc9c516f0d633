using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A boot card at 00:02.0, one of the host's with a monitor at 01:00.0, two of a kind on vfio-pci at 02:00.0 and 03:00.0.</summary>
public sealed class GpuChoiceShould
{
    private const string Host = "0000:00:02.0", Nouveau = "0000:01:00.0", First = "0000:02:00.0", Second = "0000:03:00.0";

    private static readonly Inventory There = Machine.Example with
    {
        Displays = [Display("card0-DP-1", Host), Display("card1-DP-1", Nouveau)],
        Gpus =
        [
            new(Second, Gpu.Vfio, "1002", "73df", false, 4, [Second]), new(First, Gpu.Vfio, "1002", "73df", false, 3, [First, "0000:02:00.1"]),
            new(Nouveau, "nouveau", "10de", "2484", false, 2, [Nouveau]), new(Host, "i915", "8086", "4680", true, 1, [Host]),
        ],
    };

    [Fact]
    public void Give_a_seat_the_card_with_its_ids_while_one_alone_has_them()
    {
        Assert.Equal([Nouveau], Cards(["id:10de:2484"], There));
        Assert.Equal([null], Cards(["id:1002:73df"], There));
        var fault = Assert.Single(MachineChecks.Check(Wanted("id:1002:73df"), There with { Guests = [Machine.Guest("g0")] }));
        Assert.True(fault.Prevents);
        Assert.Equal("f:4:5: the gpu 'id:1002:73df' is not the only one of its kind: write one of 'pci:0000:02:00.0' and 'pci:0000:03:00.0'", fault.Diagnostic.ToString());
    }

    [Fact]
    public void Choose_a_free_card_with_a_monitor_first_then_one_that_no_driver_has_then_the_first_by_address()
    {
        Assert.Equal([Nouveau, First, Second, null], Cards(["auto", "auto", "auto", "auto"], There));
        Assert.Equal([First, Second], Cards(["auto", "auto"], There with { Displays = [Display("card0-DP-1", Host)] }));
    }

    [Fact]
    public void Choose_the_same_in_whichever_order_cards_are_found() =>
        Assert.Equal(Cards(["auto", "auto"], There), Cards(["auto", "auto"], There with { Gpus = There.Gpus.Reverse().ToValueList(), Displays = There.Displays.Reverse().ToValueList() }));

    [Fact]
    public void Choose_none_that_another_seat_names_or_the_host_keeps_or_a_guest_has_or_that_goes_not_alone()
    {
        Assert.Equal([First, Nouveau], Cards(["auto", $"pci:{Nouveau}"], There));
        Assert.Equal([First], Cards(["auto"], There, $"[host]\nkeep=['pci:{Nouveau}']\n"));
        Assert.Equal([First], Cards(["auto"], There, "[host]\ndisplay='connector:card1-DP-1'\n"));
        Assert.Equal([First], Cards(["auto"], There with { Guests = [Machine.Guest("g0"), Machine.Guest("other", GuestState.Running) with { Passed = [Nouveau] }] }));
        Assert.Equal([null], Cards(["auto"], There with { Gpus = There.Gpus.Select(gpu => gpu with { GroupMembers = [gpu.Address, "0000:09:00.0"] }).ToValueList() }));
    }

    [Fact]
    public void Leave_a_running_guest_the_card_that_it_has()
    {
        var there = There with { Guests = [Running("g0", Second), Machine.Guest("g1")] };
        Assert.Equal([Second, Nouveau], Cards(["auto", "auto"], there));
        Assert.Equal([null, Nouveau], Cards(["auto", "auto"], there with { Guests = [Running("g0"), Machine.Guest("g1")] }));
    }

    [Fact]
    public void Go_to_the_next_card_where_one_is_refused_and_say_so_where_none_is_left()
    {
        var one = SeatPlanner.Plan(Wanted("auto"), Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Refused(Nouveau));
        Assert.Equal((First, GpuTaking.Chosen), StartOf(one));
        Assert.Empty(one.Problems);

        var none = SeatPlanner.Plan(Wanted("auto"), Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Refused(Nouveau, First, Second));
        Assert.Equal((null, null), StartOf(none));
        Assert.Equal(
            $"guest 'g0' is without a gpu: {Nouveau}: it is busy; {First}: it is busy; {Second}: it is busy", Assert.Single(none.Problems).Sentence);
    }

    [Fact]
    public void Start_a_guest_without_its_card_where_that_is_refused_and_say_why()
    {
        var plan = SeatPlanner.Plan(Wanted($"pci:{Nouveau}"), Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Refused(Nouveau));
        Assert.Equal((null, null), StartOf(plan));
        Assert.Contains(new Problem("s0", $"guest 'g0' is without the gpu {Nouveau}: it is busy"), plan.Problems);
        Assert.DoesNotContain(plan.Problems, problem => problem.Prevents);
    }

    [Fact]
    public void Say_of_each_card_whether_the_configuration_named_it_or_it_was_chosen()
    {
        Assert.Equal((Nouveau, GpuTaking.Named), StartOf(SeatPlanner.Plan(Wanted($"pci:{Nouveau}"), Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Current.Nothing)));
        Assert.Equal((Nouveau, GpuTaking.Chosen), StartOf(SeatPlanner.Plan(Wanted("auto"), Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Current.Nothing)));
        Assert.Equal((First, GpuTaking.Named), StartOf(SeatPlanner.Plan(Wanted($"pci:{First}"), Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Current.Nothing)));
    }

    [Fact]
    public void Wait_for_a_card_that_is_not_there_and_start_when_it_comes()
    {
        var wanted = Wanted($"pci:{First}");
        var without = There with { Guests = [Machine.Guest("g0")], Gpus = There.Gpus.Where(gpu => gpu.Address != First).ToValueList() };
        var before = SeatPlanner.Plan(wanted, Memory.Empty, without, Current.Nothing);
        Assert.DoesNotContain(before.Steps, step => step is StartGuest);
        Assert.Contains(before.Problems, problem => problem.Prevents);

        Assert.Equal((First, GpuTaking.Named), StartOf(SeatPlanner.Plan(wanted, Memory.Empty, There with { Guests = [Machine.Guest("g0")] }, Current.Nothing)));
    }

    [Fact]
    public void Say_of_a_guest_that_runs_without_its_card_how_it_gets_it()
    {
        var plan = SeatPlanner.Plan(Wanted($"pci:{First}"), Memory.Empty, There with { Guests = [Running("g0")] }, Current.Nothing);
        Assert.Contains(
            new Problem("s0", $"guest 'g0' runs without the gpu {First} of its seat: shut it down, then start it with 'seatctl seat start s0'"), plan.Problems);
        Assert.Empty(SeatPlanner.Plan(Wanted($"pci:{First}"), Memory.Empty, There with { Guests = [Running("g0", First)] }, Current.Nothing).Problems);
    }

    private static Display Display(string connector, string gpu) => new(connector, gpu, true, null, null, null);

    private static Guest Running(string name, params ReadOnlySpan<string> cards) =>
        Machine.Guest(name, GuestState.Running) with { Seat = $"s{name[1]}", Passed = ValueList.Create(cards) };

    private static Current Refused(params ReadOnlySpan<string> cards)
    {
        var refused = new List<RefusedGpu>();
        foreach (var card in cards)
            refused.Add(new(card, "it is busy"));
        return Current.Nothing with { Refused = refused.ToValueList() };
    }

    private static (string? Gpu, GpuTaking? Taking) StartOf(Plan plan) => Assert.Single(plan.Steps.OfType<StartGuest>()) is var start ? (start.Gpu, start.Taking) : default;

    private static SeatsConfiguration Wanted(params string[] gpus) => Wanted("", gpus);

    private static SeatsConfiguration Wanted(string head, string[] gpus) => SeatsToml.Parse(
        head + string.Concat(gpus.Select((gpu, i) => $"[[seat]]\nname='s{i}'\nguests=['g{i}']\ngpu='{gpu}'\n")), "f").Configuration!;

    private static IEnumerable<string?> Cards(string[] gpus, Inventory observed, string head = "") =>
        GpuChoice.Resolve(Wanted(head, gpus), Memory.Empty, observed, Current.Nothing).Seats.Select(seat => seat.Gpu);
}
