using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.Scenarios;

/// <summary>A card is taken from the host only when every check passes.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class GpuIsHeld(RunningPc running) : Scenario(running)
{
    [Fact(Explicit = true)]
    public async Task A_card_that_somebody_has_open_stays_theirs_and_its_seat_goes_on_without_until_it_is_free()
    {
        await EverybodyLeavesAsync();
        var card = (await Pc.MustRunAsync($"basename /sys/bus/pci/devices/{Seats.LeftGpu}/drm/card*", Cancellation)).Trim();
        await Pc.MustRunAsync($"systemd-run --quiet --unit=holder --property=StandardInput=file:/dev/dri/{card} sleep infinity", Cancellation);
        try
        {
            await Seats.StartServiceAsync(Cancellation);
            await PlugInWhatIsMissingAsync();
            await Seats.ConfigureAsync(Seats.Configuration.Replace($"pci:{Seats.RightGpu}", "auto", StringComparison.Ordinal), Cancellation);

            await Seats.WaitForStatusAsync("left to run without its card, and right with the one that is free", status => status.Seats is
                [{ State: SeatState.Active, Guest.State: GuestState.Running } left, { State: SeatState.Active, Problems.Count: 0 } right]
                && left.Problems.Any(problem => problem.Contains($"is without the gpu {Seats.LeftGpu}: sleep ", StringComparison.Ordinal) && problem.Contains("has it open", StringComparison.Ordinal))
                && right.Gpu?.Address == Seats.RightGpu, Cancellation);
            Assert.Equal(("bochs-drm", "vfio-pci"), (await DriverAsync(Seats.LeftGpu), await DriverAsync(Seats.RightGpu)));

            await Pc.MustRunAsync("systemctl stop holder && virsh --quiet destroy alpha", Cancellation);
            await Seats.WaitForStatusAsync("alpha to be off", status => status.Seats is [{ Guest.State: GuestState.Off }, _], Cancellation);
            await Pc.MustRunAsync("seatctl seat start left", Cancellation);

            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            Assert.Equal("vfio-pci", await DriverAsync(Seats.LeftGpu));
        }
        finally
        {
            await Pc.RunAsync("systemctl stop holder", Cancellation);
            await EverybodyLeavesAsync();
        }
    }
}
