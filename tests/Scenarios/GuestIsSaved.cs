using System.Globalization;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>A guest whose person has gone is saved, and goes on where it was when they are back.</summary>
public sealed class GuestIsSaved(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task A_guest_goes_on_where_it_was_when_its_person_is_back_and_one_with_a_card_runs_on_meanwhile()
    {
        await BothSitDownAsync();
        // Right's guest has no card then, and Left's has one.
        await BetaStartsAnewAsync($"[spawn]\nlinger = \"1s\"\n\n{Seats.Configuration
            .Replace($"gpu = \"pci:{Seats.RightGpu}\"\n", "", StringComparison.Ordinal)
            .Replace("[[seat]]\n", "[[seat]]\naway = \"save\"\n", StringComparison.Ordinal)}");
        await EachReceivesItsOwnAsync(keys: 5, movements: 5);
        var lines = Seats.Beta.Lines.Count;

        await Seats.Right.UnplugAsync(Cancellation);
        await Seats.WaitForStatusAsync("beta to be saved", status => Right(status) is { State: SeatState.Away, Guest: { State: GuestState.Off, Saved: true } }, Cancellation);
        Assert.Equal("yes", await ManagedSaveAsync());
        await Seats.Left.UnplugAsync(Cancellation);
        await Seats.WaitForStatusAsync(
            "alpha to be said to run on", status => status.Seats.Any(seat => seat is { Name: "left", Guest.State: GuestState.Running } && seat.Problems.Any(said => said.Contains("runs on", StringComparison.Ordinal))), Cancellation);
        // Its stored state is nothing of the manager's: another one knows it too.
        Seats.ForgetStatus();
        await Pc.MustRunAsync("systemctl restart phyllome-seatd.service", Cancellation);
        await Seats.WaitForStatusAsync("both seats to be away", status => status.Seats.Count == 2 && status.Seats.All(seat => seat.State == SeatState.Away), Cancellation);

        var began = DateTimeOffset.UtcNow;
        await PlugInWhatIsMissingAsync();
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        // Its kernel powers a slot on five seconds after something was plugged into it (pciehp), and what is moved before is lost.
        await Seats.Beta.WaitForAsync("its pointer to be there again", all => all.OfType<GuestDeviceAdded>().Any(added => added.Device == "Phyllome_pointer_beta"), SightLimit, lines, Cancellation);
        await EachReceivesItsOwnAsync(keys: 5, movements: 5);
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"from the plug until what was typed was seen in the guest that had been saved: {(DateTimeOffset.UtcNow - began).TotalSeconds:0.0} s"));
        // It has not been started anew.
        Assert.Empty(Seats.Beta.Lines.Skip(lines).OfType<GuestReady>());
        Assert.Equal("no", await ManagedSaveAsync());

        // With its card again.
        await BetaStartsAnewAsync(Seats.Configuration);
    }

    /// <summary>Under another configuration, which counts from a guest's next start on.</summary>
    async Task BetaStartsAnewAsync(string configuration)
    {
        var lines = Seats.Beta.Lines.Count;
        await Pc.MustRunAsync("virsh --quiet destroy beta", Cancellation);
        await Seats.WaitForStatusAsync("beta to be off", status => Right(status) is { State: SeatState.Waiting }, Cancellation);
        await Seats.ConfigureAsync(configuration, Cancellation);
        await Pc.MustRunAsync("seatctl seat start right", Cancellation);
        await Seats.Beta.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, lines, Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
    }

    async Task<string> ManagedSaveAsync() => (await Pc.MustRunAsync("virsh dominfo beta | awk '/^Managed save/ { print $3 }'", Cancellation)).Trim();

    static SeatStatus? Right(SeatsStatus status) => status.Seats.FirstOrDefault(seat => seat.Name == "right");
}
