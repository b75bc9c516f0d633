using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Planning;

/// <summary>The guests that are made for seats, and discarded with their use. Pure.</summary>
public static class TemplateGuest
{
    /// <summary>Before the name of a template where one of a guest could stand.</summary>
    public const string Prefix = "template:";

    private const int Longest = 60;

    /// <summary>A name for a seat's clone that no guest and no seat has; it goes into paths.</summary>
    public static string NameOf(string origin, string seat, SeatsConfiguration wanted, Memory remembered, Inventory observed)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(remembered);
        ArgumentNullException.ThrowIfNull(observed);
        var taken = (observed.Guests ?? []).Select(guest => guest.Name).Concat(wanted.Seats.SelectMany(other => other.Guests)).Concat(remembered.Seats.Select(other => other.Guest))
            .ToHashSet(StringComparer.Ordinal);
        var own = string.Concat(origin.Take(Longest).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_')).TrimStart('.', '-');
        var name = $"{(own.Length == 0 ? "guest" : own)}-{seat}";
        return Enumerable.Range(2, taken.Count + 1).Select(number => $"{name}-{number}").Prepend(name).First(one => !taken.Contains(one));
    }

    /// <summary>The clones that somebody sits in front of and that are not there.</summary>
    /// <param name="isSatAt">Whether a seat has a keyboard or a pointer.</param>
    internal static IEnumerable<Step> Missing(SeatsConfiguration wanted, Memory remembered, Inventory observed, Func<string, bool> isSatAt)
    {
        if (observed.Guests is not { } guests)
            yield break;
        foreach (var seat in wanted.Seats)
        {
            if (seat.CloneOf is { } clone && !remembered.Taken.Contains(seat.Name) && isSatAt(seat.Name)
                && guests.All(guest => guest.Name != seat.Guests[0]) && guests.Any(guest => guest.Name == clone.Base))
                yield return new CloneGuest(seat.Name, seat.Guests[0], clone);
        }
    }

    /// <summary>The clones to discard that are off: those whose seat nobody sits at, and those that no seat has any more.</summary>
    internal static IEnumerable<Step> Left(SeatsConfiguration wanted, Memory remembered, Inventory observed, Func<string, bool> isSatAt)
    {
        foreach (var guest in (observed.Guests ?? []).Where(guest => guest is { State: GuestState.Off, ThrowawayOf: not null }).OrderBy(guest => guest.Name, StringComparer.Ordinal))
        {
            var seat = wanted.Seats.FirstOrDefault(seat => seat.Guests.Contains(guest.Name));
            if (seat is null ? remembered.Seats.All(other => other.Guest != guest.Name) : seat.CloneOf is not null && !isSatAt(seat.Name) && !remembered.Taken.Contains(seat.Name))
                yield return new DiscardGuest(seat?.Name ?? Step.Host, guest.Uuid, guest.Name);
        }
    }
}
