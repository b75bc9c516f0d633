using System.Net;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The doors for viewers elsewhere, and where each seat's input goes, which is what they see.</summary>
internal sealed partial class World
{
    private readonly Dictionary<string, Guid> _focus = [];

    /// <summary>Where each door listens, be it that no manager knows.</summary>
    private readonly Dictionary<string, string?> _listening = [];

    private int _lastViewer;

    /// <summary>Null where nobody opens any.</summary>
    public List<OpenedDoor>? Doors { get; set; }

    /// <summary>Where a seat's input goes; null where the router does not say.</summary>
    public Guid? FocusOf(string seat) => _focus.TryGetValue(seat, out var focus) ? focus : null;

    /// <param name="at">Of the seat's reach.</param>
    public void MoveFocus(string seat, int at)
    {
        if (_routes.GetValueOrDefault(seat) is { Reach: { Count: > 0 } reach })
            _focus[seat] = reach[at % reach.Count];
    }

    /// <summary>Somebody is at the door who may come in.</summary>
    public void Comes(SeatWish seat)
    {
        if (Doors?.FindIndex(door => door.Seat == seat.Name) is >= 0 and { } at
            && RemoteView.Of(seat, FocusOf(seat.Name), LibvirtIsThere ? Guests.Values.ToValueList() : null).Guest is { } guest)
            Doors[at] = Doors[at] with { Viewers = [.. Doors[at].Viewers, new(++_lastViewer, "user 1000", guest.Name)] };
    }

    /// <summary>All of them.</summary>
    public void Leave(string seat) => Change(seat, door => door with { Viewers = [] });

    /// <summary>Its process is killed.</summary>
    public void EndDoor(string seat)
    {
        Doors?.RemoveAll(door => door.Seat == seat);
        _listening.Remove(seat);
    }

    /// <summary>A manager that is started anew does not know what it is that the doors were told.</summary>
    private void ForgetDoors()
    {
        for (var i = 0; i < Doors?.Count; i++)
            Doors[i] = Doors[i] with { As = null };
    }

    /// <summary>Its QEMU closes their connections.</summary>
    private void SeeNoMore(string guest)
    {
        for (var i = 0; i < Doors?.Count; i++)
            Doors[i] = Doors[i] with { Viewers = Doors[i].Viewers.Where(viewer => viewer.Guest != guest).ToValueList() };
    }

    private void Open(OpenRemote open)
    {
        Refuse(Doors!.Exists(door => door.Seat == open.Seat), open, "there already");
        Doors.Add(new(open.Seat, null, "s", []));
        Tell(open, open.Door);
    }

    private void Tell(Step step, RemoteDoor to)
    {
        Refuse(!Doors!.Exists(door => door.Seat == step.Seat), step, "no such door");
        Refuse(Doors.Exists(door => door.Seat == step.Seat && door.As == to), step, "it is so");
        var other = to.Listen is null ? null : Doors.Find(door => door.Seat != step.Seat && _listening.GetValueOrDefault(door.Seat) is { } listen && PortOf(listen) == PortOf(to.Listen));
        Refuse(other?.As is not null, step, $"seat {other?.Seat} listens there");
        // What a door has of another manager nobody knows: it is open at its socket alone then, and told anew.
        _listening[step.Seat] = other is null ? to.Listen : null;
        Change(step.Seat, door => door with { As = other is null ? to : null });
    }

    private void Close(CloseRemote close)
    {
        Refuse(!Doors!.Exists(door => door.Seat == close.Seat), close, "no such door");
        EndDoor(close.Seat);
    }

    private void SendAway(EndRemoteViewers end)
    {
        Refuse(!Doors!.Exists(door => door.Seat == end.Seat && door.Viewers.Count > 0), end, "nobody is there");
        Leave(end.Seat);
    }

    private void Change(string seat, Func<OpenedDoor, OpenedDoor> change)
    {
        if (Doors?.FindIndex(door => door.Seat == seat) is >= 0 and { } at)
            Doors[at] = change(Doors[at]);
    }

    /// <summary>What is out of reach the focus has left for home.</summary>
    private void Reach(string seat, ValueList<Guid> reach)
    {
        if (!_focus.TryGetValue(seat, out var focus) || reach.Contains(focus))
            return;
        if (reach.Count == 0)
            _focus.Remove(seat);
        else
            _focus[seat] = reach.Contains(HostReach.Id) ? HostReach.Id : reach[0];
    }

    private static int PortOf(string listen) => IPEndPoint.Parse(listen).Port;
}
