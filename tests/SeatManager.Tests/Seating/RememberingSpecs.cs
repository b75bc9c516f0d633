using Akka.Actor;
using Akka.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Routing;
using Phyllome.Seats.SeatManager.Seating;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

/// <summary>With the true planner: how long something is new, how long a guest is kept, and what is remembered when.</summary>
public sealed class RememberingSpecs : SeatsActorKit
{
    private static readonly Guest Gamer = new(Guid.NewGuid(), "gamer", GuestState.Off, true, null, []);
    private static readonly Gpu Card = new("0000:01:00.0", "vfio-pci", "10de", "2484", false, 1, ["0000:01:00.0"]);

    private readonly TestProbe _seat, _observer, _router;
    private readonly IActorRef _seats;
    private Memory? _memory;
    private Exception? _full;

    public RememberingSpecs()
    {
        (_seat, _observer, _router) = (CreateTestProbe("seat"), CreateTestProbe("observer"), CreateTestProbe("router"));
        _seats = Sys.ActorOf(SeatsActor.Props(
            new(
                [_observer.Ref], _router.Ref, (_, _) => _seat.Ref, SeatPlanner.Plan,
                picture =>
                {
                    _troubles = picture.Troubles;
                    return SeatsStatus.Empty;
                },
                _ => { }, (_, _) => Task.CompletedTask, () => { })
            {
                Remember = memory =>
                {
                    if (_full is not null)
                        throw _full;
                    _memory = memory;
                },
                KeepStarted = guests => _started = guests,
                BreakOff = (guest, _) =>
                {
                    _brokenOff = [.. _brokenOff, guest];
                    return Task.CompletedTask;
                },
            },
            NullLogger.Instance));
    }

    private ValueList<string> _troubles;
    private ValueList<Guid> _brokenOff = [], _started = [];

    protected override IActorRef Seats => _seats;

    [Fact]
    public async Task What_is_there_at_the_first_start_should_be_known_and_make_no_seat()
    {
        await BeginAsync(Keyboard("1-1", 1), Keyboard("1-3", 3));
        Assert.Equal(["port:1-1", "port:1-3"], _memory!.Known.Select(key => key.Place));
        await _seat.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_seat_that_forms_should_be_remembered_before_its_first_step()
    {
        await BeginAsync(Keyboard("1-1", 1));
        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        var run = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("seat1", run.Steps[0].Seat);
        Assert.Equal(new RememberedSeat("seat1", "gamer", Card.Address), Assert.Single(_memory!.Seats));
    }

    [Fact]
    public async Task A_seat_that_forms_should_have_its_machine_started_though_another_one_shut_it_down()
    {
        await BeginAsync(Keyboard("1-1", 1));
        _seats.Tell(new GuestsObserved([Gamer with { State = GuestState.Running, Seat = "left" }]));
        _seats.Tell(new GuestsObserved([Gamer]));
        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        var run = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        _seats.Tell(new StepsEnded("seat1", run.Generation, run.Steps, []));
        await QuietAsync();
        var next = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Gamer.Uuid, Assert.Single(next.Steps.OfType<StartGuest>()).Guest);
    }

    [Fact]
    public async Task A_keyboard_should_be_new_for_a_minute_and_then_be_the_hosts()
    {
        await BeginAsync(Keyboard("1-1", 1));
        _seats.Tell(new GuestsObserved([]));
        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        Assert.DoesNotContain(_memory!.Known, key => key.Place == "port:1-3");
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await HandledAsync();
        await QuietAsync();
        Assert.Contains(_memory!.Known, key => key.Place == "port:1-3");
        _seats.Tell(new GuestsObserved([Gamer]));
        await QuietAsync();
        Assert.Empty(_memory!.Seats);
    }

    [Fact]
    public async Task A_guest_should_be_asked_once_to_shut_down_when_its_seat_was_left_for_as_long_as_it_lingers()
    {
        await BeginAsync(Keyboard("1-1", 1));
        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        var forming = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        _seats.Tell(new StepsEnded("seat1", forming.Generation, forming.Steps, []));
        var running = Gamer with { State = GuestState.Running, Seat = "seat1", Inputs = [101, 102], Passed = [Card.Address] };
        _seats.Tell(new GuestsObserved([running]));
        _seats.Tell(new RouterObserved(Empty with
        {
            Sinks = [new(101, 101, Gamer.Uuid, SinkKind.Keyboard, true), new(102, 102, Gamer.Uuid, SinkKind.Pointer, true)],
            Seats = [new("seat1", new([], [Gamer.Uuid]), Gamer.Uuid)],
        }));
        _seats.Tell(Devices(Keyboard("1-1", 1)));
        await QuietAsync();
        Scheduler.Advance(SpawnWish.Default.Linger - TimeSpan.FromSeconds(1));
        await HandledAsync();
        await QuietAsync();
        await _seat.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);

        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await HandledAsync();
        await QuietAsync();
        var leaving = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([new StopGuest("seat1", Gamer.Uuid, "gamer")], leaving.Steps);
        _seats.Tell(new StepsEnded("seat1", leaving.Generation, leaving.Steps, []));
        await QuietAsync();
        Scheduler.Advance(SpawnWish.Default.Linger);
        await HandledAsync();
        await QuietAsync();
        await _seat.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        // The next manager starts it for whoever is back.
        Assert.Empty(_started);
    }

    [Fact]
    public async Task Who_comes_back_while_their_guest_is_saved_should_not_wait_for_it()
    {
        var saving = await LeaveAsync();
        // So it is while it is saved.
        _seats.Tell(new GuestsObserved([Seated with { State = GuestState.Paused }]));
        await QuietAsync();
        Assert.Empty(_brokenOff);

        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        Assert.Equal([Gamer.Uuid], _brokenOff);
        _seats.Tell(new StepsEnded("left", saving.Generation, [], [new(saving.Steps[0], "it was broken off")]));
        _seats.Tell(new GuestsObserved([Seated]));
        await QuietAsync();
        var back = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([typeof(Route), typeof(TakeSource)], back.Steps.Select(step => step.GetType()));
    }

    [Fact]
    public async Task A_guest_that_was_saved_should_go_on_when_its_person_is_back_be_it_under_another_manager()
    {
        var saving = await LeaveAsync();
        // This manager may end before it learns that it is done,
        Assert.Empty(_started);
        _seats.Tell(new StepsEnded("left", saving.Generation, saving.Steps, []));
        // or hear late of how it was before.
        _seats.Tell(new GuestsObserved([Seated with { State = GuestState.Paused }]));
        _seats.Tell(new GuestsObserved([Gamer]));
        await QuietAsync();
        Assert.Empty(_started);

        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        RunSteps? back = null;
        while (back?.Steps.Any(step => step is StartGuest) != true)
        {
            if (back is not null)
                _seats.Tell(new StepsEnded("left", back.Generation, back.Steps, []));
            await QuietAsync();
            back = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    private static Guest Seated => Gamer with { State = GuestState.Running, Seat = "left", Inputs = [101, 102] };

    /// <summary>Nobody has sat at a seat whose guest is to be saved for as long as guests linger.</summary>
    private async Task<RunSteps> LeaveAsync()
    {
        var left = new SeatWish("left", ["gamer"], [new(SelectorKind.Port, "1-3")], [], null, null, SeatPlaces.Nowhere with { Guests = [default], Devices = [default] }) { Away = WhenAway.Save };
        _seats.Tell(new RouterObserved(Empty with
        {
            Sinks = [new(101, 101, Gamer.Uuid, SinkKind.Keyboard, true), new(102, 102, Gamer.Uuid, SinkKind.Pointer, true)],
            Seats = [new("left", new([], [Gamer.Uuid]), Gamer.Uuid)],
        }));
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default with { Seats = [left] }, []));
        ObserveTheRest(Keyboard("1-1", 1));
        _seats.Tell(new GuestsObserved([Seated]));
        await QuietAsync();
        Scheduler.Advance(SpawnWish.Default.Linger);
        await HandledAsync();
        await QuietAsync();
        var saving = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([new SaveGuest("left", Gamer.Uuid, "gamer")], saving.Steps);
        return saving;
    }

    [Fact]
    public async Task A_clone_should_be_remembered_before_it_is_made_and_discarded_when_its_seat_was_left()
    {
        await BeginAsync(Keyboard("1-1", 1));
        var clone = new SeatClone("gamer", Persistent: false);
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default with { Spawn = SpawnWish.Default with { Template = new("t", clone) } }, []));
        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        var making = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([new CloneGuest("seat1", "gamer-seat1", clone)], making.Steps);
        Assert.Equal(new RememberedSeat("seat1", "gamer-seat1", Card.Address) { CloneOf = clone }, Assert.Single(_memory!.Seats));

        _seats.Tell(new StepsEnded("seat1", making.Generation, making.Steps, []));
        var made = new Guest(Guid.NewGuid(), "gamer-seat1", GuestState.Off, true, null, []) { ThrowawayOf = "gamer" };
        _seats.Tell(new GuestsObserved([Gamer, made]));
        await QuietAsync();
        var starting = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(starting.Steps, step => step is StartGuest start && start.Guest == made.Uuid);

        // It was shut down at once, and its keyboard pulled.
        _seats.Tell(new StepsEnded("seat1", starting.Generation, starting.Steps, []));
        _seats.Tell(Devices(Keyboard("1-1", 1)));
        await QuietAsync();
        var leaving = await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(new DiscardGuest("seat1", made.Uuid, "gamer-seat1"), leaving.Steps[^1]);
    }

    [Fact]
    public async Task A_file_with_a_fault_at_the_first_start_should_make_no_memory_and_no_seat()
    {
        _seats.Tell(new RouterObserved(Empty with { Seats = [new("left", new([], [Gamer.Uuid]), null)] }));
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, [new("f", new(1, 1), "a fault")]));
        ObserveTheRest(Keyboard("1-1", 1), Keyboard("1-3", 3));
        await QuietAsync();
        Assert.Null(_memory);
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, []));
        await QuietAsync();
        Assert.Equal(2, _memory!.Known.Count);
    }

    [Fact]
    public async Task A_disk_that_is_full_should_be_said_and_stop_nothing()
    {
        await BeginAsync(Keyboard("1-1", 1));
        _full = new IOException("No space left on device");
        _seats.Tell(Devices(Keyboard("1-1", 1), Keyboard("1-3", 3)));
        await QuietAsync();
        await _seat.ExpectMsgAsync<RunSteps>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("No space left on device", Assert.Single(_troubles), StringComparison.Ordinal);
    }

    private static RouterState Empty => RouterState.Empty with { Hotkeys = SeatsConfiguration.DefaultHotkeys };

    private static Device Keyboard(string port, int input) => new(
        $"/sys/{port}", DeviceKind.Keyboard, "Keyboard", port, null, "046d", "c31c", null, null, [new(input, input, InputAbilities.Key | InputAbilities.Keyboard, "Keyboard")]);

    private static DevicesObserved Devices(params Device[] devices) => new(devices.ToValueList());

    private async Task BeginAsync(params Device[] devices)
    {
        _seats.Tell(new RouterObserved(Empty));
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default, []));
        ObserveTheRest(devices);
        await QuietAsync();
    }

    private void ObserveTheRest(params Device[] devices)
    {
        _seats.Tell(Devices(devices));
        _seats.Tell(new DisplaysObserved([], [Card]));
        _seats.Tell(new GuestsObserved([Gamer]));
    }
}
