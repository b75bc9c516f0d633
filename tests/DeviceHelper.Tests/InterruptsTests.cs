using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>A host of four processors with a disk, a network card whose owner put it on the last two, and an interrupt that nobody handles.</summary>
public sealed class InterruptsTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    public InterruptsTests()
    {
        _machine.Write("proc/irq/default_smp_affinity", "f\n");
        Add(24, "disk", "0-3");
        Add(25, "network", "2-3");
        _machine.Write("proc/irq/9/smp_affinity_list", "0-3\n");
        Directory.CreateDirectory(Path.GetDirectoryName(_machine.Machine.InterruptsRecord)!);
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void They_are_handled_by_what_they_are_moved_to_and_by_those_before_when_they_are_moved_back()
    {
        Assert.Equal("moved 2 interrupts to the processors 0,3; 0 cannot be moved", Steer(0, 3));
        Assert.Equal(("00000009", "0,3", "3", "0-3"), All);
        Assert.Equal("moved 2 interrupts to the processors 0; 0 cannot be moved", Steer(0));
        Assert.Equal(("00000001", "0", "0", "0-3"), All);

        Assert.Equal("the interrupts are handled where they were before", Steer());
        Assert.Equal(("0000000f", "0-3", "2-3", "0-3"), All);
        Assert.False(File.Exists(_machine.Machine.InterruptsRecord));
    }

    [Fact]
    public void What_somebody_else_has_moved_meanwhile_stays_where_they_put_it()
    {
        Steer(0, 3);
        _machine.Write("proc/irq/24/smp_affinity_list", "1\n");
        Steer();
        Assert.Equal(("0000000f", "1", "2-3", "0-3"), All);
    }

    [Fact]
    public void One_that_the_kernel_does_not_let_go_keeps_no_other_from_its_place()
    {
        // Here it is a link to itself, which cannot be written to either.
        File.Delete(_machine.At("proc/irq/24/smp_affinity_list"));
        _machine.Link("proc/irq/24/smp_affinity_list", "smp_affinity_list");
        Assert.Equal("moved 1 interrupts to the processors 3; 1 cannot be moved", Steer(3));
        Assert.Equal("3", _machine.Read("proc/irq/25/smp_affinity_list"));
    }

    [Fact]
    public void A_list_of_no_processors_moves_nothing()
    {
        var refused = Assert.Single(Do(new SteerInterrupts([-1])).Results);
        Assert.Equal((int)Errno.EINVAL, refused.Errno);
        Assert.Equal(("f", "0-3", "2-3", "0-3"), All);
    }

    private (string Default, string Disk, string Network, string Nobody) All => (
        _machine.Read("proc/irq/default_smp_affinity"), _machine.Read("proc/irq/24/smp_affinity_list"), _machine.Read("proc/irq/25/smp_affinity_list"), _machine.Read("proc/irq/9/smp_affinity_list"));

    private string Steer(params int[] cpus)
    {
        var done = Assert.Single(Do(new SteerInterrupts(cpus.ToValueList())).Results);
        Assert.Equal(0, done.Errno);
        return done.Sentence!;
    }

    private HelperReply Do(HelperOperation operation) => new Operations(_machine.Machine, _machine.Udev).Do(new([operation]));

    private void Add(int number, string handler, string cpus)
    {
        _machine.Write($"proc/irq/{number}/smp_affinity_list", $"{cpus}\n");
        Directory.CreateDirectory(_machine.At($"proc/irq/{number}/{handler}"));
    }
}
