using Akka.Actor;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Processors;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Pinning;

/// <summary>
/// Splits the host's processors anew whenever a guest of a seat comes or goes, and has those guests moved that run elsewhere than they
/// should. It is no seat's step: one seat's coming may move another's guest, which goes on meanwhile.
/// </summary>
internal sealed class ProcessorsActor : ReceiveActor
{
    private const string Name = "processors", Interrupts = "interrupts";

    private readonly ValueList<IActorRef> _observers;
    private readonly Func<HostTopology> _topology;
    private readonly Func<string, int?> _nodeOf;
    private readonly Func<Guid, GuestPinning, CancellationToken, Task> _pin;
    private readonly Func<ValueList<int>, CancellationToken, Task> _steer;
    private readonly CancellationTokenSource _stopped = new();
    private readonly HashSet<IActorRef> _listeners = [];
    private readonly Dictionary<Guid, GuestStarts> _starting = [];
    private readonly HashSet<Guid> _moved = [];

    private SeatsConfiguration? _wanted;
    private ValueList<Guest>? _guests;
    private SplitQuestion? _answered;
    private PinPlan _plan = PinPlan.None;
    private string? _trouble;
    private string? _steeringTrouble;
    private bool _moving;

    /// <summary>The processors that handle the host's interrupts; empty for those that do by themselves, null where it is not known.</summary>
    private ValueList<int>? _steered;
    private bool _steering;

    /// <param name="steer">Has these processors handle the host's interrupts; with none, those that did before.</param>
    /// <param name="isSteered">Whether a manager before this one had them moved.</param>
    public ProcessorsActor(
        ValueList<IActorRef> observers, Func<HostTopology> topology, Func<string, int?> nodeOf, Func<Guid, GuestPinning, CancellationToken, Task> pin,
        Func<ValueList<int>, CancellationToken, Task> steer, bool isSteered)
    {
        (_observers, _topology, _nodeOf, _pin, _steer) = (observers, topology, nodeOf, pin, steer);
        _steered = isSteered ? null : [];
        Receive<Listen>(_ => OnListen());
        Receive<Terminated>(gone => _listeners.Remove(gone.ActorRef));
        Receive<ConfigurationObserved>(configuration =>
        {
            _wanted = configuration.InForce;
            Look();
        });
        Receive<GuestsObserved>(guests =>
        {
            _guests = guests.Guests;
            Look();
        });
        Receive<Trouble>(_ => { });
        Receive<GuestStarts>(OnStarts);
        Receive<GuestStartEnded>(ended =>
        {
            _starting.Remove(ended.Guest);
            Look();
        });
        Receive<Moved>(OnMoved);
        Receive<Steered>(OnSteered);
    }

    public static Props Props(
        ValueList<IActorRef> observers, Func<HostTopology> topology, Func<string, int?> nodeOf, Func<Guid, GuestPinning, CancellationToken, Task> pin,
        Func<ValueList<int>, CancellationToken, Task> steer, bool isSteered) =>
        Akka.Actor.Props.Create(() => new ProcessorsActor(observers, topology, nodeOf, pin, steer, isSteered));

    protected override void PreStart()
    {
        foreach (var observer in _observers)
            observer.Tell(Listen.Instance);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void OnListen()
    {
        if (!_listeners.Add(Sender))
            return;
        Context.Watch(Sender);
        Sender.Tell(new ProcessorsSplit(_plan));
        if (_trouble is not null)
            Sender.Tell(new Trouble(Name, _trouble));
        if (_steeringTrouble is not null)
            Sender.Tell(new Trouble(Interrupts, _steeringTrouble));
    }

    private void OnStarts(GuestStarts starts)
    {
        _starting[starts.Guest] = starts;
        var plan = _wanted is null ? PinPlan.None : Split(SplitQuestion.Of(_wanted, _guests ?? [], _starting.Values, _nodeOf));
        if (plan.Guests.FirstOrDefault(guest => guest.Guest == starts.Guest) is { } pinning)
        {
            _moved.Add(starts.Guest);
            Sender.Tell(new PinningAnswer(pinning));
        }
        else
            Sender.Tell(new PinningAnswer(null));
    }

    private void Look()
    {
        if (_moving || _wanted is null || _guests is not { } guests)
            return;
        var question = SplitQuestion.Of(_wanted, guests, _starting.Values, _nodeOf);
        if (question == _answered)
            return;
        _answered = question;
        var host = _topology();
        var plan = SeatProcessors.Plan(host, question.Guests, question.Owned);
        if (plan != _plan)
        {
            _plan = plan;
            Tell(new ProcessorsSplit(plan));
        }

        Steer();

        var running = guests.Where(guest => guest.Processors is not null).Select(guest => guest.Uuid).ToHashSet();
        _moved.RemoveWhere(guest => !running.Contains(guest) && !_starting.ContainsKey(guest));
        List<GuestPinning> moves = [.. plan.Guests.Where(guest => running.Contains(guest.Guest))];
        // Those that were moved by us and are to have none for themselves any more.
        var everywhere = host.Cores.SelectMany(core => core.Cpus).Order().ToValueList();
        foreach (var guest in guests.Where(guest => _moved.Contains(guest.Uuid) && guest.Processors is { Owners: false } && plan.Guests.All(pinned => pinned.Guest != guest.Uuid)))
            moves.Add(new(guest.Uuid, Enumerable.Repeat(everywhere, guest.Processors!.Vcpus).ToValueList(), everywhere, null, null, null));
        if (moves.Count == 0)
        {
            Say(null);
            return;
        }

        _moved.UnionWith(plan.Guests.Select(guest => guest.Guest));
        _moving = true;
        var (pin, stopped) = (_pin, _stopped.Token);
        Task.Run(() => MoveAsync(moves, pin, stopped), stopped).PipeTo(Self, failure: failure => new Moved([failure.Message]));
    }

    private PinPlan Split(SplitQuestion question) => SeatProcessors.Plan(_topology(), question.Guests, question.Owned);

    /// <summary>One that fails keeps no other from its place.</summary>
    private static async Task<Moved> MoveAsync(List<GuestPinning> moves, Func<Guid, GuestPinning, CancellationToken, Task> pin, CancellationToken stopped)
    {
        var problems = new List<string>();
        foreach (var move in moves)
        {
            try
            {
                await pin(move.Guest, move, stopped).ConfigureAwait(false);
            }
            catch (GuestException failure)
            {
                problems.Add(failure.Message);
            }
        }
        return new(problems.ToValueList());
    }

    private void OnMoved(Moved moved)
    {
        _moving = false;
        Say(moved.Problems.Count == 0 ? null : $"{string.Join(' ', moved.Problems)} The guests run on, elsewhere; to have none pinned, set 'pinning = false' in [host].");
        Look();
    }

    /// <summary>What is a seat's alone the host's devices do not interrupt.</summary>
    private void Steer()
    {
        var wanted = _plan.Guests.Count == 0 ? [] : _plan.Host;
        if (_steering || wanted == _steered)
            return;
        _steering = true;
        var (steer, stopped) = (_steer, _stopped.Token);
        Task.Run(() => steer(wanted, stopped), stopped).PipeTo(Self, success: () => new Steered(wanted, null), failure: failure => new Steered(wanted, failure.Message));
    }

    private void OnSteered(Steered steered)
    {
        // What failed is tried again with the next change.
        (_steering, _steered) = (false, steered.Cpus);
        var trouble = steered.Problem is null ? null : $"Could not keep the interrupts of the host's devices off the seats' processors: {steered.Problem.TrimEnd('.')}. The seats go on; to have no processors of their own, set 'pinning = false' in [host].";
        if (trouble != _steeringTrouble)
            Tell(new Trouble(Interrupts, _steeringTrouble = trouble));
        Steer();
    }

    private void Say(string? trouble)
    {
        if (trouble == _trouble)
            return;
        _trouble = trouble;
        Tell(new Trouble(Name, trouble));
    }

    private void Tell(object message)
    {
        foreach (var listener in _listeners)
            listener.Tell(message);
    }

    private sealed record Moved(ValueList<string> Problems);

    private sealed record Steered(ValueList<int> Cpus, string? Problem);
}
