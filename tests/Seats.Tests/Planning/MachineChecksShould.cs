using Phyllome.Seats.Configuration;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

public sealed class MachineChecksShould
{
    private static readonly SeatsConfiguration Wanted = SeatsToml.Parse("[[seat]]\nname='left'\nguests=['windows']\ngpu='pci:0000:01:00.0'\n", "f").Configuration!;

    [Fact]
    public void Refuse_a_card_that_shares_its_group_and_name_what_it_shares_it_with() => Assert.Equal(
        "f:4:5: the gpu 0000:01:00.0 cannot be passed through alone: its IOMMU group 2 has '0000:04:00.0' too, and a group goes whole or not at all; put the card in another slot",
        Refused(3, ["0000:01:00.0", "0000:01:00.1", "0000:04:00.0"]));

    [Fact]
    public void Refuse_a_card_without_a_group_and_say_how_to_get_one() => Assert.Equal(
        "f:4:5: the gpu 0000:01:00.0 cannot be passed through: it is in no IOMMU group; turn the IOMMU on in the firmware's settings and on the kernel's command line",
        Refused(null, []));

    [Fact]
    public void Wait_for_a_card_that_another_guest_has()
    {
        var machine = Machine.Example with
        {
            Guests = [Machine.Guest("windows"), Machine.Guest("work", Phyllome.Seats.Guests.GuestState.Running) with { Passed = ["0000:01:00.0"] }],
        };
        var plan = SeatPlanner.Plan(Wanted, Memory.Empty, machine, Current.Nothing);

        Assert.DoesNotContain(plan.Steps, step => step is StartGuest);
        Assert.Contains(new Problem("left", "guest 'windows' waits for the gpu 0000:01:00.0, which guest 'work' has: shut that one down"), plan.Problems);
    }

    private static string Refused(int? group, ValueList<string> members)
    {
        var machine = Machine.Example with { Gpus = [Machine.Example.Gpus[1] with { IommuGroup = group is null ? null : 2, GroupMembers = members }] };
        var fault = Assert.Single(MachineChecks.Check(Wanted, machine));
        Assert.True(fault.Prevents);
        return fault.Diagnostic.ToString();
    }
}
