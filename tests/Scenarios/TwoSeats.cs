using System.Text.Json;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

public sealed class TwoSeats(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task Two_people_type_and_move_at_once_and_each_guest_receives_just_its_own()
    {
        await BothSitDownAsync();
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);

        await EachReceivesItsOwnAsync(keys: 200, movements: 200);

        Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));
        using var test = JsonDocument.Parse(await Pc.MustRunAsync("seatctl selftest --json", Cancellation));
        var holds = test.RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("outcome").GetString() == "holds").Select(finding => finding.GetProperty("sentence").GetString()!).ToArray();
        // What was a guest's own for a tablet or gamepad stays while it runs, and is counted by none of these.
        foreach (var (seat, guest) in new[] { (Seats.Left.Name, Seats.Alpha.Name), (Seats.Right.Name, Seats.Beta.Name) })
        {
            Assert.Single(holds, sentence => sentence == $"Seat {seat} is active with guest {guest}.");
            Assert.Equal(2, holds.Count(sentence => sentence.EndsWith($" of seat {seat} reaches the host.", StringComparison.Ordinal)));
            foreach (var kind in new[] { "keyboard", "pointer" })
                Assert.Single(holds, sentence => sentence.StartsWith($"Nothing of the virtual device 'Phyllome {kind} {guest}' ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_keyboard_that_no_seat_has_still_types_on_the_host()
    {
        await BothSitDownAsync();
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);
        await Pc.PlugKeyboardAsync("keyboard-host", "5", Cancellation);
        try
        {
            await Pc.WaitUntilPluggedInAsync("keyboard-host", Cancellation);
            await Pc.Keyboard("keyboard-host").TypeAsync("host", Cancellation);
            await Pc.MustRunAsync($"timeout 60 sh -c 'tail --bytes=+{console.Length + 1} --follow /var/log/console-received | head --bytes=4'", Cancellation);
            Assert.Equal(console + "host", await Pc.HostConsoleReceivedAsync(Cancellation));
        }
        finally
        {
            await Pc.UnplugAsync("keyboard-host", Cancellation);
        }
    }

    [Fact]
    public async Task A_hotkey_moves_one_keyboard_to_the_other_guest_and_home_again()
    {
        await BothSitDownAsync();

        await Seats.Left.Keyboard.ChordAsync(["leftmeta", "tab"], Cancellation);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Beta, Cancellation);
        var alpha = Seats.Alpha.Lines.Count;
        Assert.Equal(Person.StrokesOf("over here"), await Seats.Left.TypeAsync("over here", Seats.Beta, Cancellation));
        Assert.Empty(KeyStroke.In(Seats.Alpha.Lines.Skip(alpha)));

        await Seats.Left.Keyboard.ChordAsync(["leftctrl", "rightctrl"], Cancellation);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
        var beta = Seats.Beta.Lines.Count;
        Assert.Equal(Person.StrokesOf("home again"), await Seats.Left.TypeAsync("home again", Seats.Alpha, Cancellation));
        Assert.Empty(KeyStroke.In(Seats.Beta.Lines.Skip(beta)));
    }

    [Fact]
    public async Task Every_key_that_went_down_in_a_guest_came_up_in_it()
    {
        await BothSitDownAsync();
        await Seats.Left.Keyboard.ChordAsync(["leftmeta", "tab"], Cancellation);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Beta, Cancellation);
        await Seats.Left.Keyboard.PressAsync("a", Cancellation);
        await Seats.Beta.WaitForAsync("the a going down", lines => KeyStroke.In(lines) is [.., { Code: 30, Down: true }], TimeSpan.FromMinutes(2), 0, Cancellation);

        await Seats.Left.UnplugAsync(Cancellation);

        await Seats.WaitUntilAwayAsync(Seats.Left, Cancellation);
        await Seats.Beta.WaitForAsync("the a coming up", lines => KeyStroke.In(lines) is [.., { Code: 30, Down: false }], TimeSpan.FromMinutes(2), 0, Cancellation);
        foreach (var guest in new[] { Seats.Alpha, Seats.Beta })
        {
            var down = new HashSet<int>();
            foreach (var stroke in KeyStroke.In(guest.Lines))
            {
                Assert.True(stroke.Down ? down.Add(stroke.Code) : down.Remove(stroke.Code), $"key {stroke.Code} of {guest.Name} went {(stroke.Down ? "down" : "up")} twice");
            }
            Assert.Empty(down);
        }
    }
}
