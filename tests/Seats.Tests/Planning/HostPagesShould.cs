using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The card that showed the boot has three monitors, and a seat is at the second one.</summary>
public sealed class HostPagesShould
{
    private const string Card = "0000:00:02.0", Other = "0000:01:00.0";
    private const string First = "card0-DP-1", Second = "card0-DP-2", Third = "card0-DP-3", Elsewhere = "card1-HDMI-A-1";
    private const string Left = "[[seat]]\nname='left'\nguests=['windows']\ndisplays=['connector:card0-DP-2']\n";
    private const string Right = "[[seat]]\nname='right'\nguests=['work']\ndisplays=['connector:card0-DP-3']\n";

    private static readonly LentScreen Seats = new("left", Second);

    private static readonly Inventory There = Machine.Example with
    {
        HostName = "living-room",
        Displays =
        [
            new(First, Card, true, null, null, "1920x1080"), new(Second, Card, true, "LG 27", "GSM-5B7F-11", "1280x1024"), new(Third, Card, true, null, null, "800x600"),
            new("card0-DP-4", Card, false, null, null, null), new(Elsewhere, Other, true, null, null, "800x600"),
        ],
        Gpus = [new(Card, "i915", "8086", "4680", true, 1, [Card]), new(Other, "amdgpu", "1002", "73df", false, 2, [Other])],
    };

    [Fact]
    public void Come_when_the_seat_has_its_monitor_on_all_others_of_that_card_and_then_stay()
    {
        Assert.Empty(OfHost(Plan(Left, [])));
        var plan = Plan(Left, [Seats]);
        Assert.Equal([new LendMonitor(Step.Host, First, Card), new(Step.Host, Third, Card)], plan.Steps.OfType<LendMonitor>());
        Assert.Equal([First, Third], plan.Steps.OfType<SayOnScreen>().Where(say => say.Seat == Step.Host).Select(say => say.Connector));
        Assert.Empty(OfHost(Plan(Left, [Seats, .. Done(plan)])));
    }

    [Fact]
    public void Say_what_the_host_is_called_who_is_where_and_what_brings_its_console_back()
    {
        var words = Plan(Left, [Seats]).Steps.OfType<SayOnScreen>().First(say => say.Seat == Step.Host).Words;
        Assert.Equal("living-room", words.Title);
        Assert.Equal("This is the host.", words.Heading);
        Assert.EndsWith("It comes back with: seatctl host take", words.Lines[0], StringComparison.Ordinal);
        Assert.Equal("left at LG 27 (DP-2).", words.Lines[1]);
    }

    [Fact]
    public void Say_it_again_when_somebody_else_sits_down()
    {
        var page = Done(Plan(Left, [Seats]))[0];
        var words = Assert.Single(Plan(Left + Right, [Seats, new("right", Third), page]).Steps.OfType<SayOnScreen>(), say => say.Seat == Step.Host).Words;
        Assert.Equal("left at LG 27 (DP-2), right at DP-3.", words.Lines[1]);
    }

    [Fact]
    public void Begin_with_the_monitor_that_the_configuration_says_is_the_hosts() =>
        Assert.Equal(Third, Plan($"[host]\ndisplay='connector:{Third}'\n{Left}", [Seats]).Steps.OfType<LendMonitor>().First().Connector);

    [Fact]
    public void Wait_for_the_seats_since_a_card_may_drive_fewer_monitors_than_it_has()
    {
        Assert.Empty(OfHost(Plan(Left + Right, [Seats])));
        Assert.Equal([First], Plan(Left + Right, [Seats, new("right", Third)]).Steps.OfType<LendMonitor>().Select(lend => lend.Connector));
    }

    [Fact]
    public void Give_way_to_a_seat_that_is_to_have_their_monitor()
    {
        ValueList<LentScreen> lent = [Seats, .. Done(Plan(Left, [Seats]))];
        var plan = Plan(Left + Right, lent);
        Assert.Equal([new TakeMonitorBack(Step.Host, Third)], plan.Steps.OfType<TakeMonitorBack>());
        Assert.Empty(plan.Steps.OfType<LendMonitor>());
        Assert.Contains(new LendMonitor("right", Third, Card), Plan(Left + Right, lent.Where(screen => screen.Connector != Third).ToValueList()).Steps);
    }

    [Fact]
    public void Go_with_the_last_seat_so_that_the_console_is_drawn_again()
    {
        var pages = Done(Plan(Left, [Seats]));
        ValueList<LentScreen> lent = [Seats, .. pages];
        Assert.Equal(new[] { First, Second, Third }, Plan("", lent).Steps.OfType<TakeMonitorBack>().Select(back => back.Connector));
        var taken = SeatPlanner.Plan(Configuration(Left), Memory.Empty.WithTaken(["left"]), There, Current(lent));
        Assert.Equal(new[] { First, Second, Third }, taken.Steps.OfType<TakeMonitorBack>().Select(back => back.Connector));
        Assert.Empty(taken.Steps.OfType<LendMonitor>());
    }

    [Fact]
    public void Stay_while_a_seats_presenter_is_replaced()
    {
        var plan = Plan(Left, Done(Plan(Left, [Seats])));
        Assert.Empty(plan.Steps.OfType<TakeMonitorBack>());
        Assert.Equal([new LendMonitor("left", Second, Card)], plan.Steps.OfType<LendMonitor>());
    }

    [Fact]
    public void Go_where_their_monitor_is_pulled()
    {
        ValueList<LentScreen> lent = [Seats, .. Done(Plan(Left, [Seats]))];
        var pulled = There with { Displays = There.Displays.Select(display => display.Connector == Third ? display with { Connected = false } : display).ToValueList() };
        Assert.Equal([new TakeMonitorBack(Step.Host, Third)], SeatPlanner.Plan(Configuration(Left), Memory.Empty, pulled, Current(lent)).Steps.OfType<TakeMonitorBack>());
    }

    [Fact]
    public void Not_be_on_a_card_that_does_not_show_the_host()
    {
        var far = Left.Replace(Second, Elsewhere, StringComparison.Ordinal);
        var there = There with { Displays = [.. There.Displays, new("card1-DP-1", Other, true, null, null, "800x600")] };
        Assert.Empty(OfHost(SeatPlanner.Plan(Configuration(far), Memory.Empty, there, Current([new("left", Elsewhere)]))));
    }

    [Fact]
    public void Be_what_a_seat_sees_whose_keyboard_is_the_hosts()
    {
        var plan = SeatPlanner.Plan(Configuration("[host]\nseat='left'\n" + Left), Memory.Empty, There, Current([Seats], HostReach.Id));
        var words = Assert.Single(plan.Steps.OfType<SayOnScreen>(), say => say.Seat == "left").Words;
        Assert.Equal(("living-room", "This keyboard is the host's now."), (words.Title, words.Heading));
        Assert.Contains(words.Lines, line => line.Contains("seatctl host take", StringComparison.Ordinal));
    }

    [Fact]
    public void Be_told_of_in_the_status()
    {
        var current = Current([Seats, .. Done(Plan(Left, [Seats]))]);
        var status = StatusPicture.Make(Configuration(Left), Memory.Empty, There, current, SeatPlanner.Plan(Configuration(Left), Memory.Empty, There, current), [], [], null);
        Assert.Equal([(First, "page"), (Third, "page"), (Elsewhere, null)], status.Host.Displays.Select(display => (display.Connector, display.Way)));
    }

    private static IEnumerable<Step> OfHost(Plan plan) => plan.Steps.Where(step => step.Seat == Step.Host && step is (LendMonitor or TakeMonitorBack or SayOnScreen));

    /// <summary>The pages when a plan's steps are done.</summary>
    private static ValueList<LentScreen> Done(Plan plan) => [.. plan.Steps.OfType<LendMonitor>().Where(lend => lend.Seat == Step.Host)
        .Select(lend => new LentScreen(Step.Host, lend.Connector) { Says = plan.Steps.OfType<SayOnScreen>().Single(say => say.Connector == lend.Connector).Words })];

    private static SeatsConfiguration Configuration(string seats) => SeatsToml.Parse(seats, "f").Configuration!;

    private static Plan Plan(string seats, ValueList<LentScreen> lent) => SeatPlanner.Plan(Configuration(seats), Memory.Empty, There, Current(lent));

    private static Current Current(ValueList<LentScreen> lent, Guid? focus = null) => Phyllome.Seats.Planning.Current.Nothing with
    {
        Router = RouterState.Empty with { Seats = [new("left", new([], [Machine.Uuid("windows")]), focus)] },
        Screens = lent,
    };
}
