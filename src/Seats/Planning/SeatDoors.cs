using System.Net;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.Planning;

/// <summary>Which doors there should be for viewers elsewhere, and which viewers have to go. Pure.</summary>
internal sealed class SeatDoors(SeatsConfiguration wanted, Memory remembered, Inventory observed, Current current)
{
    /// <summary>How the door of a seat is to be; null for none.</summary>
    internal static RemoteDoor? Of(SeatWish seat, Memory remembered)
    {
        if (seat.Remote is not { } remote || remembered.Taken.Contains(seat.Name))
            return null;
        var said = remembered.Remotes.FirstOrDefault(one => one.Seat == seat.Name);
        return new(seat.Name, remote.Listen, remote.User ?? seat.Owner ?? seat.Name, said?.ViewOnly ?? remote.ViewOnly)
        {
            Owner = seat.Owner,
            Password = said?.Password,
            Certificate = remote.Listen is null ? null : remote.Certificate,
        };
    }

    /// <summary>How the remote display of a guest is to be that starts for a seat; null for none.</summary>
    public RemoteScreen? ScreenOf(string guest, SeatWish seat) => wanted.RemoteOf(guest, seat) is { } remote ? new(remote.Size) : null;

    /// <summary>Whether somebody elsewhere sees a guest by its seat, or this one by another seat that has it in reach.</summary>
    public bool IsSeen(string seat, string guest) => (current.Doors ?? []).Any(door => door.Viewers.Any(viewer => door.Seat == seat || viewer.Guest == guest));

    public IEnumerable<Step> Steps(string seat)
    {
        if (current.Doors is not { } doors)
            yield break;
        var opened = Opened(seat);
        if (wanted.Seats.FirstOrDefault(one => one.Name == seat) is not { } wish || Of(wish, remembered) is not { } door)
        {
            if (opened is not null)
                yield return new CloseRemote(seat);
            yield break;
        }

        // The kernel gives a port once: one that another door has still comes with the next plan.
        if (door.Listen is { } listen && doors.Any(other => other.Seat != seat && other.As?.Listen is { } has && PortOf(has) == PortOf(listen)))
            door = door with { Listen = null, Certificate = null };
        if (opened is null)
            yield return new OpenRemote(seat, door);
        else if (opened.As != door)
            yield return new ChangeRemote(seat, door);
        if (opened is { Viewers.Count: > 0 } && HasMoved(opened, wish))
            yield return new EndRemoteViewers(seat);
    }

    /// <summary>Of the seats that have a door or should have one, and are not among these, in the order of their names.</summary>
    public IEnumerable<Step> OfOthers(IReadOnlyCollection<string> seats) => (current.Doors ?? []).Select(door => door.Seat).Concat(wanted.Seats.Where(seat => seat.Remote is not null).Select(seat => seat.Name))
        .Except(seats).Order(StringComparer.Ordinal).SelectMany(Steps);

    public IEnumerable<Problem> Problems()
    {
        foreach (var seat in wanted.Seats.Where(seat => Of(seat, remembered) is not null))
        {
            if (Of(seat, remembered) is { Listen: { } listen, Password: null })
                yield return new(seat.Name, $"nobody comes in at {listen}, since no password is set: 'seatctl remote {seat.Name} --password' sets one");
            if (observed.Guests?.FirstOrDefault(guest => guest.Name == seat.Guests[0]) is { State: GuestState.Running or GuestState.Paused, Vnc: null } own)
                yield return new(seat.Name, RemoteView.Without(own, seat.Name));
        }
    }

    /// <summary>Whether somebody sees a guest that is not the seat's focus. While libvirt cannot be asked, what is seen goes on.</summary>
    private bool HasMoved(OpenedDoor opened, SeatWish wish)
    {
        if (observed.Guests is not { } guests)
            return false;
        var focus = current.Router.Seats.FirstOrDefault(route => route.Name == wish.Name)?.Focus;
        var now = focus is null ? wish.Guests[0] : guests.FirstOrDefault(guest => guest.Uuid == focus)?.Name;
        return opened.Viewers.Any(viewer => viewer.Guest != now);
    }

    private static int PortOf(string listen) => IPEndPoint.Parse(listen).Port;

    private OpenedDoor? Opened(string seat) => (current.Doors ?? []).FirstOrDefault(door => door.Seat == seat);
}
