using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A seat that is seen from elsewhere, with two guests in its reach.</summary>
public sealed class SeatDoorsShould
{
    private const string Seat = "[[seat]]\nname='left'\nguests=['windows','work']\nowner='alice'\ndisplays=['remote']\n", Listens = Seat + "remote={listen='0.0.0.0:5901',size='3840x2160'}\n";

    private static readonly Guid Windows = Machine.Uuid("windows"), Work = Machine.Uuid("work");

    private static readonly Memory Said = Memory.Empty.With("left", remote => remote with { Password = "1$c2FsdA==$aGFzaA==" });

    [Fact]
    public void Open_a_door_for_a_seat_that_is_seen_from_elsewhere_and_then_have_nothing_left_to_do()
    {
        var plan = Plan(Listens, []);
        var open = Assert.Single(plan.Steps.OfType<OpenRemote>());
        Assert.Equal(new RemoteDoor("left", "0.0.0.0:5901", "alice", ViewOnly: false) { Owner = "alice", Password = Said.Remotes[0].Password }, open.Door);
        Assert.Equal("have seat left seen from elsewhere, at 0.0.0.0:5901", open.Sentence);

        Assert.Empty(OfDoors(Plan(Listens, [new("left", open.Door, "s", [])])));
    }

    [Fact]
    public void Tell_a_door_anew_what_it_is_to_be_that_a_manager_before_opened() =>
        Assert.IsType<ChangeRemote>(Assert.Single(OfDoors(Plan(Seat, [new("left", null, "s", [])]))));

    [Fact]
    public void Change_a_door_when_something_else_is_said_of_it()
    {
        var door = SeatDoors.Of(SeatsToml.Parse(Listens, "f").Configuration!.Seats[0], Said)!;
        Assert.Equal(new ChangeRemote("left", door with { ViewOnly = true }), Assert.Single(OfDoors(Plan(Listens, [new("left", door, "s", [])], Said.With("left", one => one with { ViewOnly = true })))));
        Assert.Equal(new ChangeRemote("left", door with { Listen = null }), Assert.Single(OfDoors(Plan(Seat, [new("left", door, "s", [])]))));
    }

    [Theory]
    [InlineData("[[seat]]\nname='left'\nguests=['windows']\n")]
    [InlineData("")]
    public void Close_the_door_of_a_seat_that_is_no_longer_seen_or_is_no_more(string wanted) =>
        Assert.Equal(new CloseRemote("left"), Assert.Single(OfDoors(Plan(wanted, [new("left", null, "s", [])]))));

    [Fact]
    public void Close_the_door_of_a_seat_that_the_host_has_taken_back() =>
        Assert.Equal(new CloseRemote("left"), Assert.Single(OfDoors(Plan(Seat, [new("left", null, "s", [])], Said.WithTaken(["left"])))));

    [Fact]
    public void Have_two_doors_exchange_their_ports_with_nobody_asking_for_one_that_is_still_another_doors()
    {
        static string At(string seat, int port) => $"[[seat]]\nname='{seat}'\nguests=['{(seat == "left" ? "windows" : "work")}']\ndisplays=['remote']\nremote={{listen='0.0.0.0:{port}'}}\n";
        var before = SeatsToml.Parse(At("left", 5901) + At("right", 5902), "f").Configuration!;
        ValueList<OpenedDoor> doors = [.. before.Seats.Select(seat => new OpenedDoor(seat.Name, SeatDoors.Of(seat, Said), "s", []))];
        for (var round = 0; round < 2; round++)
        {
            var told = OfDoors(Plan(At("left", 5902) + At("right", 5901), doors)).Cast<ChangeRemote>().ToDictionary(change => change.Seat, change => change.Door);
            Assert.Equal(round == 0 ? [null, null] : ["0.0.0.0:5902", "0.0.0.0:5901"], new[] { told["left"].Listen, told["right"].Listen });
            doors = [.. doors.Select(door => door with { As = told[door.Seat] })];
        }

        Assert.Empty(OfDoors(Plan(At("left", 5902) + At("right", 5901), doors)));
    }

    [Fact]
    public void Open_none_where_nobody_can() => Assert.Empty(OfDoors(Plan(Seat, null)));

    [Fact]
    public void Open_the_door_of_a_seat_whose_guest_is_not_there_so_that_who_comes_is_told_why() =>
        Assert.Single(OfDoors(Plan(Seat.Replace("windows", "nobody", StringComparison.Ordinal), [])), step => step is OpenRemote);

    [Theory]
    [InlineData("windows", "windows", false)]
    [InlineData("windows", "work", true)]
    [InlineData("work", "windows", true)]
    [InlineData("work", "host", true)]
    public void Send_viewers_away_when_the_focus_moves(string seen, string focus, bool away)
    {
        var door = SeatDoors.Of(SeatsToml.Parse(Seat, "f").Configuration!.Seats[0], Said)!;
        var steps = OfDoors(Plan(Seat, [new("left", door, "s", [new(1, "user 1000", seen)])], focus: focus == "host" ? HostReach.Id : Machine.Uuid(focus)));
        Assert.Equal(away ? [new EndRemoteViewers("left")] : [], steps);
    }

    [Fact]
    public void Leave_viewers_where_they_are_while_libvirt_cannot_be_asked()
    {
        var door = SeatDoors.Of(SeatsToml.Parse(Seat, "f").Configuration!.Seats[0], Said)!;
        Assert.Empty(OfDoors(Plan(Seat, [new("left", door, "s", [new(1, "user 1000", "windows")])], there: Machine.Example with { Guests = null }, focus: Work)));
    }

    [Fact]
    public void Start_a_guest_with_a_display_for_viewers_of_that_size() =>
        Assert.Equal(new RemoteScreen(new ScreenSize(3840, 2160)), Assert.Single(Plan(Listens, []).Steps.OfType<StartGuest>()).Remote);

    [Fact]
    public void Start_a_guest_with_one_that_another_seat_alone_is_seen_by()
    {
        var starts = Plan("[[seat]]\nname='right'\nguests=['work']\n" + Listens, []).Steps.OfType<StartGuest>().ToDictionary(start => start.GuestName, start => start.Remote);
        Assert.Equal(new RemoteScreen(new ScreenSize(3840, 2160)), starts["work"]);
        Assert.Null(Assert.Single(Plan("[[seat]]\nname='right'\nguests=['work']\n", []).Steps.OfType<StartGuest>()).Remote);
    }

    [Fact]
    public void Say_that_nobody_comes_in_over_TCP_before_a_password_is_set()
    {
        const string Sentence = "nobody comes in at 0.0.0.0:5901, since no password is set: 'seatctl remote left --password' sets one";
        Assert.Contains(Plan(Listens, [], Memory.Empty).Problems, problem => problem == new Problem("left", Sentence));
        Assert.DoesNotContain(Plan(Listens, []).Problems, problem => problem.Sentence == Sentence);
        Assert.DoesNotContain(Plan(Seat, [], Memory.Empty).Problems, problem => problem.Sentence == Sentence);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1, false)]
    public void Say_of_a_guest_that_was_started_without_a_display_that_it_gets_one_when_it_is_started_anew(int? vnc, bool said) => Assert.Equal(
        said,
        Plan(Seat, [], there: Running("windows", vnc)).Problems
            .Any(problem => problem == new Problem("left", "guest 'windows' runs without a remote display, which it gets when it is started anew: shut it down, then 'seatctl seat start left'")));

    [Fact]
    public void Let_a_guest_run_on_that_somebody_sees_from_elsewhere()
    {
        const string Leaves = "[[seat]]\nname='left'\nguests=['windows']\ndevices=['port:1-77']\ndisplays=['remote']\naway='shut-down'\n";
        var there = Running("windows", 0);
        Assert.Single(Plan(Leaves, [new("left", null, "s", [])], there: there, lingered: true).Steps.OfType<StopGuest>());
        Assert.Empty(Plan(Leaves, [new("left", null, "s", [new(1, "user 1000", "windows")])], there: there, lingered: true).Steps.OfType<StopGuest>());
        // Be it by another seat, whose focus it has.
        Assert.Empty(Plan(Leaves, [new("right", null, "s", [new(1, "user 1000", "windows")])], there: there, lingered: true).Steps.OfType<StopGuest>());
    }

    [Fact]
    public void Show_in_the_status_how_the_seat_is_seen_and_by_whom()
    {
        var wanted = SeatsToml.Parse(Listens, "f").Configuration!;
        var current = Now([new("left", SeatDoors.Of(wanted.Seats[0], Said), "/run/s", [new(4, "10.0.0.5:51000", "windows")]) { Fingerprint = "AB:CD", Pin = "q80=" }], Windows, lingered: false);
        var plan = SeatPlanner.Plan(wanted, Said, Machine.Example, current);
        var seat = StatusPicture.Make(wanted, Said, Machine.Example, current, plan, [], [], null).Seats[0];

        Assert.Equal(new DisplayStatus("remote", null, "3840x2160", "remote"), Assert.Single(seat.Displays));
        Assert.Equal(new RemoteStatus("/run/s", "0.0.0.0:5901", "alice", HasPassword: true, ViewOnly: false, "AB:CD", [new("10.0.0.5:51000", "windows")]) { Pin = "q80=" }, seat.Remote);
        var closed = StatusPicture.Make(wanted, Said, Machine.Example, current with { Doors = [] }, plan, [], [], null).Seats[0];
        Assert.Equal((null, null), (closed.Remote, closed.Displays[0].Way));
    }

    private static Inventory Running(string guest, int? vnc) => Machine.Example with
    {
        Guests = Machine.Example.Guests!.Value.Select(one => one.Name == guest ? one with { State = GuestState.Running, Seat = "left", Vnc = vnc } : one).ToValueList(),
    };

    private static List<Step> OfDoors(Plan plan) => [.. plan.Steps.Where(step => step is OpenRemote or ChangeRemote or CloseRemote or EndRemoteViewers)];

    private static Plan Plan(string toml, ValueList<OpenedDoor>? doors, Memory? memory = null, Inventory? there = null, Guid? focus = null, bool lingered = false) =>
        SeatPlanner.Plan(SeatsToml.Parse(toml, "f").Configuration!, memory ?? Said, there ?? Machine.Example, Now(doors, focus, lingered));

    private static Current Now(ValueList<OpenedDoor>? doors, Guid? focus, bool lingered) => Current.Nothing with
    {
        Router = RouterState.Empty with { Seats = [new("left", new([], [Windows, Work]), focus)] },
        Doors = doors,
        Lingered = lingered ? ["left"] : [],
    };
}
