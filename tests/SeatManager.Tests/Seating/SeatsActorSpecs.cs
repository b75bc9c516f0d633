using Akka.Actor;
using Akka.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Routing;
using Phyllome.Seats.SeatManager.Seating;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

/// <summary>The planner is the test's: what is asserted is when it is asked, and what becomes of its steps.</summary>
public sealed class SeatsActorSpecs : SeatsActorKit
{
    private static readonly Step Left1 = new ReleaseSource("left", 1), Left2 = new ReleaseSource("left", 2), Right1 = new ReleaseSource("right", 1);

    private readonly TestProbe _left, _right, _observer, _router;
    private readonly IActorRef _seats;
    private readonly List<Inventory> _planned = [];
    private volatile Func<Inventory, ValueList<Step>> _plan = _ => [];
    private volatile SeatsStatus _status = SeatsStatus.Empty;
    private readonly List<(string Seat, ShowNotice Notice)> _notices = [];
    private Picture? _picture;
    private Current? _current;
    private volatile Asking? _asking;
    private volatile string? _whyNotAsking;

    public SeatsActorSpecs()
    {
        (_left, _right, _observer, _router) = (CreateTestProbe("left"), CreateTestProbe("right"), CreateTestProbe("observer"), CreateTestProbe("router"));
        _seats = Sys.ActorOf(SeatsActor.Props(
            new(
                [_observer.Ref],
                _router.Ref,
                (_, seat) => seat == "left" ? _left.Ref : _right.Ref,
                (_, _, inventory, current) =>
                {
                    _current = current;
                    lock (_planned)
                        _planned.Add(inventory);
                    return new(inventory.Devices.Select(device => new Claim(device.Id, Step.Host, ClaimReason.Host, "no seat asks for it")).ToValueList(), _plan(inventory), []) { Asking = _asking, WhyNotAsking = current.Identify ? null : _whyNotAsking };
                },
                picture =>
                {
                    _picture = picture;
                    return _status;
                },
                _ => { },
                (_, _) => Task.CompletedTask,
                () => TestActor.Tell("planned"))
            {
                Notify = (seat, notice) => _notices.Add((seat.Name, notice)),
                LetIn = (seat, viewer, guest, _) =>
                {
                    TestActor.Tell($"let {viewer} in to {guest.Name} at {seat}");
                    return Task.CompletedTask;
                },
                TurnAway = (seat, viewer, sentence) => TestActor.Tell($"turn {viewer} away from {seat}: {sentence}"),
                EndViewers = seat => TestActor.Tell($"end {seat}"),
            },
            NullLogger.Instance));
    }

    protected override IActorRef Seats => _seats;

    [Fact]
    public async Task Nothing_should_be_planned_before_every_part_was_observed()
    {
        _seats.Tell(Devices("keyboard"));
        _seats.Tell(new RouterObserved(RouterState.Empty));
        await QuietAsync();
        Assert.Empty(_planned);
        await BeginAsync();
        Assert.Single(_planned);
    }

    [Fact]
    public async Task Who_asks_before_all_was_seen_should_be_answered_when_it_was()
    {
        _whyNotAsking = "nobody asks for it";
        var identified = _seats.Ask<Answer>(new IdentifyScreens(Begin: true), TestContext.Current.CancellationToken);
        var assigned = _seats.Ask<Answer>(new ChangeMemory(new AssignDevice("port:1-1", "host")), TestContext.Current.CancellationToken);
        // The first plan is made without what is in force: the router is late.
        _seats.Tell(new RouterObserved(null));
        ObserveAllButRouter();
        await QuietAsync();
        Assert.Single(_planned);
        Scheduler.Advance(TimeSpan.FromSeconds(19));
        await HandledAsync();
        Assert.False(identified.IsCompleted || assigned.IsCompleted);

        _seats.Tell(new RouterObserved(RouterState.Empty with { Hotkeys = SeatsConfiguration.DefaultHotkeys }));
        await QuietAsync();
        Assert.Equal(Answer.Done, await identified);
        Assert.Equal(Answer.Done, await assigned);
        await QuietAsync();
        Assert.True(_current!.Identify);
        Assert.Equal(Step.Host, Assert.Single(_picture!.World.Memory!.Devices).Seat);
    }

    [Fact]
    public async Task Who_asks_and_waits_in_vain_for_all_to_be_seen_should_hear_what_was_not()
    {
        var identified = _seats.Ask<Answer>(new IdentifyScreens(Begin: true), TestContext.Current.CancellationToken);
        _seats.Tell(Devices("keyboard"));
        _seats.Tell(new GuestsObserved([]));
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, []));
        await HandledAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(
            "Could not do it: the manager has only begun, and not seen yet the displays, the input router: try again in a moment. See: journalctl -u phyllome-seatd.",
            (await identified).Sentence);
    }

    [Fact]
    public async Task A_configuration_with_a_fault_should_be_the_reason_where_it_is_and_not_the_router()
    {
        var fault = new Diagnostic("seats.toml", new(3, 1), "there is no table [sead]");
        _seats.Tell(new RouterObserved(RouterState.Empty with { Hotkeys = SeatsConfiguration.DefaultHotkeys }));
        ObserveAllButRouter();
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, [fault]));
        await QuietAsync();
        Assert.Equal(
            "Could not do it: nothing is remembered of the seats, and the configuration does not say which there are: seats.toml:3:1: there is no table [sead]. See: seatctl config check.",
            (await _seats.Ask<Answer>(new IdentifyScreens(Begin: true), TestContext.Current.CancellationToken)).Sentence);
    }

    [Fact]
    public async Task What_was_just_plugged_in_should_be_known_to_who_assigns_it()
    {
        await BeginAsync();
        _seats.Tell(new DevicesObserved([new Device("/sys/devices/y", DeviceKind.Mouse, "mouse", "1-2", null, null, null, null, null, [new(1, 1, InputAbilities.Mouse, "mouse")])]));
        Assert.Equal(Answer.Done, await _seats.Ask<Answer>(new ChangeMemory(new AssignDevice("port:1-2", "host")), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_router_a_focus_should_not_be_said_to_be_of_a_seat_that_is_not_routed_yet()
    {
        await BeginAsync();
        _seats.Tell(new ConfigurationObserved(SeatsToml.Parse("[[seat]]\nname='left'\nguests=['alpha']\n", "f").Configuration!, []));
        Assert.Equal(
            "Could not move the input of seat left: it is not routed yet. See: seatctl status.",
            (await _seats.Ask<Answer>(new FocusSeat("left", "home"), TestContext.Current.CancellationToken)).Sentence);
        _seats.Tell(new RouterObserved(null));
        const string Lost = "Could not move the input of seat left: the input router is not connected, so it is not known what is there. See: systemctl status phyllome-input-router.";
        Assert.Equal(Lost, (await _seats.Ask<Answer>(new FocusSeat("left", "home"), TestContext.Current.CancellationToken)).Sentence);
        Assert.Equal(Lost, (await _seats.Ask<Answer>(new Preview(new FocusSeat("left", "home")), TestContext.Current.CancellationToken)).Sentence);
    }

    [Fact]
    public async Task A_storm_of_changes_should_make_one_plan_of_the_last_of_them()
    {
        await BeginAsync();
        for (var i = 0; i < 500; i++)
            _seats.Tell(Devices($"keyboard {i}"));
        await QuietAsync();
        Assert.Equal(2, _planned.Count);
        Assert.Equal("keyboard 499", _planned[^1].Devices[0].Name);
    }

    [Fact]
    public async Task A_storm_that_does_not_end_should_not_put_off_the_plan_for_ever()
    {
        await BeginAsync();
        for (var i = 0; i < 20; i++)
        {
            _seats.Tell(Devices($"keyboard {i}"));
            await HandledAsync();
            Scheduler.Advance(TimeSpan.FromMilliseconds(40));
        }

        await HandledAsync();
        Assert.Equal(2, _planned.Count);
    }

    [Fact]
    public async Task While_a_seat_runs_its_steps_it_should_get_no_others_and_other_seats_should_go_on()
    {
        _plan = _ => [Left1];
        await BeginAsync();
        Assert.Equal(new RunSteps(1, [Left1]), await NextAsync(_left));

        _plan = _ => [Left2, Right1];
        _seats.Tell(Devices("mouse"));
        await QuietAsync();
        Assert.Equal(new RunSteps(1, [Right1]), await NextAsync(_right));
        _seats.Tell(new StepsEnded("right", 1, [], []));
        await QuietAsync();
        await _left.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);

        _seats.Tell(new StepsEnded("left", 1, [], []));
        await QuietAsync();
        Assert.Equal(new RunSteps(2, [Left2]), await NextAsync(_left));
    }

    [Fact]
    public async Task Who_waits_at_a_door_should_see_the_guest_that_has_the_focus_or_be_told_why_not()
    {
        _seats.Tell(new ViewerWaits("left", 1));
        await ExpectMsgAsync("turn 1 away from left: the seats are not known yet: come again in a moment", Long, cancellationToken: TestContext.Current.CancellationToken);
        await BeginAsync();
        var (alpha, beta) = (new Guest(Guid.NewGuid(), "alpha", GuestState.Running, true, "left", []) { Vnc = 1 }, new Guest(Guid.NewGuid(), "beta", GuestState.Off, true, null, []));
        _seats.Tell(new ConfigurationObserved(SeatsToml.Parse("[[seat]]\nname='left'\nguests=['alpha','beta']\ndisplays=['remote']\n", "f").Configuration!, []));
        _seats.Tell(new GuestsObserved([alpha, beta]));
        _seats.Tell(new ViewerWaits("left", 2));
        await ExpectMsgAsync("let 2 in to alpha at left", Long, cancellationToken: TestContext.Current.CancellationToken);

        _seats.Tell(new RouterObserved(RouterState.Empty with { Seats = [new("left", new([], [alpha.Uuid, beta.Uuid]), beta.Uuid)] }));
        _seats.Tell(new ViewerWaits("left", 3));
        await ExpectMsgAsync("turn 3 away from left: beta is off: 'seatctl focus left home' takes the seat to its own guest", Long, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Viewers_should_be_sent_away_where_somebody_asks_for_it_and_the_seat_is_seen()
    {
        await BeginAsync();
        Assert.Equal("There is no seat left. See: seatctl status.", (await _seats.Ask<Answer>(new SendViewersAway("left"), Long, TestContext.Current.CancellationToken)).Sentence);
        _seats.Tell(new ConfigurationObserved(SeatsToml.Parse("[[seat]]\nname='left'\nguests=['alpha']\ndisplays=['remote']\n", "f").Configuration!, []));
        _seats.Tell(new DoorsObserved([new("left", null, "s", [new(1, "user 1000", "alpha")])]));
        Assert.Equal(["send user 1000 away, who sees alpha"], (await _seats.Ask<Answer>(new Preview(new SendViewersAway("left")), Long, TestContext.Current.CancellationToken)).Steps);
        Assert.Equal(Answer.Done, await _seats.Ask<Answer>(new SendViewersAway("left"), Long, TestContext.Current.CancellationToken));
        await ExpectMsgAsync("end left", Long, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_late_report_of_an_older_generation_should_be_dropped()
    {
        _plan = _ => [Left1];
        await BeginAsync();
        await NextAsync(_left);
        _plan = _ => [Left2];
        _seats.Tell(new StepsEnded("left", 1, [], []));
        await QuietAsync();
        Assert.Equal(new RunSteps(2, [Left2]), await NextAsync(_left));

        _plan = _ => [Left1];
        _seats.Tell(new StepsEnded("left", 1, [], []));
        _seats.Tell(new StepsEnded("left", 1, [], [new(Left1, "late")]));
        await QuietAsync();
        await _left.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_failed_seat_should_be_shown_with_its_problem_and_tried_again_when_its_time_comes()
    {
        _plan = _ => [Left1];
        await BeginAsync();
        await NextAsync(_left);
        _seats.Tell(new StepsEnded("left", 1, [], [new(Left1, "Could not do it.")]));
        await QuietAsync();
        await _left.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Equal("Could not do it.", _picture?.Seats[0].Failed[0].Sentence);

        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await HandledAsync();
        await QuietAsync();
        Assert.Equal(new RunSteps(2, [Left1]), await NextAsync(_left));
    }

    [Fact]
    public async Task A_failed_seat_should_be_tried_again_when_the_world_changes()
    {
        _plan = _ => [Left1];
        await BeginAsync();
        await NextAsync(_left);
        _seats.Tell(new StepsEnded("left", 1, [], [new(Left1, "Could not do it.")]));
        _seats.Tell(Devices("another"));
        await QuietAsync();
        Assert.Equal(new RunSteps(2, [Left1]), await NextAsync(_left));
    }

    [Fact]
    public async Task A_card_that_must_not_be_taken_should_be_known_to_the_next_plan_at_once_and_be_no_failure()
    {
        var refused = new RefusedGpu("0000:01:00.0", "Xorg has it open");
        _plan = _ => [Left1];
        await BeginAsync();
        Assert.Equal(new RunSteps(1, [Left1]), await NextAsync(_left));
        _plan = _ => [Left2];
        _seats.Tell(new StepsEnded("left", 1, [], [new(Left1, "Could not do it.") { Refused = refused }]));
        await QuietAsync();
        Assert.Equal(new RunSteps(2, [Left2]), await NextAsync(_left));
        Assert.Equal([refused], _current?.Refused ?? []);
        Assert.Empty(_picture!.Seats[0].Failed);
    }

    [Fact]
    public async Task A_seat_whose_actor_dies_should_count_as_failed_and_be_tried_again()
    {
        _plan = _ => [Left1];
        await BeginAsync();
        await NextAsync(_left);
        Sys.Stop(_left.Ref);
        // Who is told first of an actor's end is not said: this test or the seats' actor.
        await AwaitAssertAsync(
            async () =>
            {
                await QuietAsync();
                Assert.Contains("its part of the manager failed", _picture?.Seats[0].Failed is [var failed, ..] ? failed.Sentence : null, StringComparison.Ordinal);
            },
            Long, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_the_router_nothing_should_be_begun()
    {
        _plan = _ => [Left1];
        _seats.Tell(new RouterObserved(null));
        ObserveAllButRouter();
        await QuietAsync();
        Assert.Single(_planned);
        await _left.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);

        _seats.Tell(new RouterObserved(RouterState.Empty with { Hotkeys = SeatsConfiguration.DefaultHotkeys }));
        await QuietAsync();
        Assert.Equal(new RunSteps(1, [Left1]), await NextAsync(_left));
    }

    [Fact]
    public async Task Hotkeys_that_differ_should_be_set_once()
    {
        await BeginAsync(RouterState.Empty);
        var asked = await _router.FishForMessageAsync<AskRouter>(_ => true, Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(SeatsConfiguration.DefaultHotkeys, Assert.IsType<SetHotkeys>(asked.Request).Hotkeys);
        _seats.Tell(Devices("another"));
        await QuietAsync();
        await _router.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_router_that_is_to_let_go_when_the_manager_stalls_should_be_told_so_and_hear_of_it_again_and_again()
    {
        await BeginAsync();
        var host = new HostWish([], null) { ReleaseOnStall = TimeSpan.FromSeconds(30) };
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default with { Host = host }, []));
        await QuietAsync();
        var set = await _router.FishForMessageAsync<AskRouter>(_ => true, Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(new SetRelease(0, 30), set.Request);
        Scheduler.Advance(TimeSpan.FromSeconds(10));
        var here = await _router.FishForMessageAsync<AskRouter>(_ => true, Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.IsType<QueryCounters>(here.Request);
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, []));
        await QuietAsync();
    }

    [Fact]
    public async Task A_focus_that_moves_should_be_said_on_the_seats_screen_once_and_what_was_there_from_the_start_not_at_all()
    {
        _status = Focus("windows");
        await BeginAsync();
        Assert.Empty(_notices);
        _status = Focus("work");
        _seats.Tell(Devices("another"));
        await QuietAsync();
        Assert.Equal([("left", new ShowNotice(["You are now in: work"], false))], _notices);
        _seats.Tell(Devices("one more"));
        await QuietAsync();
        Assert.Single(_notices);
    }

    [Fact]
    public async Task An_answer_should_be_known_to_the_next_plan_and_one_to_an_earlier_question_to_none()
    {
        _asking = new(["keyboard"], [3, 4], [new("card0-DP-2", "0000:00:02.0", new("LG (DP-2)", "4827")), new("card0-DP-3", "0000:00:02.0", new("LG (DP-3)", "9534"))]);
        await BeginAsync();
        Assert.Equal(new AskSources(0, 1, [3, 4], ["4827", "9534"]), await AskedAsync());
        _seats.Tell(new CodeTyped(1, 4, 1));
        await QuietAsync();
        Assert.Equal(new Answered(4, "card0-DP-3"), Assert.Single(_current!.Answers));

        _asking = new(["keyboard"], [3], [new("card0-DP-2", "0000:00:02.0", new("LG (DP-2)"))]);
        _seats.Tell(Devices("another"));
        await QuietAsync();
        Assert.Equal(new AskSources(0, 2, [3], []), await AskedAsync());
        _seats.Tell(new SourceAnswered(1, 3));
        await QuietAsync();
        Assert.DoesNotContain(_current!.Answers, answer => answer.Input == 3);
        _seats.Tell(new SourceAnswered(2, 3));
        await QuietAsync();
        Assert.Equal(new Answered(3, "card0-DP-2"), Assert.Single(_current!.Answers));

        _asking = null;
        _seats.Tell(Devices("one more"));
        await QuietAsync();
        Assert.Equal(new AskSources(0, 3, [], []), await AskedAsync());
    }

    [Fact]
    public async Task A_click_should_count_in_the_next_plan_or_never()
    {
        _asking = new(["mouse"], [5], []) { Clicking = "left" };
        await BeginAsync();
        _seats.Tell(new SourceAnswered(1, 5));
        await QuietAsync();
        Assert.Equal(new Answered(5, null), Assert.Single(_current!.Answers));
        _seats.Tell(Devices("another"));
        await QuietAsync();
        Assert.Empty(_current!.Answers);
    }

    [Fact]
    public async Task A_router_that_was_started_anew_should_be_told_again_whom_to_ask()
    {
        _asking = new(["mouse"], [5], []);
        await BeginAsync();
        Assert.Equal(new AskSources(0, 1, [5], []), await AskedAsync());
        _seats.Tell(new RouterObserved(null));
        _seats.Tell(new RouterObserved(RouterState.Empty with { Hotkeys = SeatsConfiguration.DefaultHotkeys }));
        await QuietAsync();
        Assert.Equal(new AskSources(0, 2, [5], []), await AskedAsync());
    }

    [Fact]
    public async Task Who_wants_all_to_be_asked_should_have_it_for_two_minutes_or_hear_why_not()
    {
        _whyNotAsking = "nobody asks for it";
        await BeginAsync();
        var answer = await _seats.Ask<Answer>(new IdentifyScreens(Begin: true), TestContext.Current.CancellationToken);
        Assert.Null(answer.Refusal);
        await QuietAsync();
        Assert.True(_current!.Identify);
        Scheduler.Advance(TimeSpan.FromMinutes(2));
        await QuietAsync();
        Assert.False(_current.Identify);

        _seats.Tell(new RouterObserved(null));
        var refused = await _seats.Ask<Answer>(new IdentifyScreens(Begin: true), TestContext.Current.CancellationToken);
        Assert.Contains("the input router is not connected", refused.Sentence, StringComparison.Ordinal);
    }

    private async Task<RouterRequest> AskedAsync() =>
        (await _router.FishForMessageAsync<AskRouter>(_ => true, Long, cancellationToken: TestContext.Current.CancellationToken)).Request;

    private static SeatsStatus Focus(string guest) => SeatsStatus.Empty with { Seats = [new("left", SeatState.Active, null, guest, [], [], [], null, [])] };

    private static DevicesObserved Devices(string name) =>
        new([new Device("/sys/devices/x", DeviceKind.Keyboard, name, "1-1", null, null, null, null, null, [new(1, 1, InputAbilities.Key | InputAbilities.Keyboard, name)])]);

    private async Task BeginAsync(RouterState? router = null)
    {
        _seats.Tell(new RouterObserved(router ?? RouterState.Empty with { Hotkeys = SeatsConfiguration.DefaultHotkeys }));
        ObserveAllButRouter();
        await QuietAsync();
        Assert.Equal("planned", await ExpectMsgAsync<string>(Long, cancellationToken: TestContext.Current.CancellationToken));
    }

    private void ObserveAllButRouter()
    {
        _seats.Tell(Devices("keyboard"));
        _seats.Tell(new DisplaysObserved([], []));
        _seats.Tell(new GuestsObserved([]));
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, []));
    }

    private static ValueTask<RunSteps> NextAsync(TestProbe seat) => seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
}
