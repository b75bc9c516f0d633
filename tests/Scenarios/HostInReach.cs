using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>The host in a seat's reach: its keyboard types on the host's own console, and at a hotkey in a guest, and back.</summary>
public sealed class HostInReach(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task A_keyboard_goes_from_a_guest_to_the_host_and_back_be_it_plugged_in_before_or_after()
    {
        await BothSitDownAsync();
        try
        {
            await Seats.ConfigureAsync("[host]\nseat = \"left\"\n\n" + Seats.Configuration, Cancellation);
            await Seats.WaitForStatusAsync("the host to be in reach of left", status => status.Seats.Any(seat => seat.Name == "left" && seat.Reach.Contains("host")), Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await GoesToTheHostAndBackAsync("before");

            // Focus and sinks are not the keyboard's: another one finds them as they were left.
            await Pc.MustRunAsync("seatctl focus left host", Cancellation);
            var sinks = await HostsSinksAsync();
            Assert.DoesNotContain("ID_SEAT", sinks);
            await Seats.Left.UnplugAsync(Cancellation);
            await Seats.WaitUntilAwayAsync(Seats.Left, Cancellation);
            await Seats.Left.PlugInAsync(Cancellation);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            Assert.Equal(sinks, await HostsSinksAsync());
            await GoesToTheHostAndBackAsync("after");
        }
        finally
        {
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        }

        await Seats.WaitForStatusAsync("the host to be out of left's reach", status => status.Seats.Any(seat => seat.Name == "left" && !seat.Reach.Contains("host")), Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        Assert.Equal("", await HostsSinksAsync());
    }

    [Fact]
    public async Task A_key_that_is_left_to_the_host_types_there_whatever_the_focus_and_in_the_guest_again_when_the_file_no_longer_says_so()
    {
        await BothSitDownAsync();
        var since = await JournalAsync();
        try
        {
            await Seats.ConfigureAsync(Seats.Configuration.Replace("devices = [\"port:1-1\"]", "devices = [\"port:1-1\"]\nhost-keys = [\"x\"]", StringComparison.Ordinal), Cancellation);
            await IsDoneAsync("route the input of seat left", since);
            var console = await Pc.HostConsoleReceivedAsync(Cancellation);
            Assert.Equal(Person.StrokesOf("ab"), await AlphaReceivesOfAsync("axb", strokes: 4));
            await Pc.MustRunAsync($"timeout 60 sh -c 'tail --bytes=+{console.Length + 1} --follow /var/log/console-received | head --bytes=1'", Cancellation);
            Assert.Equal(console + "x", await Pc.HostConsoleReceivedAsync(Cancellation));
        }
        finally
        {
            since = await JournalAsync();
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        }

        await IsDoneAsync("route the input of seat left", since);
        await IsDoneAsync("remove the virtual device input[0-9]* of the host", since, times: 2);
        var before = await Pc.HostConsoleReceivedAsync(Cancellation);
        Assert.Equal(Person.StrokesOf("axb"), await AlphaReceivesOfAsync("axb", strokes: 6));
        Assert.Equal(before, await Pc.HostConsoleReceivedAsync(Cancellation));
    }

    /// <summary>Types at seat left and gives the strokes that alpha received when there are so many.</summary>
    async Task<IReadOnlyList<KeyStroke>> AlphaReceivesOfAsync(string text, int strokes)
    {
        var from = Seats.Alpha.Lines.Count;
        await Seats.Left.Keyboard.TypeAsync(text, Cancellation);
        return KeyStroke.In(await Seats.Alpha.WaitForAsync($"{strokes} strokes of '{text}'", lines => KeyStroke.In(lines).Count >= strokes, TimeSpan.FromMinutes(2), from, Cancellation));
    }

    async Task GoesToTheHostAndBackAsync(string word)
    {
        await Seats.Left.Keyboard.ChordAsync(["leftctrl", "rightctrl"], Cancellation);
        await Seats.WaitForStatusAsync("the focus of left to be the host", status => status.Seats.Any(seat => seat.Name == "left" && seat.Focus == "host"), Cancellation);
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);
        var alpha = Seats.Alpha.Lines.Count;
        await Seats.Left.Keyboard.TypeAsync(word, Cancellation);
        await Pc.MustRunAsync($"timeout 60 sh -c 'tail --bytes=+{console.Length + 1} --follow /var/log/console-received | head --bytes={word.Length}'", Cancellation);
        Assert.Equal(console + word, await Pc.HostConsoleReceivedAsync(Cancellation));
        Assert.Empty(KeyStroke.In(Seats.Alpha.Lines.Skip(alpha)));

        await Seats.Left.Keyboard.ChordAsync(["leftmeta", "f1"], Cancellation);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
        Assert.Equal(Person.StrokesOf(word), await Seats.Left.TypeAsync(word, Seats.Alpha, Cancellation));
        Assert.Equal(console + word, await Pc.HostConsoleReceivedAsync(Cancellation));
    }

    /// <summary>The event nodes of the host's own sinks, with the seat that udev gives them: none is seat0's.</summary>
    async Task<string> HostsSinksAsync() => await Pc.MustRunAsync(
        "for input in $(grep -l '^phyllome/host/' /sys/class/input/input*/phys); do folder=${input%/phys}; echo $folder/event*; udevadm info --query=property --property=ID_SEAT $folder/event*; done; true", Cancellation);
}
