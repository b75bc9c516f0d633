using Phyllome.Seats.Status;

namespace Phyllome.Seats.Scenarios;

/// <summary>What udev and logind say of a seat's devices: that is what desktops and display managers go by.</summary>
public sealed class OffTheHost(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task What_a_seat_has_is_on_no_seat_of_the_hosts_from_its_next_plug_on_and_is_the_hosts_when_it_is_given_back()
    {
        await BothSitDownAsync();
        await Pc.PlugKeyboardAsync("keyboard-host", "5", Cancellation);
        await Pc.WaitUntilPluggedInAsync("keyboard-host", Cancellation);
        try
        {
            await ComesAnewAsync(Seats.Left);
            Assert.Equal(("seat-left", "seat-left", "none"), (await UdevSeatsAsync("1-1.1"), await UdevSeatsAsync("1-1.2"), await UdevSeatsAsync("1-5")));
            Assert.Equal(["1-5"], await PortsOfSeat0Async("1-1.1|1-1.2|1-5"));
            // logind knows of no other seat, so that no display manager starts a greeter on one.
            Assert.Equal("seat0", (await Pc.MustRunAsync("loginctl --no-legend list-seats", Cancellation)).Trim());
            await ExplainsAsync("by udev, which gives it to seat-left");
            await EachReceivesItsOwnAsync(keys: 10, movements: 10);

            var since = await JournalAsync();
            await Pc.MustRunAsync("seatctl host take", Cancellation);
            await IsDoneAsync("let udev give all devices to the host", since);
            await Seats.WaitForStatusAsync("the host to have all devices", status => status.Seats.All(seat => seat.State == SeatState.Away), Cancellation);
            Assert.Equal(("none", "none", "none"), (await UdevSeatsAsync("1-1.1"), await UdevSeatsAsync("1-1.2"), await UdevSeatsAsync("1-5")));
            Assert.Equal(["1-1.1", "1-1.2", "1-5"], await PortsOfSeat0Async("1-1.1|1-1.2|1-5"));

            since = await JournalAsync();
            await Pc.MustRunAsync("seatctl seat start left && seatctl seat start right", Cancellation);
            await IsDoneAsync("let udev keep what the seats have off the host", since);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await ExplainsAsync("grab alone: udev had no rule for it");
            await ComesAnewAsync(Seats.Left);
            Assert.Equal("seat-left", await UdevSeatsAsync("1-1.1"));
        }
        finally
        {
            await Pc.UnplugAsync("keyboard-host", Cancellation);
        }
    }

    /// <summary>Those of these USB ports at which logind has an input device, or a light of one, on seat0.</summary>
    async Task<string[]> PortsOfSeat0Async(string ports) => (await Pc.MustRunAsync(
        $"loginctl --no-pager --full seat-status seat0 | grep -oE '/({ports})/.*/input/input' | cut -d/ -f2 | sort -u", Cancellation))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    async Task ExplainsAsync(string why) => Assert.Contains(why, await Pc.MustRunAsync("seatctl explain port:1-1.1", Cancellation), StringComparison.Ordinal);
}
