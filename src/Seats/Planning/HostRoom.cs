using System.Globalization;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Planning;

/// <summary>What the host has for machines. Pure.</summary>
/// <param name="Processors">Those that are online; 0 where nobody can say.</param>
/// <param name="Memory">In KiB; 0 where nobody can say.</param>
/// <remarks>
/// Processors are shared where they do not suffice for all at once, and only one machine with more than there are is too large. Memory is
/// not: all of a machine with a passed-through card is pinned when it starts, so that it counts whole, as does that of the seats' own
/// machines, be they off.
/// </remarks>
public sealed record HostRoom(int Processors, long Memory)
{
    public static HostRoom Unknown { get; } = new(0, 0);

    /// <summary>What the host itself needs, in KiB.</summary>
    private const long Kept = 1 << 20;

    /// <summary>Why a guest is too large for this host beside the others; null where it is not.</summary>
    /// <param name="guest">The machine, or the one that it is to be a clone of.</param>
    /// <param name="cloned">Whether that one may run besides.</param>
    /// <param name="wanted">With the remembered seats.</param>
    public string? Missing(Guest guest, bool cloned, SeatsConfiguration wanted, ValueList<Guest> guests)
    {
        ArgumentNullException.ThrowIfNull(guest);
        ArgumentNullException.ThrowIfNull(wanted);
        if (guest.Size is not { } size)
            return null;
        if (Processors > 0 && size.Vcpus > Processors)
            return $"guest {Words.Quote(guest.Name)} has {Count(size.Vcpus)}, {(size.Vcpus - Processors).ToString(CultureInfo.InvariantCulture)} more than this PC";
        var seats = wanted.Seats.Select(seat => seat.Guests[0]).ToHashSet();
        var others = guests.Where(other => (cloned || other.Uuid != guest.Uuid) && (other.State != GuestState.Off || seats.Contains(other.Name))).Sum(other => other.Size?.Memory ?? 0)
            // A clone that is not made yet is as large as what it is made of.
            + wanted.Seats.Where(seat => seat.CloneOf is not null && guests.All(other => other.Name != seat.Guests[0]))
                .Sum(seat => guests.FirstOrDefault(other => other.Name == seat.CloneOf!.Base)?.Size?.Memory ?? 0);
        var missing = size.Memory + others + Kept - Memory;
        return Memory > 0 && missing > 0
            ? $"guest {Words.Quote(guest.Name)} has {Size(size.Memory)} of memory, of which {Size(missing)} are missing: of this PC's {Size(Memory)} the host keeps {Size(Kept)}, and the machines that run or are of seats have {Size(others)}"
            : null;
    }

    private static string Count(int processors) => processors == 1 ? "1 processor" : $"{processors.ToString(CultureInfo.InvariantCulture)} processors";

    /// <summary>Rounded up, so that what is missing is never nothing.</summary>
    private static string Size(long kibibytes) => kibibytes < 1 << 20
        ? $"{((kibibytes + 1023) / 1024).ToString(CultureInfo.InvariantCulture)} MiB"
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(kibibytes / 104857.6) / 10:0.0} GiB");
}
