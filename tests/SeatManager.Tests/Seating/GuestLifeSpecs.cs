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

/// <summary>With the true planner: when a guest is started, started again, and left alone.</summary>
public sealed class GuestLifeSpecs : SeatsActorKit
{
    private static readonly Guest Work = new(Guid.Parse("11111111-1111-1111-1111-111111111111"), "work", GuestState.Off, true, null, []);
    private static readonly Guest Running = Work with { State = GuestState.Running, Seat = "left", Inputs = [101, 102] };
    private static readonly Guest Play = new(Guid.Parse("22222222-2222-2222-2222-222222222222"), "play", GuestState.Off, true, null, []);

    private readonly TestProbe _observer, _router;
    private readonly List<RunSteps> _told = [];
    private readonly IActorRef _teller;
    private RouterState _routed = RouterState.Empty;
    private SeatsStatus _status = SeatsStatus.Empty;
    private ValueList<Guid> _kept = [];
    private IActorRef _seats = ActorRefs.Nobody;

    public GuestLifeSpecs()
    {
        (_observer, _router) = (CreateTestProbe("observer"), CreateTestProbe("router"));
        _teller = Sys.ActorOf(Akka.Actor.Props.Create(() => new Teller(_told)));
    }

    protected override IActorRef Seats => _seats;

    [Fact]
    public async Task A_guest_that_crashed_should_be_started_again_after_its_pause_and_the_pause_should_grow()
    {
        await BeginAsync([], Wish("left", Work));
        await StartsAsync();
        await ObserveAsync(Running with { Ends = 0 });

        await ObserveAsync(Crashed(1));
        Assert.Equal("guest 'work' crashed and is started again after 1 s: see /var/log/libvirt/qemu/work.log", Assert.Single(_status.Seats[0].Problems));
        Assert.Empty(Starts());
        await PassAsync(TimeSpan.FromSeconds(1));
        await StartsAsync();

        // So soon that nobody saw it run.
        await ObserveAsync(Crashed(2));
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(Starts());
        await PassAsync(TimeSpan.FromSeconds(1));
        await StartsAsync();
    }

    [Fact]
    public async Task A_guest_that_crashes_again_and_again_should_be_left_off_until_somebody_starts_it()
    {
        await BeginAsync([], Wish("left", Work));
        await StartsAsync();
        for (var crash = 1; crash <= Crashes.Most; crash++)
        {
            await ObserveAsync(Crashed(crash));
            await PassAsync(TimeSpan.FromSeconds(16));
            await StartsAsync();
        }
        await ObserveAsync(Crashed(6));
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Empty(Starts());
        Assert.Equal(SeatState.Failed, _status.Seats[0].State);
        Assert.StartsWith("guest 'work' crashed 6 times in a row and is left off", Assert.Single(_status.Seats[0].Problems), StringComparison.Ordinal);

        var asked = _seats.Ask<Answer>(new StartSeat("left"), TestContext.Current.CancellationToken);
        await SettleAsync();
        await StartsAsync();
        await ObserveAsync(Running with { Ends = 6 });
        Assert.Null((await asked).Refusal);
        Assert.Empty(_status.Seats[0].Problems);
    }

    [Fact]
    public async Task A_guest_that_its_owner_shut_down_should_stay_off_and_a_crash_that_is_stopped_should_too()
    {
        await BeginAsync([], Wish("left", Work));
        await StartsAsync();
        await ObserveAsync(Running);
        await ObserveAsync(Work with { End = GuestEnd.ShutDown, Ends = 1 });
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(Starts());

        _ = _seats.Ask<Answer>(new StartSeat("left"), TestContext.Current.CancellationToken);
        await SettleAsync();
        await StartsAsync();
        await ObserveAsync(Running with { Ends = 1 });
        await ObserveAsync(Crashed(2));
        Assert.Null((await _seats.Ask<Answer>(new StopSeat("left"), TestContext.Current.CancellationToken)).Refusal);
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(Starts());
    }

    [Fact]
    public async Task A_manager_that_starts_again_should_leave_off_what_was_shut_down_and_start_what_crashed_meanwhile()
    {
        await BeginAsync([Work.Uuid, Play.Uuid], Wish("left", Work), Wish("right", Play));
        await ObserveAsync(Work with { End = GuestEnd.ShutDown }, Play with { End = GuestEnd.Crashed });
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["play"], Starts().Select(start => start.GuestName));
    }

    [Fact]
    public async Task Guests_should_be_started_in_the_order_of_the_file_and_those_started_be_kept()
    {
        await BeginAsync([], Wish("right", Play), Wish("left", Work));
        Assert.Equal(["play", "work"], Starts().Select(start => start.GuestName));
        await EndAllAsync();
        Assert.Equal([Work.Uuid, Play.Uuid], _kept.Order());
    }

    [Fact]
    public async Task A_guest_that_does_not_heed_its_power_button_should_be_said_and_not_be_forced()
    {
        await BeginAsync([], Wish("left", Work));
        await StartsAsync();
        await ObserveAsync(Running);
        Assert.Null((await _seats.Ask<Answer>(new StopSeat("left"), TestContext.Current.CancellationToken)).Refusal);
        await PassAsync(ShutdownRequests.Patience - TimeSpan.FromSeconds(1));
        Assert.Empty(_status.Seats[0].Problems);
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("still runs after 2 minutes", Assert.Single(_status.Seats[0].Problems), StringComparison.Ordinal);
        Assert.Equal(SeatState.Active, _status.Seats[0].State);
        await ObserveAsync(Work with { End = GuestEnd.ShutDown, Ends = 1 });
        Assert.Empty(_status.Seats[0].Problems);
    }

    private static Guest Crashed(int ends) => Work with { End = GuestEnd.Crashed, Ends = ends };

    private static SeatWish Wish(string name, Guest guest) => new(name, [guest.Name], [], [], null, null, SeatPlaces.Nowhere);

    private async Task BeginAsync(ValueList<Guid> started, params SeatWish[] seats)
    {
        _seats = Sys.ActorOf(SeatsActor.Props(
            new(
                [_observer.Ref], _router.Ref, (_, _) => _teller, SeatPlanner.Plan, StatusDrawing.Draw,
                status => _status = status, (_, _) => Task.CompletedTask, () => { })
            {
                Started = started,
                KeepStarted = guests => _kept = guests,
                Remembered = Memory.Empty,
                Now = () => new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero) + (Scheduler.Now - DateTimeOffset.UnixEpoch),
            },
            NullLogger.Instance));
        Guest[] guests = seats.Length == 1 ? [Work] : [Work, Play];
        ValueList<RouterSink> sinks = [.. guests.SelectMany((guest, index) => (RouterSink[])[
            new(101 + 10 * index, 101 + 10 * index, guest.Uuid, SinkKind.Keyboard, false), new(102 + 10 * index, 102 + 10 * index, guest.Uuid, SinkKind.Pointer, false)])];
        _routed = RouterState.Empty with
        {
            Hotkeys = SeatsConfiguration.DefaultHotkeys,
            Sinks = sinks,
            Seats = [.. seats.Select(seat => new RouterSeat(seat.Name, new([], [guests.First(guest => guest.Name == seat.Guests[0]).Uuid]), null))],
        };
        _seats.Tell(new RouterObserved(_routed));
        _seats.Tell(new ConfigurationObserved(SeatsConfiguration.Default with { Seats = seats.ToValueList() }, []));
        _seats.Tell(new DevicesObserved([]));
        _seats.Tell(new DisplaysObserved([], []));
        _seats.Tell(new GuestsObserved(guests.ToValueList()));
        await SettleAsync();
    }

    private async Task ObserveAsync(params Guest[] guests)
    {
        _seats.Tell(new GuestsObserved(guests.ToValueList()));
        await SettleAsync();
        await EndAllAsync(but: true);
        // The router does what it was asked.
        var live = guests.Where(guest => guest.State == GuestState.Running).Select(guest => guest.Uuid).ToHashSet();
        _seats.Tell(new RouterObserved(_routed with { Sinks = _routed.Sinks.Select(sink => sink with { Live = live.Contains(sink.Guest) }).ToValueList() }));
        await SettleAsync();
    }

    private async Task PassAsync(TimeSpan time)
    {
        await HandledAsync();
        Scheduler.Advance(time);
        await SettleAsync();
        await SettleAsync();
    }

    /// <summary>Just the one guest is started, and the step is at its end.</summary>
    private async Task StartsAsync()
    {
        Assert.Single(Starts());
        await EndAllAsync();
    }

    private StartGuest[] Starts() => [.. _told.SelectMany(told => told.Steps).OfType<StartGuest>()];

    /// <param name="but">Whether those that start a guest go on.</param>
    private async Task EndAllAsync(bool but = false)
    {
        foreach (var told in _told.Where(told => !but || !told.Steps.Any(step => step is StartGuest)).ToList())
        {
            _told.Remove(told);
            _seats.Tell(new StepsEnded(told.Steps[0].Seat, told.Generation, told.Steps, []));
        }
        await SettleAsync();
    }

    private async Task SettleAsync()
    {
        await QuietAsync();
        await _teller.Ask<ActorIdentity>(new Identify(null), TestContext.Current.CancellationToken);
    }

    /// <summary>All seats' actors in one, so that the order in which they are told is known.</summary>
    private sealed class Teller : ReceiveActor
    {
        public Teller(List<RunSteps> told) => Receive<RunSteps>(told.Add);
    }
}
