using System.Diagnostics;
using System.Security.Cryptography;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Pinning;
using Phyllome.Seats.SeatManager.Routing;
using Phyllome.Seats.SeatManager.Steps;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>
/// Observe, plan, apply: each change of the world starts a short quiet time; after it the plan is made and each seat gets its own steps.
/// A seat whose steps still run gets none until it reports, and no seat waits for another. Start-up, hotplug, a guest's end and a new
/// configuration are all this path.
/// </summary>
internal sealed partial class SeatsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RouterPatience = TimeSpan.FromSeconds(20);

    private readonly SeatsParts _parts;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<string, SeatRun> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IActorRef> _seats = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _troubles = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<IActorRef>> _starters = new(StringComparer.Ordinal);

    /// <summary>Who asked before all was seen and a plan made of it, in order; null from then on.</summary>
    private List<(SeatsRequest Request, IActorRef Asker)>? _early = [];

    private World _world = World.Unknown;
    private Plan? _plan;
    private SeatsStatus? _status;
    private Hotkeys? _askedHotkeys;
    private TimeSpan? _release;
    private bool _askedRelease;
    private Asking? _asked;
    private long _question;
    private ValueList<Guid> _keptStarted;
    private SleepWish _sleep = SleepWish.Nothing;

    public SeatsActor(SeatsParts parts, ILogger log)
    {
        (_parts, _log) = (parts, log);
        _world = _world with { Memory = parts.Remembered, Started = parts.Started, Screens = parts.Screens, Desktops = parts.Desktops, Doors = parts.Doors, HostName = parts.HostName, CodeSecret = RandomNumberGenerator.GetHexString(32) };
        _keptStarted = parts.Started;
        Receive<DevicesObserved>(devices => OnChanged(_world.With(devices)));
        Receive<DisplaysObserved>(displays => OnChanged(_world.WithDesktops(_world.Desktops, displays)));
        Receive<DesktopsObserved>(desktops => OnChanged(_world.WithDesktops(desktops.Desktops, _world.Displays)));
        Receive<GuestsObserved>(guests => OnChanged(Count(_world.With(guests))));
        Receive<ConfigurationObserved>(OnConfiguration);
        // What a step of ours changes there is no reason to try another again.
        Receive<HostRulesObserved>(rules => OnChanged(_world with { HostRules = rules }, run => run));
        Receive<ScreensObserved>(screens => OnChanged(_world with { Screens = screens.Screens }, run => run));
        Receive<DoorsObserved>(doors => OnChanged(_world with { Doors = doors.Doors }, run => run));
        Receive<ViewerWaits>(OnViewer);
        Receive<RouterObserved>(OnRouter);
        Receive<Trouble>(OnTrouble);
        Receive<ProcessorsSplit>(split =>
        {
            _world = _world with { Pins = split.Plan };
            Publish();
        });
        Receive<LookNow>(_ => Look());
        Receive<Settle>(settle => OnSettled(settle.Device));
        Receive<GiveUp>(seat => OnGivenUp(seat.Seat));
        Receive<StartAgain>(again => OnChanged(_world.WithoutStarted(again.Guest)));
        Receive<AskedToShutDown>(asked => OnAsked(asked.Guest));
        Receive<ShutdownLate>(late => OnChanged(_world with { Shutdowns = _world.Shutdowns.TimeIsOver(late.Guest) }));
        Receive<RetrySeat>(retry => OnRetry(retry.Seat));
        Receive<StepsEnded>(OnEnded);
        Receive<Terminated>(OnSeatDied);
        Receive<SeatsRequest>(_ => _early is not null, OnEarly);
        Receive<AnswerEarly>(_ => AnswerTheEarly());
        Receive<StartSeat>(start => OnStart(start.Seat));
        Receive<StopSeat>(stop => OnStop(stop.Seat));
        Receive<FocusSeat>(OnFocus);
        Receive<SendViewersAway>(away => Sender.Tell(OnSendAway(away.Seat)));
        Receive<ChangeMemory>(change => Sender.Tell(OnChange(change.Verb, dry: false)));
        Receive<IdentifyScreens>(identify => Sender.Tell(OnIdentify(identify.Begin)));
        Receive<IdentifyNoMore>(_ => EndIdentifying());
        Receive<SourceAnswered>(answer => OnAnswered(answer.Question, answer.Input, screen: null));
        Receive<CodeTyped>(typed => OnAnswered(typed.Question, typed.Input, typed.Index));
        Receive<CountTraffic>(_ => OnCountTraffic());
        Receive<Preview>(preview => Sender.Tell(OnPreview(preview.Request)));
        Receive<StillHere>(_ => _parts.Router.Tell(new AskRouter(StillHere.Word), ActorRefs.Nobody));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SeatsParts parts, ILogger log) => Akka.Actor.Props.Create(() => new SeatsActor(parts, log));

    protected override void PreStart()
    {
        foreach (var observer in _parts.Observers)
            observer.Tell(Listen.Instance);
        _parts.Router.Tell(Listen.Instance);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <summary>A seat's actor that dies is made anew with its next steps: a restarted one would not know that it owes a report.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void OnConfiguration(ConfigurationObserved configuration)
    {
        if (configuration.Fault.Count > 0)
            LogBadConfiguration(_log, configuration.Fault[0]);
        else
            LogConfiguration(_log, configuration.InForce.Seats.Count);
        OnChanged(_world with { Configuration = configuration }, run => run.Anew());
    }

    private void OnRouter(RouterObserved router)
    {
        var back = router.State is not null && _world.Router?.State is null;
        if (router.State is null)
            (_askedHotkeys, _askedRelease, _asked) = (null, false, null);
        // What a seat's own steps change in the router is no reason to try that seat again.
        OnChanged(_world with { Router = router }, back ? run => run.WorldChanged() : run => run);
    }

    private void OnChanged(World world) => OnChanged(world, run => run.WorldChanged());

    private void OnChanged(World world, Func<SeatRun, SeatRun> change)
    {
        _world = world;
        foreach (var run in _runs.Values.ToList())
            _runs[run.Seat] = change(run);
        LookSoon();
    }

    private void OnTrouble(Trouble trouble)
    {
        if (trouble.Sentence is null ? !_troubles.Remove(trouble.Observer) : _troubles.TryGetValue(trouble.Observer, out var before) && before == trouble.Sentence)
            return;
        if (trouble.Sentence is not null)
        {
            _troubles[trouble.Observer] = trouble.Sentence;
            LogTrouble(_log, trouble.Sentence);
        }

        Publish();
    }

    private void LookSoon()
    {
        Timers.StartSingleTimer("quiet", LookNow.Instance, _parts.Quiet);
        if (!Timers.IsTimerActive("longest"))
            Timers.StartSingleTimer("longest", LookNow.Instance, _parts.Longest);
    }

    private void Look()
    {
        Timers.Cancel("quiet");
        Timers.Cancel("longest");
        if (!_world.IsKnown)
            return;
        var first = _plan is null;
        var configuration = _world.Configuration!.InForce;
        // A file with a fault does not say which of the router's seats it has.
        if (_world.Memory is null && _world.Current is { } found && _world.Configuration.Fault.All(fault => fault.Severity != Severity.Error))
            Remember(Memory.Of(configuration, _world.Inventory, found));
        var current = _world.Current;
        _plan = _parts.Planner(configuration, _world.Memory ?? Memory.Empty, _world.Inventory, current ?? new(RouterState.Empty, _world.Started));
        if (current is not null)
        {
            // Before the first step: after a crash it is known what the steps were for.
            if (_plan.Remembered is { } memory && _world.Memory is not null)
                Remember(memory);
            Count(current);
            Apply(_plan);
            if (current.Router.Hotkeys != configuration.Hotkeys && _askedHotkeys != configuration.Hotkeys)
            {
                _askedHotkeys = configuration.Hotkeys;
                TellRouter(new SetHotkeys(0, configuration.Hotkeys), "hotkeys", why => $"Could not set the hotkeys: {why}.");
            }
        }

        AskSources(_plan.Asking);
        WatchTheRouter(configuration.Host.ReleaseOnStall, current?.Router.ReleaseAfter);
        KeepStarted();
        if (_world.Sleep is { } sleep && sleep != _sleep)
            _parts.Sleep(_sleep = sleep);
        AnswerStarters();
        Publish();
        if (current is not null)
            AnswerTheEarly();
        if (first)
            _parts.Planned();
    }

    private void OnEarly(SeatsRequest request)
    {
        if (_early!.Count == 0)
            Timers.StartSingleTimer(AnswerEarly.Instance, AnswerEarly.Instance, _parts.FirstSight);
        _early.Add((request, Sender));
    }

    /// <summary>By what is known now: where that is not all, each answer says what it lacks.</summary>
    private void AnswerTheEarly()
    {
        if (_early is not { } early)
            return;
        _early = null;
        Timers.Cancel(AnswerEarly.Instance);
        foreach (var (request, asker) in early)
            Self.Tell(request, asker);
    }

    /// <summary>Has the router tell who answers. One that was started anew asks nobody.</summary>
    private void AskSources(Asking? asking)
    {
        if (_world.Current is null)
            return;
        // Who is no longer asked has been understood, or is too late; and a click counts where it is waited for, or never.
        _world = _world with { Answers = _world.Answers.Where(answer => answer.Connector is not null && asking is not null && asking.Sources.Contains(answer.Input)).ToValueList() };
        if (asking == _asked)
            return;
        _asked = asking;
        TellRouter(
            new AskSources(0, ++_question, asking?.Sources ?? [], asking?.Codes ?? []), nameof(Asking),
            why => $"Could not ask who is in front of which screen: {why}. 'seatctl assign' and 'seatctl seat add' say it as well.");
    }

    /// <summary>What the router refuses is a trouble until it takes the next of its kind.</summary>
    private void TellRouter(RouterRequest request, string kind, Func<string, string> couldNot) => _parts.Router.Ask<RouterAnswer>(new AskRouter(request), RouterPatience)
        .PipeTo(Self, success: answer => new Trouble(kind, answer.State is null ? couldNot(answer.Refusal!) : null), failure: failure => new Trouble(kind, couldNot(failure.Message)));

    /// <param name="screen">Which code was typed; null where a key or a button was pressed.</param>
    private void OnAnswered(long question, int input, int? screen)
    {
        if (question != _question || _asked is not { } asked)
            return;
        var connector = screen is { } at ? asked.Screens[at].Connector : asked is { Codes.Count: 0, Screens: [var only] } ? only.Connector : null;
        OnChanged(_world with { Answers = [.. _world.Answers, new(input, connector)] });
    }

    private Answer OnIdentify(bool begin)
    {
        if (!begin)
        {
            EndIdentifying();
            return Answer.Done;
        }

        if (NotKnown is { } unknown)
            return unknown;
        if (PlanOf(_world with { Identify = true }).WhyNotAsking is { } why)
            return Answer.Refused(Refusal.Failed, $"Could not ask who is in front of which screen: {why}. See: seatctl status.");
        Timers.StartSingleTimer(IdentifyNoMore.Instance, IdentifyNoMore.Instance, _parts.Identifying);
        OnChanged(_world with { Identify = true }, run => run.Anew());
        return Answer.Done;
    }

    private void EndIdentifying()
    {
        Timers.Cancel(IdentifyNoMore.Instance);
        OnChanged(_world with { Identify = false });
    }

    /// <summary>Where the file asks for it, the router is told to let go of everything when it hears nothing more, and hears something three times as often.</summary>
    /// <param name="inForce">Seconds, of a router that is there.</param>
    private void WatchTheRouter(TimeSpan? wanted, int? inForce)
    {
        if (_release != wanted)
        {
            (_release, _askedRelease) = (wanted, false);
            if (wanted is { } limit)
                Timers.StartPeriodicTimer(StillHere.Instance, StillHere.Instance, limit / 3);
            else
                Timers.Cancel(StillHere.Instance);
        }

        if (_world.Current is null || _askedRelease || (int?)wanted?.TotalSeconds == inForce)
            return;
        _askedRelease = true;
        TellRouter(new SetRelease(0, (int?)wanted?.TotalSeconds), "release-on-stall", why => $"Could not set 'release-on-stall': {why}.");
    }

    /// <summary>So that the next manager does not start what its owner shut down.</summary>
    private void KeepStarted()
    {
        if (_world.StartedForOthers is not { } started || started == _keptStarted)
            return;
        try
        {
            _parts.KeepStarted(started);
            _keptStarted = started;
            OnTrouble(new(nameof(World.Started), null));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            OnTrouble(new(nameof(World.Started), $"Could not keep which guests were started: {failure.Message} One that its owner shuts down is started again if the manager is."));
        }
    }

    private void Remember(Memory memory)
    {
        var before = _world.Memory;
        _world = _world with { Memory = memory };
        // Whoever gets a seat gets its machine, be it that another one shut it down.
        foreach (var seat in memory.Seats.Where(seat => before is not null && before.Seats.All(other => other.Name != seat.Name)))
        {
            if (_world.Guests?.Guests?.FirstOrDefault(guest => guest.Name == seat.Guest) is { } guest)
                _world = _world.WithoutStarted(guest.Uuid);
        }
        try
        {
            _parts.Remember(memory);
            OnTrouble(new(nameof(Memory), null));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            OnTrouble(new(nameof(Memory), $"Could not keep what is to be remembered of the seats: {failure.Message} It holds until the manager ends."));
        }
    }

    /// <summary>Counts the time of what is new, and of the seats that were left.</summary>
    private void Count(Current current)
    {
        foreach (var device in current.New.Where(device => !Timers.IsTimerActive(new Settle(device))))
            Timers.StartSingleTimer(new Settle(device), new Settle(device), _parts.Novelty);

        var (before, wanted) = (_world.Absences, _world.Wanted);
        var now = before.After(wanted, _plan!, _world.Guests?.Guests, _world.Doors);
        _world = _world with { Absences = now };
        foreach (var seat in before.Waiting.Except(now.Waiting))
            Timers.Cancel(new GiveUp(seat));
        foreach (var seat in now.Waiting.Except(before.Waiting))
            Timers.StartSingleTimer(new GiveUp(seat), new GiveUp(seat), wanted.Spawn.Linger);
        // Somebody is back: the guest was shut down by us, not by them.
        foreach (var seat in before.Parted.Except(now.Parted))
        {
            if (wanted.Seats.FirstOrDefault(wish => wish.Name == seat) is { } wish && _world.Guests?.Guests?.FirstOrDefault(guest => guest.Name == wish.Guests[0]) is { } guest)
                OnChanged(_world.WithoutStarted(guest.Uuid));
        }
    }

    /// <summary>Counts the pauses of guests that crashed, and the time of those that were asked to shut down.</summary>
    private World Count(World world)
    {
        if (world.Guests?.Guests is not { } guests)
            return world;
        var after = world with { Crashes = world.Crashes.After(guests, world.Started, _parts.Now()), Shutdowns = world.Shutdowns.After(guests) };
        foreach (var crash in after.Crashes.All.Except(world.Crashes.All).Where(crash => crash.Phase == CrashPhase.Waiting))
            Timers.StartSingleTimer(new StartAgain(crash.Guest), new StartAgain(crash.Guest), crash.Pause);
        foreach (var crash in world.Crashes.All.Where(crash => crash.Phase == CrashPhase.Waiting && after.Crashes.Of(crash.Guest) is not { Phase: CrashPhase.Waiting }))
            Timers.Cancel(new StartAgain(crash.Guest));
        foreach (var guest in world.Shutdowns.Asked.Except(after.Shutdowns.Asked))
            Timers.Cancel(new ShutdownLate(guest));
        foreach (var crash in after.Crashes.All.Except(world.Crashes.All).Where(crash => crash.Phase != CrashPhase.Started))
            LogTrouble(_log, GuestTroubles.Sentence(crash, guests.First(guest => guest.Uuid == crash.Guest).Name));
        return after;
    }

    private void OnAsked(Guid guest)
    {
        _world = _world with { Shutdowns = _world.Shutdowns.With(guest) };
        Timers.StartSingleTimer(new ShutdownLate(guest), new ShutdownLate(guest), ShutdownRequests.Patience);
    }

    private void OnSettled(string device)
    {
        if (_world.Devices is { } there && there.Devices.Any(other => other.Id == device))
            OnChanged(_world with { Settled = [.. _world.Settled, device] });
    }

    private void OnGivenUp(string seat) => OnChanged(_world with { Absences = _world.Absences.TimeIsOver(seat) });

    private void Apply(Plan plan)
    {
        var steps = plan.Steps.GroupBy(step => step.Seat).ToDictionary(group => group.Key, group => group.ToValueList(), StringComparer.Ordinal);
        foreach (var seat in steps.Keys.Union(_runs.Keys).ToList())
        {
            var before = _runs.GetValueOrDefault(seat) ?? new SeatRun(seat);
            // Somebody is back: what is typed there is not to wait for a memory to be written.
            foreach (var save in before.Running.OfType<SaveGuest>().Where(save => !plan.Steps.Contains(save)))
                BreakOff(save);
            var run = before.Offer(steps.GetValueOrDefault(seat));
            _runs[seat] = run;
            if (run.Generation != before.Generation)
            {
                foreach (var start in run.Running.OfType<StartGuest>())
                {
                    if (_world.Guests?.Guests?.FirstOrDefault(guest => guest.Uuid == start.Guest) is { } guest)
                        _world = _world with { Crashes = _world.Crashes.Starting(guest, _parts.Now()) };
                }
                SeatOf(seat).Tell(new RunSteps(run.Generation, run.Running));
            }
            else if (run.Failures > before.Failures)
                Hold(run);
            else if (run.IsIdle && !steps.ContainsKey(seat) && Wanted(seat) is null)
                Forget(seat);
        }
    }

    private void BreakOff(SaveGuest save) => _parts.BreakOff(save.Guest, _stopped.Token).PipeTo(
        Self, success: () => new Trouble(nameof(SaveGuest), null),
        failure: failure => new Trouble(nameof(SaveGuest), $"Seat {save.Seat} has to wait until its guest '{save.GuestName}' is saved: {failure.Message}"));

    private IActorRef SeatOf(string seat)
    {
        if (_seats.TryGetValue(seat, out var known))
            return known;
        return _seats[seat] = Context.Watch(_parts.MakeSeat(Context, seat));
    }

    private void Forget(string seat)
    {
        _runs.Remove(seat);
        Timers.Cancel(new RetrySeat(seat));
        if (!_seats.Remove(seat, out var actor))
            return;
        Context.Unwatch(actor);
        Context.Stop(actor);
    }

    private void Hold(SeatRun run) => Timers.StartSingleTimer(new RetrySeat(run.Seat), new RetrySeat(run.Seat), run.RetryAfter);

    private void OnRetry(string seat)
    {
        if (!_runs.TryGetValue(seat, out var run))
            return;
        _runs[seat] = run.Retry();
        LookSoon();
    }

    private void OnEnded(StepsEnded ended)
    {
        // A card that may not be taken is no failure: the next plan goes on without it.
        var failed = ended.Failed.Where(failure => failure.Refused is null).ToValueList();
        if (!_runs.TryGetValue(ended.Seat, out var run) || run.Ended(ended.Generation, failed) is var after && after == run)
            return;
        _runs[ended.Seat] = after;
        _world = _world.WithRefused(ended.Failed.Select(failure => failure.Refused).OfType<RefusedGpu>());
        _world = _world.WithStarted(ended.Done.OfType<StartGuest>().Select(step => step.Guest));
        foreach (var stop in ended.Done.OfType<StopGuest>())
        {
            _world = _world with { Absences = _world.Absences.Part(ended.Seat) };
            OnAsked(stop.Guest);
        }
        foreach (var save in ended.Done.OfType<SaveGuest>())
            _world = _world.WithoutStarted(save.Guest) with { Absences = _world.Absences.Part(ended.Seat) };
        if (ended.Done.Count > 0)
        {
            // What this seat gave up may be what another one waits for.
            foreach (var other in _runs.Values.Where(other => other.Seat != ended.Seat).ToList())
                _runs[other.Seat] = other.WorldChanged();
        }

        if (failed.Count > 0)
        {
            Hold(after);
            if (failed.FirstOrDefault(failure => failure.Step is StartGuest or CreateSink) is { } failure)
            {
                foreach (var starter in TakeStarters(ended.Seat))
                    starter.Tell(Answer.Refused(Refusal.Failed, failure.Sentence));
            }
        }
        else if (!after.Held)
            Timers.Cancel(new RetrySeat(ended.Seat));
        LookSoon();
    }

    private void OnSeatDied(Terminated died)
    {
        if (_seats.FirstOrDefault(pair => pair.Value.Equals(died.ActorRef)).Key is not { } seat)
            return;
        _seats.Remove(seat);
        if (_runs.TryGetValue(seat, out var run))
        {
            var sentence = $"Could not finish the steps of seat {seat}: its part of the manager failed; trying again. See: journalctl -u phyllome-seatd.";
            OnEnded(new(seat, run.Generation, [], run.Running.Select(step => new StepFailure(step, sentence)).ToValueList()));
        }
    }

    private void OnStart(string seat)
    {
        var (guest, refusal) = OwnGuest(seat, "start");
        if (guest is null)
        {
            Sender.Tell(refusal!);
            return;
        }

        if (_world.Memory is { } memory && memory.Taken.Contains(seat))
        {
            Remember(memory.WithoutTaken(seat));
            LookSoon();
        }

        if (guest.State is not (GuestState.Off or GuestState.Crashed))
        {
            Sender.Tell(Answer.Done);
            return;
        }

        if (_world.Current is null)
        {
            Sender.Tell(Answer.Refused(Refusal.Failed, $"Could not start seat {seat}: {_world.WhyNotKnown}."));
            return;
        }

        _world = _world.WithoutStarted(guest.Uuid);
        _world = _world with { Crashes = _world.Crashes.Without(guest.Uuid) };
        Timers.Cancel(new StartAgain(guest.Uuid));
        if (_runs.TryGetValue(seat, out var run))
            _runs[seat] = run.Anew();
        if (!_starters.TryGetValue(seat, out var starters))
            _starters[seat] = starters = [];
        starters.Add(Sender);
        LookSoon();
    }

    private void AnswerStarters()
    {
        foreach (var seat in _starters.Keys.ToList())
        {
            if (_runs.TryGetValue(seat, out var run) && !run.IsIdle)
                continue;
            var (guest, refusal) = OwnGuest(seat, "start");
            var answer = guest is null ? refusal!
                : guest.State == GuestState.Running || _world.Started.Contains(guest.Uuid) ? Answer.Done
                : Answer.Refused(Refusal.Failed, string.Join(' ', ProblemsOf(seat).Prepend($"Could not start seat {seat}.")));
            foreach (var starter in TakeStarters(seat))
                starter.Tell(answer);
        }
    }

    private IEnumerable<string> ProblemsOf(string seat) => (_plan?.Problems.Where(problem => problem.Seat == seat).Select(problem => problem.Sentence) ?? [])
        .Concat(_runs.GetValueOrDefault(seat)?.Failed.Select(failure => failure.Sentence) ?? []);

    private List<IActorRef> TakeStarters(string seat) => _starters.Remove(seat, out var starters) ? starters : [];

    private void OnStop(string seat)
    {
        var (guest, refusal) = OwnGuest(seat, "stop");
        if (guest is null)
            Sender.Tell(refusal!);
        else if (guest.State is GuestState.Off or GuestState.Crashed)
        {
            // One that waits for its next try is not to have it.
            Timers.Cancel(new StartAgain(guest.Uuid));
            _world = _world.WithStarted([guest.Uuid]);
            OnChanged(_world with { Crashes = _world.Crashes.Without(guest.Uuid) });
            Sender.Tell(Answer.Done);
        }
        else
        {
            var (self, uuid) = (Self, guest.Uuid);
            _parts.ShutDown(uuid, _stopped.Token).PipeTo(
                Sender,
                success: () =>
                {
                    self.Tell(new AskedToShutDown(uuid));
                    return Answer.Done;
                },
                failure: failure => Answer.Refused(Refusal.Failed, failure.Message));
        }
    }

    private void OnFocus(FocusSeat focus)
    {
        if (Routed(focus.Seat) is not { } routed)
        {
            Sender.Tell(NotRouted(focus.Seat));
            return;
        }

        var (guest, refusal) = FocusTarget.Find(routed, focus.Target, _world.Guests?.Guests);
        if (guest is not { } found)
        {
            Sender.Tell(refusal!);
            return;
        }

        var seat = focus.Seat;
        _parts.Router.Ask<RouterAnswer>(new AskRouter(new SetFocus(0, seat, found)), RouterPatience).PipeTo(
            Sender,
            success: answer => answer.State is not null
                ? Answer.Done
                : Answer.Refused(
                    answer.Error == RouterError.OutOfReach ? Refusal.AgainstPolicy : Refusal.Failed, $"Could not move the input of seat {seat}: {answer.Refusal}."),
            failure: failure => Answer.Refused(Refusal.Failed, $"Could not move the input of seat {seat}: {failure.Message}"));
    }

    private RouterSeat? Routed(string seat) => _world.Router?.State?.Seats.FirstOrDefault(route => route.Name == seat);

    private Answer NotRouted(string seat) => Wanted(seat) is null ? NoSuchSeat(seat)
        : Answer.Refused(Refusal.Failed, $"Could not move the input of seat {seat}: {_world.WhyNotKnown ?? "it is not routed yet. See: seatctl status"}.");

    private void OnViewer(ViewerWaits waits)
    {
        var (guest, whyNot) = Wanted(waits.Seat) is { } seat && _world.IsKnown
            ? RemoteView.Of(seat, Routed(waits.Seat)?.Focus, _world.Guests?.Guests)
            : (null, "the seats are not known yet: come again in a moment");
        if (guest is not null)
            _ = _parts.LetIn(waits.Seat, waits.Viewer, guest, _stopped.Token);
        else
            _parts.TurnAway(waits.Seat, waits.Viewer, whyNot!);
    }

    private Answer OnSendAway(string seat)
    {
        if (MemoryVerbs.WhyNotRemote(seat, _world) is { } refusal)
            return refusal;
        try
        {
            _parts.EndViewers(seat);
            return Answer.Done;
        }
        catch (LinuxException failure)
        {
            return Answer.Refused(Refusal.Failed, $"Could not send the viewers of seat {seat} away: {failure.Message}. See: seatctl status.");
        }
    }

    private void OnCountTraffic()
    {
        var devices = _world.Devices?.Devices ?? [];
        var seats = (_plan?.Claims ?? []).Where(claim => claim.Seat != Step.Host).ToDictionary(claim => claim.Device, claim => claim.Seat, StringComparer.Ordinal);
        Counting.AskAsync(_parts.Router, RouterPatience).PipeTo(
            Sender,
            success: counters => InputTraffic.Of(devices, device => seats.GetValueOrDefault(device.Id), counters),
            failure: failure => Answer.Refused(Refusal.Failed, failure.Message));
    }

    private Answer OnChange(MemoryVerb verb, bool dry)
    {
        if (NotKnown is { } unknown)
            return unknown;
        // The newest plan may be of before what was seen last.
        var (after, refusal) = MemoryVerbs.Apply(verb, _world, PlanOf(_world));
        if (after is null)
            return refusal!;
        if (dry)
            return Steps(_world with { Memory = after });
        Remember(after);
        foreach (var run in _runs.Values.ToList())
            _runs[run.Seat] = run.Anew();
        LookSoon();
        return Answer.Done;
    }

    private Answer? NotKnown => _world.WhyNotKnown is { } why ? Answer.Refused(Refusal.Failed, $"Could not do it: {why}.") : null;

    private Answer OnPreview(SeatsRequest request)
    {
        switch (request)
        {
            case IdentifyScreens { Begin: false }:
                return NotKnown ?? Steps(_world with { Identify = false });
            case IdentifyScreens:
                if (NotKnown is { } unknown)
                    return unknown;
                var plan = PlanOf(_world with { Identify = true });
                return Answer.Done with { Steps = plan.WhyNotAsking is { } nobody ? [$"ask nobody: {nobody}"] : SentencesOf(plan) };
            case ChangeMemory change:
                return OnChange(change.Verb, dry: true);
            case StartSeat start:
                var (own, no) = OwnGuest(start.Seat, "start");
                return own is null ? no! : NotKnown ?? Steps(_world.WithoutStarted(own.Uuid) with { Memory = _world.Memory?.WithoutTaken(start.Seat) });
            case StopSeat stop:
                var (running, refusal) = OwnGuest(stop.Seat, "stop");
                return running is null ? refusal! : running.State is GuestState.Off or GuestState.Crashed ? Answer.Done
                    : Answer.Done with { Steps = [new StopGuest(stop.Seat, running.Uuid, running.Name).Sentence] };
            case SendViewersAway away:
                var viewers = _world.Doors?.FirstOrDefault(door => door.Seat == away.Seat)?.Viewers ?? [];
                return MemoryVerbs.WhyNotRemote(away.Seat, _world) ?? Answer.Done with { Steps = viewers.Select(viewer => $"send {viewer.From} away, who sees {viewer.Guest}").ToValueList() };
            case FocusSeat focus:
                if (Routed(focus.Seat) is not { } routed)
                    return NotRouted(focus.Seat);
                var (guest, why) = FocusTarget.Find(routed, focus.Target, _world.Guests?.Guests);
                return guest is not { } found ? why!
                    : Answer.Done with { Steps = [$"move the input of seat {focus.Seat} to {(found == HostReach.Id ? "the host" : $"guest '{_world.Guests?.Guests?.FirstOrDefault(other => other.Uuid == found)?.Name ?? found.ToString()}'")}"] };
            default:
                throw new UnreachableException($"{request} has no preview");
        }
    }

    /// <summary>What would be done in another world.</summary>
    private Answer Steps(World world) => Answer.Done with
    {
        Steps = SentencesOf(PlanOf(world)),
    };

    private Plan PlanOf(World world) => _parts.Planner(world.Configuration!.InForce, world.Memory ?? Memory.Empty, world.Inventory, world.Current!);

    private static ValueList<string> SentencesOf(Plan plan) => plan.Steps.Select(step => step.Sentence).ToValueList();

    private SeatWish? Wanted(string seat) => _world.Wanted.Seats.FirstOrDefault(wish => wish.Name == seat);

    private (Guest? Guest, Answer? Refusal) OwnGuest(string seat, string verb)
    {
        if (Wanted(seat) is not { } wish)
            return (null, NoSuchSeat(seat));
        if (_world.Guests?.Guests is not { } guests)
            return (null, Answer.Refused(Refusal.Failed, $"Could not {verb} seat {seat}: libvirt cannot be asked. {_troubles.GetValueOrDefault(GuestsActor.Name)}".TrimEnd()));
        if (wish.Guests.Count == 0)
            return (null, Answer.Refused(Refusal.Failed, $"Could not {verb} seat {seat}: it has no guest. Name one in seats.toml."));
        return guests.FirstOrDefault(guest => guest.Name == wish.Guests[0]) is { } own
            ? (own, null)
            : (null, Answer.Refused(Refusal.NotThere, $"Could not {verb} seat {seat}: libvirt has no guest '{wish.Guests[0]}'. See: virsh list --all."));
    }

    private static Answer NoSuchSeat(string seat) => Answer.Refused(Refusal.NotThere, $"There is no seat {seat}. See: seatctl status.");

    private void Publish()
    {
        if (_plan is null)
            return;
        var status = _parts.Describe(new(_world, _plan, _runs.Values.OrderBy(run => run.Seat, StringComparer.Ordinal).ToValueList(), _troubles.Values.ToValueList()));
        if (status == _status)
            return;
        // What there was when the manager began is no news.
        foreach (var (seat, notice) in _status is null ? [] : SeatNotices.Between(_status, status))
            _parts.Notify(status.Seats.First(one => one.Name == seat), notice);
        _status = status;
        _parts.Publish(status);
    }

    [LoggerMessage(EventId = 320, Level = LogLevel.Information, Message = "The configuration asks for {Seats} seats.")]
    private static partial void LogConfiguration(ILogger log, int seats);

    [LoggerMessage(EventId = 321, Level = LogLevel.Error, Message = "{Diagnostic} What was in force stays in force.")]
    private static partial void LogBadConfiguration(ILogger log, Diagnostic diagnostic);

    [LoggerMessage(EventId = 322, Level = LogLevel.Warning, Message = "{Sentence}")]
    private static partial void LogTrouble(ILogger log, string sentence);

    private sealed record LookNow
    {
        public static LookNow Instance { get; } = new();
    }

    /// <summary>Also the key of its own timer.</summary>
    private sealed record RetrySeat(string Seat);

    /// <summary>A device is new no longer. Also the key of its own timer.</summary>
    private sealed record Settle(string Device);

    /// <summary>A seat was left for so long that its guest is not kept. Also the key of its own timer.</summary>
    private sealed record GiveUp(string Seat);

    /// <summary>The pause of a guest that crashed is over. Also the key of its own timer.</summary>
    private sealed record StartAgain(Guid Guest);

    private sealed record AskedToShutDown(Guid Guest);

    /// <summary>A guest that was asked to shut down has had its time. Also the key of its own timer.</summary>
    private sealed record ShutdownLate(Guid Guest);

    /// <summary>Also the key of its own timer.</summary>
    private sealed record AnswerEarly
    {
        public static AnswerEarly Instance { get; } = new();
    }

    /// <summary>Also the key of its own timer.</summary>
    private sealed record IdentifyNoMore
    {
        public static IdentifyNoMore Instance { get; } = new();
    }

    /// <summary>Also the key of its own timer.</summary>
    private sealed record StillHere
    {
        /// <summary>A request that costs next to nothing and asks for no change: of no source at all.</summary>
        public static QueryCounters Word { get; } = new(0, int.MaxValue);

        public static StillHere Instance { get; } = new();
    }
}
