using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

static class TwoPeople
{
    /// <summary>Types and moves the mouse at both seats at once; each guest must receive just its own, in order, none twice.</summary>
    public static async Task EachReceivesItsOwnAsync(this TwoSeatPc seats, int keys, int movements, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(seats);
        // Letters that only this side types, and movements that only this side makes: what strays is seen.
        var leftText = Text("asdfghjkl", keys);
        var rightText = Text("qwertyuiop", keys);
        var leftMoves = Enumerable.Range(0, movements).Select(n => 1 + (n % 100)).ToList();
        var rightMoves = leftMoves.Select(dx => -dx).ToList();

        var leftKeys = seats.Left.TypeAsync(leftText, seats.Alpha, cancellation);
        var rightKeys = seats.Right.TypeAsync(rightText, seats.Beta, cancellation);
        var leftMotion = seats.Left.MoveAsync(leftMoves, seats.Alpha, cancellation);
        var rightMotion = seats.Right.MoveAsync(rightMoves, seats.Beta, cancellation);

        Assert.Equal(Person.StrokesOf(leftText), await leftKeys);
        Assert.Equal(Person.StrokesOf(rightText), await rightKeys);
        Assert.Equal(leftMoves, await leftMotion);
        Assert.Equal(rightMoves, await rightMotion);
    }

    static string Text(string letters, int length) => string.Concat(Enumerable.Range(0, length).Select(n => letters[n * 7 % letters.Length]));
}
