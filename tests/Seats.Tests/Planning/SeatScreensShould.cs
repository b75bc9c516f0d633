using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>One card of the host's with two monitors, and a seat at each.</summary>
public sealed class SeatScreensShould
{
    private const string Card = "0000:00:02.0", First = "card0-DP-1", Second = "card0-DP-2";
    private const string TwoSeats = "[[seat]]\nname='left'\nguests=['windows']\ndisplays=['connector:card0-DP-1']\n[[seat]]\nname='right'\nguests=['work']\ndisplays=['edid:GSM-5B7F-11']\n";

    private static readonly Inventory There = Machine.Example with
    {
        Displays = [new(First, Card, true, "DELL", "DEL-40F1-AB123", "1920x1080"), new(Second, Card, true, "LG 27", "GSM-5B7F-11", "1280x1024")],
        Gpus = [new(Card, "i915", "8086", "4680", true, 1, [Card])],
    };

    [Fact]
    public void Lend_each_seat_the_monitor_that_it_names_and_start_its_guest_in_that_size()
    {
        var plan = Plan(TwoSeats, There, []);
        Assert.Equal([new LendMonitor("left", First, Card), new LendMonitor("right", Second, Card)], plan.Steps.OfType<LendMonitor>());
        Assert.Equal([new(1920, 1080), new(1280, 1024)], plan.Steps.OfType<StartGuest>().Select(start => start.Screen!.Value));
        // Which draws for them, where they have 3D.
        Assert.Equal([Card, Card], plan.Steps.OfType<StartGuest>().Select(start => start.ScreenCard));
    }

    [Fact]
    public void Show_a_guest_turned_where_its_monitor_stands_on_its_side_and_start_it_in_the_size_that_is_seen()
    {
        var turned = TwoSeats.Replace("displays=['edid", "rotate=90\ndisplays=['edid", StringComparison.Ordinal);
        var plan = Plan(turned, There, []);
        Assert.Equal([new LendMonitor("left", First, Card), new LendMonitor("right", Second, Card) { Rotation = Rotation.Clockwise }], plan.Steps.OfType<LendMonitor>());
        Assert.Equal([new(1920, 1080), new(1024, 1280)], plan.Steps.OfType<StartGuest>().Select(start => start.Screen!.Value));
        Assert.Empty(OfScreens(Plan(turned, There, Done(plan))));
        // Turned again while it is lent, and upright as soon as nothing is said of it.
        var lent = Done(plan);
        Assert.Equal([new TurnMonitor("right", Second, Rotation.Half)], OfScreens(Plan(turned.Replace("rotate=90", "rotate=[180]", StringComparison.Ordinal), There, lent)));
        Assert.Equal([new TurnMonitor("right", Second, Rotation.None)], OfScreens(Plan(TwoSeats, There, lent)));
    }

    [Fact]
    public void Show_each_guest_that_runs_and_then_have_nothing_left_to_do()
    {
        var there = Running("windows", "left");
        var plan = Plan(TwoSeats, there, []);
        Assert.Contains(new ShowPicture("left", First, Machine.Uuid("windows"), "windows", 1), plan.Steps);
        Assert.DoesNotContain(plan.Steps, step => step is ShowPicture { Seat: "right" });

        Assert.Empty(OfScreens(Plan(TwoSeats, there, Done(plan))));
    }

    [Fact]
    public void Lend_nothing_where_nobody_can_and_know_of_no_screen_then()
    {
        var plan = Plan(TwoSeats, There, null);
        Assert.Empty(OfScreens(plan));
        Assert.All(plan.Steps.OfType<StartGuest>(), start => Assert.Null(start.Screen));
    }

    [Theory]
    [InlineData("gpu='pci:0000:00:02.0'\n", "")]
    [InlineData("", "[host]\ndisplay='connector:card0-DP-1'\n")]
    [InlineData("", "[host]\nkeep=['pci:0000:00:02.0']\n")]
    public void Leave_a_monitor_to_whose_card_or_monitor_it_is(string seat, string host) =>
        Assert.Empty(Plan($"{host}[[seat]]\nname='left'\nguests=['windows']\ndisplays=['connector:card0-DP-1']\n{seat}", There, []).Steps.OfType<LendMonitor>());

    [Fact]
    public void Give_a_monitor_that_two_seats_name_to_the_first_alone() => Assert.Equal(
        [new LendMonitor("left", First, Card)],
        Plan(TwoSeats.Replace("GSM-5B7F-11", "DEL-40F1-AB123", StringComparison.Ordinal), There, []).Steps.OfType<LendMonitor>());

    [Fact]
    public void Take_a_monitor_back_that_was_pulled_whose_seat_is_no_more_or_that_is_another_seats_now()
    {
        ValueList<LentScreen> lent = [new("left", First), new("right", Second)];
        var pulled = There with { Displays = There.Displays.Select(display => display.Connector == First ? display with { Connected = false, Mode = null } : display).ToValueList() };
        Assert.Equal([new TakeMonitorBack("left", First)], Plan(TwoSeats, pulled, lent).Steps.OfType<TakeMonitorBack>());
        Assert.Equal(
            [new TakeMonitorBack(Step.Host, Second)], Plan(TwoSeats[..TwoSeats.LastIndexOf("[[seat]]", StringComparison.Ordinal)], There, lent).Steps.OfType<TakeMonitorBack>());

        var swapped = TwoSeats.Replace("card0-DP-1", "card0-DP-2", StringComparison.Ordinal).Replace("edid:GSM-5B7F-11", "edid:DEL-40F1-AB123", StringComparison.Ordinal);
        var first = Plan(swapped, There, lent);
        Assert.Equal([new TakeMonitorBack("left", First), new TakeMonitorBack("right", Second)], first.Steps.OfType<TakeMonitorBack>());
        Assert.Empty(first.Steps.OfType<LendMonitor>());
        Assert.Equal([new LendMonitor("left", Second, Card), new LendMonitor("right", First, Card)], Plan(swapped, There, []).Steps.OfType<LendMonitor>());
    }

    [Fact]
    public void Follow_the_focus_with_the_picture()
    {
        const string Both = "[[seat]]\nname='left'\nguests=['windows','work']\ndisplays=['connector:card0-DP-1']\n";
        var there = Running("windows", "left");
        ValueList<LentScreen> lent = [new("left", First) { Guest = "windows" }];
        var away = Plan(Both, there, lent, focus: "work");
        Assert.Contains(new ShowNoPicture("left", First), away.Steps);
        Assert.Equal("Guest 'work' is off.", Assert.Single(away.Steps.OfType<SayOnScreen>(), say => say.Seat == "left").Words.Heading);

        var both = there with { Guests = there.Guests!.Value.Select(guest => guest with { State = GuestState.Running, Screen = 0 }).ToValueList() };
        Assert.Equal([new ShowPicture("left", First, Machine.Uuid("work"), "work", 0)], Plan(Both, both, lent, focus: "work").Steps.OfType<ShowPicture>());
        Assert.Empty(Plan(Both, both, lent, focus: "windows").Steps.OfType<ShowPicture>());
    }

    [Fact]
    public void Show_a_guest_at_the_one_seat_where_it_is_seen_and_tell_the_other_which_that_is()
    {
        var both = TwoSeats.Replace("['windows']", "['windows','work']", StringComparison.Ordinal);
        var there = There with { Guests = There.Guests!.Value.Select(guest => guest with { State = GuestState.Running, Screen = 0 }).ToValueList() };
        ValueList<LentScreen> seen = [new("left", First) { Guest = "windows" }, new("right", Second) { Guest = "work" }];
        var away = Plan(both, there, seen, focus: "work");
        Assert.Empty(away.Steps.OfType<ShowPicture>());
        Assert.Equal(new ShowNoPicture("left", First), Assert.Single(away.Steps.OfType<ShowNoPicture>()));
        Assert.Equal("Guest 'work' is seen at seat right.", Assert.Single(away.Steps.OfType<SayOnScreen>(), say => say.Seat == "left").Words.Heading);

        // Where it is seen nowhere yet, the first in the file has it.
        ValueList<LentScreen> dark = [.. seen.Select(screen => screen with { Guest = null })];
        Assert.Equal("left", Assert.Single(Plan(both, there, dark, focus: "work").Steps.OfType<ShowPicture>()).Seat);
    }

    [Fact]
    public void Leave_what_is_shown_while_libvirt_cannot_be_asked() =>
        Assert.Empty(OfScreens(Plan(TwoSeats, There with { Guests = null }, [new("left", First) { Guest = "windows" }, new("right", Second)])));

    [Fact]
    public void Say_why_there_is_no_picture()
    {
        var off = Plan(TwoSeats, There, []).Steps.OfType<SayOnScreen>().First().Words;
        Assert.Equal(new("Guest 'windows' is off.", ["Start it with: seatctl seat start left"]), off);
        var saved = There with { Guests = There.Guests!.Value.Select(guest => guest with { IsSaved = true }).ToValueList() };
        Assert.Equal("Guest 'windows' is saved, and goes on where it was.", Plan(TwoSeats, saved, []).Steps.OfType<SayOnScreen>().First().Words.Heading);
        var bare = Running("windows", "left", screen: null);
        Assert.Equal("Guest 'windows' has no picture for this screen.", Plan(TwoSeats, bare, []).Steps.OfType<SayOnScreen>().First().Words.Heading);
    }

    [Fact]
    public void Be_told_of_in_the_status()
    {
        var current = Current([new("left", First) { Rotation = Rotation.Half }], null);
        var wanted = SeatsToml.Parse(TwoSeats, "f").Configuration!;
        var status = StatusPicture.Make(wanted, Memory.Empty, There, current, SeatPlanner.Plan(wanted, Memory.Empty, There, current), [], [], null);
        Assert.Equal([("lease", 180), (null, 0)], status.Seats.Select(seat => Assert.Single(seat.Displays)).Select(display => (display.Way, display.Rotate)));
    }

    private static Inventory Running(string name, string seat, int? screen = 1) => There with
    {
        Guests = There.Guests!.Value.Select(guest => guest.Name == name ? guest with { State = GuestState.Running, Seat = seat, Screen = screen } : guest).ToValueList(),
    };

    /// <summary>What is lent when a plan's steps are done.</summary>
    private static ValueList<LentScreen> Done(Plan plan) => plan.Steps.OfType<LendMonitor>().Select(lend => new LentScreen(lend.Seat, lend.Connector)
    {
        Rotation = lend.Rotation,
        Guest = plan.Steps.OfType<ShowPicture>().FirstOrDefault(show => show.Connector == lend.Connector)?.GuestName,
        Says = plan.Steps.OfType<SayOnScreen>().Single(say => say.Connector == lend.Connector).Words,
    }).ToValueList();

    private static IEnumerable<Step> OfScreens(Plan plan) => plan.Steps.Where(step => step is LendMonitor or TurnMonitor or TakeMonitorBack or ShowPicture or ShowNoPicture or SayOnScreen);

    private static Plan Plan(string seats, Inventory observed, ValueList<LentScreen>? lent, string? focus = null) =>
        SeatPlanner.Plan(SeatsToml.Parse(seats, "f").Configuration!, Memory.Empty, observed, Current(lent, focus));

    /// <summary>The router has each guest's virtual devices, so that nothing stands before the start.</summary>
    private static Current Current(ValueList<LentScreen>? lent, string? focus)
    {
        RouterSink Sink(int number, string guest, SinkKind kind) => new(number, number, Machine.Uuid(guest), kind, false);
        ValueList<RouterSink> sinks =
            [Sink(100, "windows", SinkKind.Keyboard), Sink(101, "windows", SinkKind.Pointer), Sink(102, "work", SinkKind.Keyboard), Sink(103, "work", SinkKind.Pointer)];
        ValueList<RouterSeat> seats = [new("left", new([], [Machine.Uuid("windows")]), focus is null ? null : Machine.Uuid(focus)), new("right", new([], [Machine.Uuid("work")]), null)];
        return Phyllome.Seats.Planning.Current.Nothing with { Router = RouterState.Empty with { Sinks = sinks, Seats = seats }, Screens = lent };
    }
}
