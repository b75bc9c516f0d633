using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>A card may be in a box on a cable: it comes and goes while the PC runs.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class GpuArrives(RunningPc running) : Scenario(running)
{
    [Fact(Explicit = true)]
    public async Task A_card_that_arrives_or_vanishes_while_the_PC_runs_is_planned_for_like_any_other_device()
    {
        await EverybodyLeavesAsync();
        var card = await LateCardAsync();
        var missing = $"there is no gpu at {card}";
        await Seats.StartServiceAsync(Cancellation);
        await PlugInWhatIsMissingAsync();
        await Seats.ConfigureAsync(Seats.Configuration[..Seats.Configuration.LastIndexOf("[[seat]]", StringComparison.Ordinal)].Replace(Seats.LeftGpu, card, StringComparison.Ordinal), Cancellation);
        await Seats.WaitForStatusAsync("left to say that its card is not there", status => Misses(status, missing), Cancellation);

        await Pc.PlugCardAsync("card-late", TwoSeatPc.FreePort, Cancellation);
        try
        {
            await Seats.WaitForStatusAsync("left to run with the card that came", status => status.Seats is [{ State: SeatState.Active, Problems.Count: 0, Gpu.Driver: "vfio-pci" }], Cancellation);
            Assert.Contains($"<address domain='0x0000' bus='0x{card[5..7]}' slot='0x00' function='0x0'/>", await Pc.MustRunAsync("virsh dumpxml alpha", Cancellation), StringComparison.Ordinal);
            await Seats.PowerOffGuestsAsync(Cancellation);
            await Seats.WaitForStatusAsync("alpha to be off", status => status.Seats is [{ Guest.State: GuestState.Off }], Cancellation);
        }
        finally
        {
            await Seats.PowerOffGuestsAsync(Cancellation);
            await Pc.UnplugCardAsync("card-late", Cancellation);
        }
        await Seats.WaitForStatusAsync("left to say that its card is gone", status => Misses(status, missing), Cancellation);
        await EverybodyLeavesAsync();
    }

    static bool Misses(SeatsStatus status, string missing) => status.Seats is [var left] && left.Problems.Any(problem => problem.Contains(missing, StringComparison.Ordinal));

    /// <summary>The address that a card in the free port, which is the last one, will have.</summary>
    async Task<string> LateCardAsync() =>
        (await Pc.MustRunAsync("port=$(lspci -D -d 1b36:000c | tail --lines=1 | cut -d' ' -f1) && printf '0000:%02x:00.0' $(cat /sys/bus/pci/devices/$port/secondary_bus_number)", Cancellation)).Trim();
}
