using System.Globalization;
using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>What of the design's invariants the planner keeps, over histories of chance of a simulated machine.</summary>
/// <remarks>PHYLLOME_HISTORIES=1000000 lives through so many instead of the sample.</remarks>
public sealed class SeatPlannerProperties
{
    internal static readonly long Histories =
        long.TryParse(Environment.GetEnvironmentVariable("PHYLLOME_HISTORIES"), CultureInfo.InvariantCulture, out var histories) ? histories : 10_000;

    private static Gen<History> Anything { get; } = Gen.OneOf(Generate.Seats, Generate.Seats, Generate.Sticks, Generate.Monitors, RemoteHistories.All, DesktopHistories.All);

    [Fact]
    public void Its_laws_hold_over_every_history() => Anything.Sample(history => Laws.HoldOver(SeatPlanner.Plan, history), iter: Histories, print: history => history.Told());

    [Fact]
    public void A_seat_whose_device_cannot_be_taken_keeps_no_other_seat_from_being_whole() =>
        Generate.Apart.Sample(wanted => Isolation.OfFailure(SeatPlanner.Plan, wanted), iter: 50);

    [Fact]
    public void A_change_to_one_seat_makes_no_step_for_another() => Gen.Select(Generate.Apart, Generate.Apart, Gen.Int[0, 3])
        .Sample((before, other, changed) => Isolation.OfChange(SeatPlanner.Plan, before, other, changed), iter: 100);

    [Fact]
    public void A_device_that_is_pulled_and_plugged_in_again_comes_back_to_its_seat_and_moves_no_other() => Gen.Select(Generate.Apart, Gen.Int[0, 3])
        .Sample((wanted, seat) => Isolation.OfReplug(SeatPlanner.Plan, wanted, seat), iter: 100);

    public static TheoryData<string> Faults => [.. Planning.Faults.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_planner_with_a_fault_is_caught_by_a_law(string name)
    {
        var faulty = Planning.Faults.All.Single(fault => fault.Name == name).Of(SeatPlanner.Plan);
        var (chance, ofSticks, ofScreens) = (new PCG(1, 20), new PCG(1, 20), new PCG(1, 20));
        Gen<History>[] screens = [Generate.Monitors, RemoteHistories.All, DesktopHistories.All];
        for (var i = 0; i < 3000; i++)
        {
            var history = Generate.Seats.Generate(chance, null, out _);
            var sticks = Generate.Sticks.Generate(ofSticks, null, out _);
            var seen = screens[i % screens.Length].Generate(ofScreens, null, out _);
            var apart = Generate.Apart.Generate(chance, null, out _);
            var other = Generate.Apart.Generate(chance, null, out _);
            try
            {
                Laws.HoldOver(faulty, history);
                Laws.HoldOver(faulty, sticks);
                Laws.HoldOver(faulty, seen);
                if (i >= 20)
                    continue;
                Isolation.OfFailure(faulty, apart);
                Isolation.OfChange(faulty, apart, other, i % 4);
                Isolation.OfReplug(faulty, apart, i % 4);
            }
            // Broken by what the machine refuses, or by what the fault made of the plan itself.
            catch (Exception caught) when (caught is not Xunit.Sdk.IAssertionException)
            {
                return;
            }
        }
        Assert.Fail($"no law sees a planner that {name}");
    }
}
