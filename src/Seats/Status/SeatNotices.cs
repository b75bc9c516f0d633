using Phyllome.Seats.Presenting;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Status;

/// <summary>What a seat's own screen is to say of a change, to the person in front of it. Pure.</summary>
public static class SeatNotices
{
    /// <summary>Where the focus has moved, and what went wrong since. Of a seat that was not there before, or had no focus, it says nothing of that.</summary>
    public static IEnumerable<(string Seat, ShowNotice Notice)> Between(SeatsStatus before, SeatsStatus now)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        foreach (var seat in now.Seats)
        {
            if (before.Seats.FirstOrDefault(other => other.Name == seat.Name) is not { } was)
                continue;
            var problems = seat.Problems.Except(was.Problems).ToList();
            var moved = was.Focus is not null && seat.Focus is not null && seat.Focus != was.Focus;
            if (moved || problems.Count > 0)
                yield return (seat.Name, new([.. moved ? [$"You are now in: {Word(seat.Focus!)}"] : (string[])[], .. problems.Take(1)], problems.Count > 0));
        }
    }

    private static string Word(string focus) => focus == HostReach.Word ? "the host" : focus;
}
