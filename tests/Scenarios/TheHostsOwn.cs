using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>What is the host's, and who may have it otherwise.</summary>
public sealed class TheHostsOwn(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task Whoever_is_in_trouble_takes_all_devices_back_and_gives_them_to_the_seats_again()
    {
        await BothSitDownAsync();
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);
        await Pc.MustRunAsync("seatctl host take", Cancellation);
        await Seats.WaitForStatusAsync("the host to have all devices", status => status.Seats.All(seat => seat.State == SeatState.Away), Cancellation);
        await WaitUntilGrabbedAsync("1.1", grabbed: false);
        await Seats.Left.Keyboard.TypeAsync("mine", Cancellation);
        await HostReceivedAsync(console, "mine");

        await Pc.MustRunAsync("seatctl seat start left && seatctl seat start right", Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        await EachReceivesItsOwnAsync(keys: 10, movements: 10);
        Assert.Equal(console + "mine", await Pc.HostConsoleReceivedAsync(Cancellation));
    }

    [Theory]
    [InlineData("deny", "6")]
    [InlineData("confirm", "7")]
    public async Task A_strangers_keyboard_types_nowhere_until_somebody_says_that_it_may(string policy, string port)
    {
        await BothSitDownAsync();
        var console = await Pc.HostConsoleReceivedAsync(Cancellation);
        await Pc.PlugKeyboardAsync("keyboard-host", "5", Cancellation);
        await Seats.WaitForStatusAsync("the host's keyboard", status => status.Unassigned.Any(device => device.Id == "port:1-5"), Cancellation);
        try
        {
            await Seats.ConfigureAsync($"[host]\nnew-devices = \"{policy}\"\n\n{Seats.Configuration}", Cancellation);
            await Pc.PlugKeyboardAsync("stranger", port, Cancellation);
            await Pc.WaitUntilPluggedInAsync("stranger", Cancellation);
            await Seats.WaitForStatusAsync("the stranger to be held",
                status => status.Unassigned.Any(device => device.Id == $"port:1-{port}" && device is { Reason: Planning.ClaimReason.Held, Problem: null }), Cancellation);
            await WaitUntilGrabbedAsync(port, grabbed: true);
            await Pc.Keyboard("stranger").TypeAsync("rm", Cancellation);
            await Pc.Keyboard("keyboard-host").TypeAsync("ok", Cancellation);
            await HostReceivedAsync(console, "ok");

            // Whoever denies new devices says in the configuration which may come in all the same.
            Assert.Equal(policy == "deny" ? 4 : 0, (await Pc.RunAsync($"seatctl assign port:1-{port} host", Cancellation)).ExitCode);
            if (policy == "deny") await Seats.ConfigureAsync($"[host]\nnew-devices = \"{policy}\"\nkeep = [\"port:1-{port}\"]\n\n{Seats.Configuration}", Cancellation);
            await Seats.WaitForStatusAsync("the stranger to be the host's",
                status => status.Unassigned.Any(device => device.Id == $"port:1-{port}" && device.Reason != Planning.ClaimReason.Held), Cancellation);
        }
        finally
        {
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
            await Pc.UnplugAsync("stranger", Cancellation);
            await Pc.UnplugAsync("keyboard-host", Cancellation);
        }
    }

    [Fact]
    public async Task A_seats_owner_may_steer_their_own_seat_without_a_password_and_nobody_elses()
    {
        await BothSitDownAsync();
        // An account that every Debian has: making one and taking it away leaves files in /etc.
        const string Owner = "games";
        try
        {
            await Seats.ConfigureAsync(Seats.Configuration.Replace("name = \"left\"\n", "name = \"left\"\nowner = \"" + Owner + "\"\n", StringComparison.Ordinal), Cancellation);
            await Seats.WaitForStatusAsync("the seat to be its owner's", status => status.Seats.Any(seat => seat is { Name: "left", Owner: Owner }), Cancellation);
            await Pc.MustRunAsync($"runuser -u {Owner} -- seatctl status > /dev/null && runuser -u {Owner} -- seatctl focus left next", Cancellation);
            await Seats.WaitForFocusAsync(Seats.Left, Seats.Beta, Cancellation);
            foreach (var verb in new[] { "focus right home", "seat stop right", "host take", "assign port:1-2.1 host", "seat remove left" })
                Assert.Equal((verb, 4), (verb, (await Pc.RunAsync($"runuser -u {Owner} -- seatctl {verb}", Cancellation)).ExitCode));
            await Pc.MustRunAsync($"runuser -u {Owner} -- seatctl focus left home", Cancellation);
            await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
        }
        finally
        {
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        }
    }

    /// <summary>evtest says so where another program has grabbed a node.</summary>
    Task<string> WaitUntilGrabbedAsync(string port, bool grabbed) => Pc.MustRunAsync(
        $"timeout 60 sh -c 'until timeout 2 evtest /dev/input/by-path/*usb-0:{port}:1.0-event-kbd < /dev/null | grep -q grabbed; [ $? = {(grabbed ? 0 : 1)} ]; do :; done'", Cancellation);

    async Task HostReceivedAsync(string before, string text)
    {
        await Pc.MustRunAsync($"timeout 60 sh -c 'tail --bytes=+{before.Length + 1} --follow /var/log/console-received | head --bytes={text.Length}'", Cancellation);
        Assert.Equal(before + text, await Pc.HostConsoleReceivedAsync(Cancellation));
    }
}
