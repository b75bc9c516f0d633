using Akka.Actor;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>Keeps those who <see cref="Listen"/> told of the guests. The host of the guests connects, reads and tries again by itself.</summary>
internal sealed class GuestsActor : ReceiveActor
{
    public const string Name = "libvirt";

    private readonly GuestHost _guests;
    private readonly Action<GuestsSeen> _changed;
    private readonly HashSet<IActorRef> _listeners = [];
    private GuestsSeen _seen = new(null, null);

    public GuestsActor(GuestHost guests)
    {
        _guests = guests;
        var self = Self;
        _changed = seen => self.Tell(seen);
        Receive<Listen>(_ =>
        {
            if (_listeners.Add(Sender))
            {
                Context.Watch(Sender);
                Tell(Sender);
            }
        });
        Receive<Terminated>(gone => _listeners.Remove(gone.ActorRef));
        Receive<GuestsSeen>(seen =>
        {
            _seen = seen;
            foreach (var listener in _listeners)
                Tell(listener);
        });
    }

    public static Props Props(GuestHost guests) => Akka.Actor.Props.Create(() => new GuestsActor(guests));

    protected override void PreStart()
    {
        _guests.Changed += _changed;
        Self.Tell(_guests.Seen);
    }

    protected override void PostStop() => _guests.Changed -= _changed;

    private void Tell(IActorRef listener)
    {
        // Neither guests nor a problem: it has not been asked yet.
        if (_seen is { Guests: null, Problem: null })
            return;
        listener.Tell(new GuestsObserved(_seen.Guests));
        listener.Tell(new Trouble(Name, _seen.Problem));
    }
}
