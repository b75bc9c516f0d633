using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Scenarios;

/// <summary>What the scenarios have in common: two people at one PC, and the words for what they see.</summary>
public abstract class Scenario(RunningPc running)
{
    protected TwoSeatPc Seats { get; } = running.Pc;

    protected Pc Pc => Seats.Pc;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Both seats configured, both people's devices plugged in, both guests listening.</summary>
    protected async Task BothSitDownAsync()
    {
        await StartAsync();
        await PlugInWhatIsMissingAsync();
        await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await Seats.WaitUntilBothGuestsListenAsync(Cancellation);
        // The focus outlives a scenario, as it outlives the keyboard that chose it.
        await Pc.MustRunAsync("seatctl focus left home", Cancellation);
        await Seats.WaitForStatusAsync("the focus of left to be home", status => status.Seats.Any(seat => seat is { Name: "left", Focus: "alpha" }), Cancellation);
    }

    /// <summary>Starts the whole and waits for the manager: the target itself is there before its parts.</summary>
    protected Task StartAsync() => Pc.MustRunAsync("systemctl start phyllome-seats.target phyllome-seatd.service", Cancellation);

    protected async Task PlugInWhatIsMissingAsync()
    {
        foreach (var person in new[] { Seats.Left, Seats.Right })
        {
            if (!person.IsPluggedIn) await person.PlugInAsync(Cancellation);
        }
    }

    /// <summary>Nobody at the keyboards, nothing configured, no guest running, the service stopped.</summary>
    protected async Task EverybodyLeavesAsync()
    {
        await Pc.MustRunAsync("systemctl stop phyllome-seats.target", Cancellation);
        await Pc.MustRunAsync("for guest in $(virsh list --name); do virsh --quiet destroy $guest; done; rm -f /etc/phyllome/seats.toml", Cancellation);
        foreach (var person in new[] { Seats.Left, Seats.Right })
        {
            if (person.IsPluggedIn) await person.UnplugAsync(Cancellation);
        }
    }

    /// <summary>Types and moves the mouse at both seats at once; each guest must receive just its own, in order, none twice.</summary>
    protected async Task EachReceivesItsOwnAsync(int keys, int movements)
    {
        // Letters that only this side types, and movements that only this side makes: what strays is seen.
        var leftText = Text("asdfghjkl", keys);
        var rightText = Text("qwertyuiop", keys);
        var leftMoves = Enumerable.Range(0, movements).Select(n => 1 + (n % 100)).ToList();
        var rightMoves = leftMoves.Select(dx => -dx).ToList();

        var leftKeys = Seats.Left.TypeAsync(leftText, Seats.Alpha, Cancellation);
        var rightKeys = Seats.Right.TypeAsync(rightText, Seats.Beta, Cancellation);
        var leftMotion = Seats.Left.MoveAsync(leftMoves, Seats.Alpha, Cancellation);
        var rightMotion = Seats.Right.MoveAsync(rightMoves, Seats.Beta, Cancellation);

        Assert.Equal(Person.StrokesOf(leftText), await leftKeys);
        Assert.Equal(Person.StrokesOf(rightText), await rightKeys);
        Assert.Equal(leftMoves, await leftMotion);
        Assert.Equal(rightMoves, await rightMotion);
    }

    static string Text(string letters, int length) => string.Concat(Enumerable.Range(0, length).Select(n => letters[n * 7 % letters.Length]));

    /// <summary>Process numbers and start times of a program's processes, so that another one with the same number is told apart.</summary>
    /// <param name="name">The kernel's name of it, which has 15 characters at most (proc(5), comm).</param>
    protected async Task<string> ProcessesAsync(string name) =>
        await Pc.MustRunAsync($"for pid in $(pgrep -x '{name}'); do cut -d' ' -f1,22 /proc/$pid/stat; done | sort", Cancellation);

    protected const string Qemu = "qemu-system-x86";

    protected const string Router = "phyllome-input-";
}
