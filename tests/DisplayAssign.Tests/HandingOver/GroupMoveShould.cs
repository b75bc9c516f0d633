using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Tests.Machines;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests.HandingOver;

public sealed class GroupMoveShould
{
    public static TheoryData<string> All => [.. MachineTree.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Move_each_card_with_its_whole_slot_and_group_bridges_left_out(string name)
    {
        var machine = Read(name);
        foreach (var gpu in machine.Gpus)
        {
            var members = GroupMove.Members(machine, gpu);
            Assert.Contains(gpu, members);
            Assert.All(machine.Siblings(gpu).Where(sibling => !sibling.IsBridge), sibling => Assert.Contains(sibling, members));
            Assert.All(members.SelectMany(machine.GroupMates), mate => Assert.Contains(mate, members));
            Assert.DoesNotContain(members, member => member.IsBridge);
            Assert.All(GroupMove.Take(machine, gpu).SelectMany(move => move.Writes), write => Assert.DoesNotContain("..", write.Path, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Need_no_write_for_what_is_there_already()
    {
        var machine = Read("desktop");
        Assert.Empty(GroupMove.Take(machine, machine.Function("0000:01:00.0")!));
        Assert.Empty(GroupMove.GiveBack(machine, machine.Function("0000:00:02.0")!));
    }

    [Fact]
    public void End_what_was_broken_off_after_its_first_write()
    {
        var machine = Read("override-half-done");
        Assert.Equal(
            [new("bus/pci/drivers/amdgpu/unbind", "0000:0c:00.0"), new("bus/pci/drivers_probe", "0000:0c:00.0")],
            GroupMove.Take(machine, machine.Function("0000:0c:00.0")!).First(move => move.Address == "0000:0c:00.0").Writes);
        Assert.Equal(
            [new("bus/pci/devices/0000:0c:00.0/driver_override", "\n")],
            GroupMove.GiveBack(machine, machine.Function("0000:0c:00.0")!).Single().Writes);
    }

    private static Machine Read(string name)
    {
        using var tree = MachineTree.Load(name);
        return MachineReader.Read(tree.Root);
    }
}
