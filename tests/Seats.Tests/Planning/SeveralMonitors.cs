using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>One seat with two monitors of a card of the host's.</summary>
public sealed class SeveralMonitors
{
    private const string Card = "0000:00:02.0", First = "card0-DP-1", Second = "card0-DP-2";
    private const string Seat = "[[seat]]\nname='left'\nguests=['windows','work']\ndisplays=['edid:GSM-5B7F-11','connector:card0-DP-1']\nrotate=[90,0]\n";

    // The one that is named first is the second by its connector.
    private static readonly Display Main = new(Second, Card, true, "LG 27", "GSM-5B7F-11", "1280x1024"), Other = new(First, Card, true, "DELL", "DEL-40F1-AB123", "1920x1080");

    private static readonly Inventory There = Machine.Example with { Displays = [Other, Main], Gpus = [new(Card, "i915", "8086", "4680", true, 1, [Card])] };

    [Fact]
    public void Are_lent_and_the_guest_is_started_with_a_screen_for_each_and_the_size_of_the_first_that_is_named()
    {
        var plan = Plan(There, []);
        Assert.Equal([new LendMonitor("left", Second, Card) { Rotation = Rotation.Clockwise }, new("left", First, Card)], plan.Steps.OfType<LendMonitor>());
        var start = Assert.Single(plan.Steps.OfType<StartGuest>());
        Assert.Equal((2, new ScreenSize(1024, 1280)), (start.Heads, start.Screen!.Value));
        // What is to be said is said on the main one, and the other one is quiet.
        Assert.Equal([(Second, "Guest 'windows' is off."), (First, "")], plan.Steps.OfType<SayOnScreen>().Select(say => (say.Connector, say.Words.Heading)));
        // One that is not there may come while the guest runs.
        Assert.Equal(2, Assert.Single(Plan(There with { Displays = [Main] }, []).Steps.OfType<StartGuest>()).Heads);
    }

    [Fact]
    public void Show_the_guests_screens_in_the_order_in_which_they_are_named_and_then_there_is_nothing_left_to_do()
    {
        var there = Running(There);
        var lent = Settle(there, Lent());
        Assert.Equal([(First, 1), (Second, 0)], lent.Select(screen => (screen.Connector, screen.Head!.Number)));
        Assert.All(lent, screen => Assert.Equal(("windows", 2, [0, 1]), (screen.Guest, screen.Head!.Of, screen.Head.On)));
        Assert.Empty(Plan(there, lent).Problems);
    }

    [Fact]
    public void A_pulled_one_takes_its_screen_away_and_touches_no_other_and_has_it_again_when_it_is_back()
    {
        var there = Running(There);
        var whole = Settle(there, Lent());
        var pulled = there with { Displays = [Other with { Connected = false, Mode = null }, Main] };
        Assert.Equal(
            [new TakeMonitorBack("left", First), new ShowPicture("left", Second, Machine.Uuid("windows"), "windows", 0) { Head = new(0, 2, [0]) }], OfScreens(Plan(pulled, whole)));
        var one = Settle(pulled, whole);
        Assert.Equal([new(0, 2, [0])], one.Select(screen => screen.Head));
        Assert.Equal(whole, Settle(there, one));
    }

    [Fact]
    public void Where_the_main_one_is_pulled_the_other_keeps_its_screen_and_says_what_is_to_be_said()
    {
        var there = Running(There);
        var whole = Settle(there, Lent());
        var pulled = there with { Displays = [Other, Main with { Connected = false, Mode = null }] };
        var left = Assert.Single(Settle(pulled, whole));
        Assert.Equal((First, new GuestHead(1, 2, [1])), (left.Connector, left.Head));
        Assert.Equal("Guest 'windows' has drawn nothing yet.", left.Says!.Heading);
        Assert.Equal(whole.Select(screen => (screen.Connector, screen.Head)), Settle(there, [left]).Select(screen => (screen.Connector, screen.Head)));
        // A guest that is started meanwhile begins on the one that is there.
        Assert.Equal(0, Assert.Single(Settle(pulled, [left with { Guest = null, Head = null }])).Head!.Number);
    }

    [Fact]
    public void A_guest_that_has_too_few_screens_shows_what_it_has_and_the_seat_says_how_it_gets_more()
    {
        var there = Running(There, heads: 1);
        var lent = Settle(there, Lent());
        Assert.Equal([null, "windows"], lent.Select(screen => screen.Guest));
        Assert.Equal("Guest 'windows' has no further screen.", lent[0].Says!.Heading);
        Assert.Equal(
            ["guest 'windows' has one screen for the 2 monitors of this seat: shut it down, then start it with 'seatctl seat start left'; only a virtio card has several"],
            Plan(there, lent).Problems.Select(problem => problem.Sentence));
        // With the main one pulled it is on the other, as the only one that is there.
        Assert.Equal("windows", Assert.Single(Settle(there with { Displays = [Other] }, lent)).Guest);
    }

    [Fact]
    public void A_screen_that_the_guest_has_no_more_is_on_no_monitor_any_more()
    {
        const string Third = "card0-DP-3";
        var three = There with { Displays = [Other, Main, Main with { Connector = Third }] };
        var lent = Settle(Running(three, heads: 3), [.. Lent(), new("left", Third) { Rotation = Rotation.Clockwise }]);
        Assert.Equal([(First, 2), (Second, 0), (Third, 1)], lent.Select(screen => (screen.Connector, screen.Head!.Number)));
        lent = Settle(Running(three), lent);
        Assert.Equal([null, 0, 1], lent.Select(screen => screen.Head?.Number));
        Assert.Equal((null, "Guest 'windows' has no further screen."), (lent[0].Guest, lent[0].Says!.Heading));
    }

    [Fact]
    public void Follow_the_focus_together()
    {
        var there = Running(There);
        var away = Settle(there, Settle(there, Lent()), focus: "work");
        Assert.Equal([(null, ""), (null, "Guest 'work' is off.")], away.Select(screen => (screen.Guest, screen.Says!.Heading)));
        Assert.Equal([1, 0], Settle(there, away).Select(screen => screen.Head!.Number));
    }

    [Fact]
    public void The_next_manager_tells_the_guest_anew_of_its_monitors_and_moves_no_screen()
    {
        var there = Running(There);
        // As the presenters say it: which screen, and not of how many.
        var found = Settle(there, Lent()).Select(screen => screen with { Head = new(1 - screen.Head!.Number, 0, []) }).ToValueList();
        Assert.Equal([new GuestHead(0, 2, [0, 1]), new(1, 2, [0, 1])], Settle(there, found).Select(screen => screen.Head));
    }

    [Fact]
    public void Of_what_is_remembered_of_a_seat_that_formed_by_itself_all_names_are_of_one_monitor()
    {
        var memory = Memory.Empty with { Seats = [new("seat1", "windows", null) { Displays = ["edid:GSM-5B7F-11", "connector:card0-DP-1"] }] };
        ValueList<LentScreen> lent = [new("seat1", First), new("seat1", Second)];
        var plan = SeatPlanner.Plan(SeatsConfiguration.Default, memory, Running(There, seat: "seat1"), Current(lent, null));
        Assert.Equal([new TakeMonitorBack("seat1", First)], plan.Steps.OfType<TakeMonitorBack>());
    }

    [Fact]
    public void Are_told_of_in_the_status_the_main_one_first()
    {
        var there = Running(There);
        var current = Current(Settle(there, Lent()), null);
        var wanted = SeatsToml.Parse(Seat, "f").Configuration!;
        var seat = Assert.Single(StatusPicture.Make(wanted, Memory.Empty, there, current, SeatPlanner.Plan(wanted, Memory.Empty, there, current), [], [], null).Seats);
        Assert.Equal([(Second, 0, 90), (First, 1, 0)], seat.Displays.Select(display => (display.Connector, display.Head ?? -1, display.Rotate)));
        Assert.Equal(Second, seat.MainMonitor);
    }

    private static Inventory Running(Inventory there, int heads = 2, string seat = "left") => there with
    {
        Guests = there.Guests!.Value.Select(guest => guest.Name == "windows" ? guest with { State = GuestState.Running, Seat = seat, Screen = 0, Heads = heads } : guest).ToValueList(),
    };

    private static ValueList<LentScreen> Lent() => [new("left", First), new("left", Second) { Rotation = Rotation.Clockwise }];

    /// <summary>What is lent when there is nothing left to do for the screens.</summary>
    private static ValueList<LentScreen> Settle(Inventory there, ValueList<LentScreen> lent, string? focus = null)
    {
        for (var round = 0; round < 4; round++)
        {
            var steps = OfScreens(Plan(there, lent, focus)).ToList();
            if (steps.Count == 0)
                return lent;
            foreach (var step in steps)
            {
                lent = step switch
                {
                    LendMonitor lend => [.. lent, new(lend.Seat, lend.Connector) { Rotation = lend.Rotation }],
                    TakeMonitorBack back => lent.Where(screen => screen.Connector != back.Connector).ToValueList(),
                    SayOnScreen say => With(say.Connector, screen => screen with { Says = say.Words }),
                    ShowPicture show => With(show.Connector, screen => screen with { Guest = show.GuestName, Head = show.Head }),
                    ShowNoPicture none => With(none.Connector, screen => screen with { Guest = null, Head = null }),
                    _ => throw new InvalidOperationException(step.Sentence),
                };
            }

            lent = lent.OrderBy(screen => screen.Connector, StringComparer.Ordinal).ToValueList();
        }

        throw new InvalidOperationException("it does not come to rest");

        ValueList<LentScreen> With(string connector, Func<LentScreen, LentScreen> change) => lent.Select(screen => screen.Connector == connector ? change(screen) : screen).ToValueList();
    }

    private static IEnumerable<Step> OfScreens(Plan plan) =>
        plan.Steps.Where(step => step is LendMonitor or TurnMonitor or TakeMonitorBack or ShowPicture or ShowNoPicture or SayOnScreen && step.Seat == "left");

    private static Plan Plan(Inventory observed, ValueList<LentScreen> lent, string? focus = null) =>
        SeatPlanner.Plan(SeatsToml.Parse(Seat, "f").Configuration!, Memory.Empty, observed, Current(lent, focus));

    private static Current Current(ValueList<LentScreen> lent, string? focus)
    {
        RouterSink Sink(int number, string guest, SinkKind kind) => new(number, number, Machine.Uuid(guest), kind, false);
        ValueList<RouterSink> sinks =
            [Sink(100, "windows", SinkKind.Keyboard), Sink(101, "windows", SinkKind.Pointer), Sink(102, "work", SinkKind.Keyboard), Sink(103, "work", SinkKind.Pointer)];
        ValueList<RouterSeat> seats = [new("left", new([], [Machine.Uuid("windows"), Machine.Uuid("work")]), focus is null ? null : Machine.Uuid(focus))];
        return Phyllome.Seats.Planning.Current.Nothing with { Router = RouterState.Empty with { Sinks = sinks, Seats = seats }, Screens = lent };
    }
}
