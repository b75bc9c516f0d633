using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>What is to be said of guests that ended or do not end. Pure.</summary>
internal static class GuestTroubles
{
    /// <summary>For each seat whose own guest it is.</summary>
    public static IEnumerable<Problem> Of(World world)
    {
        foreach (var seat in world.Wanted.Seats.Where(seat => seat.Guests.Count > 0))
        {
            if (world.Guests?.Guests?.FirstOrDefault(guest => guest.Name == seat.Guests[0]) is not { } guest)
                continue;
            if (world.Crashes.Of(guest.Uuid) is { Phase: CrashPhase.Waiting or CrashPhase.GivenUp } crash)
                yield return new(seat.Name, Sentence(crash, guest.Name), Prevents: crash.Phase == CrashPhase.GivenUp);
            if (world.Shutdowns.Late.Contains(guest.Uuid))
                yield return new(seat.Name, $"guest '{guest.Name}' was asked to shut down and still runs after {ShutdownRequests.Patience.TotalMinutes:0} minutes: "
                    + $"it may wait for an answer on its screen, or not heed its power button; shut it down there, or pull its plug with 'virsh destroy {guest.Name}'");
        }
    }

    public static string Sentence(Crash crash, string guest) => crash.Phase == CrashPhase.GivenUp
        ? $"guest '{guest}' crashed {crash.InARow} times in a row and is left off: see /var/log/libvirt/qemu/{guest}.log, then start it with 'seatctl seat start'"
        : $"guest '{guest}' crashed and is started again after {crash.Pause.TotalSeconds:0} s: see /var/log/libvirt/qemu/{guest}.log";
}
