using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Remote;

/// <summary>What somebody who comes to a seat's remote display sees. Pure.</summary>
public static class RemoteView
{
    /// <param name="focus">Where the seat's input goes; null while that is not known.</param>
    /// <param name="all">Null while libvirt cannot be asked.</param>
    /// <returns>The guest; or null with the sentence for who came.</returns>
    public static (Guest? Guest, string? WhyNot) Of(SeatWish seat, Guid? focus, ValueList<Guest>? all)
    {
        ArgumentNullException.ThrowIfNull(seat);
        if (all is not { } guests)
            return (null, "libvirt cannot be asked for the guests: see 'seatctl status'");
        if (focus == HostReach.Id)
            return (null, $"seat {seat.Name} is at the host, which is not seen from elsewhere: 'seatctl focus {seat.Name} next' takes it to a guest");
        var own = guests.FirstOrDefault(guest => guest.Name == seat.Guests[0]);
        if ((focus is null ? own : guests.FirstOrDefault(guest => guest.Uuid == focus)) is not { } guest)
            return (null, $"there is no guest '{seat.Guests[0]}': see 'seatctl status'");
        if (guest.State is GuestState.Off or GuestState.Crashed)
            return (null, guest == own ? $"{guest.Name} is off: seatctl seat start {seat.Name}" : $"{guest.Name} is off: 'seatctl focus {seat.Name} home' takes the seat to its own guest");
        return guest.Vnc is null ? (null, Without(guest, seat.Name)) : (guest, null);
    }

    /// <summary>Why a guest that runs is not seen.</summary>
    public static string Without(Guest guest, string seat) =>
        $"guest '{guest.Name}' runs without a remote display, which it gets when it is started anew: shut it down, then 'seatctl seat start {seat}'";
}
