using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>
/// The seats whose guest is not kept for ever, and whose devices are gone while it runs. Each is waited for, then its guest is asked
/// to shut down or saved, once; when its devices come back it is as if it had never been away. Pure, but for the time, which the caller counts.
/// </summary>
/// <param name="Waiting">Time is counted for these.</param>
/// <param name="Over">Their time is over, and their guest is to be asked or saved.</param>
/// <param name="Parted">Their guest was.</param>
internal sealed record Absences(ValueList<string> Waiting, ValueList<string> Over, ValueList<string> Parted)
{
    public static Absences None { get; } = new([], [], []);

    /// <param name="wanted">With the remembered seats.</param>
    /// <param name="doors">Whoever sees a guest from elsewhere is there, too.</param>
    public Absences After(SeatsConfiguration wanted, Plan plan, ValueList<Guest>? guests, ValueList<OpenedDoor>? doors = null)
    {
        var sat = plan.Claims.Where(claim => !claim.IsWhole).Select(claim => claim.Seat).Concat((doors ?? []).Where(door => door.Viewers.Count > 0).Select(door => door.Seat)).ToHashSet();
        var left = wanted.Seats.Where(seat => seat.Away != WhenAway.Keep && !sat.Contains(seat.Name)).Select(seat => seat.Name).ToHashSet();
        // While libvirt cannot be asked, nobody knows whose guest runs; who waits goes on waiting.
        var running = guests?.Where(guest => guest.State == GuestState.Running).Select(guest => guest.Seat).ToHashSet();
        return new(
            left.Where(seat => !Over.Contains(seat) && !Parted.Contains(seat) && (running?.Contains(seat) ?? Waiting.Contains(seat))).Order(StringComparer.Ordinal).ToValueList(),
            Over.Where(left.Contains).ToValueList(),
            Parted.Where(left.Contains).ToValueList());
    }

    /// <summary>The time of a seat that is still waited for is over.</summary>
    public Absences TimeIsOver(string seat) => !Waiting.Contains(seat) ? this : this with
    {
        Waiting = Waiting.Where(other => other != seat).ToValueList(),
        Over = [.. Over, seat],
    };

    /// <summary>The guest was asked to shut down, or is saved.</summary>
    public Absences Part(string seat) => this with { Over = Over.Where(other => other != seat).ToValueList(), Parted = [.. Parted, seat] };
}
