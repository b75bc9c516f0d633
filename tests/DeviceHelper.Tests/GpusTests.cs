using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>A machine with a card of the host's and one that can be given away.</summary>
public sealed class GpusTests : IDisposable
{
    private const string Hosts = "0000:00:02.0", Other = "0000:01:00.0";

    private readonly FakeMachine _machine = new();

    public GpusTests()
    {
        Card(Hosts, group: 1, driver: "i915", boot: true);
        Card(Other, group: 2, driver: "nouveau", boot: false);
        Write("proc/interrupts", " 24: 0 IR-PCI-MSI 0-edge\n");
        Write("proc/sys/kernel/osrelease", "6.1.0\n");
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_card_that_nothing_speaks_against_should_be_let_go() => Assert.Equal(new HelperResult(0, $"the gpu {Other} may be taken from the host", 0, 0), Judge(Other));

    [Fact]
    public void A_card_that_somebody_has_open_should_be_refused_with_their_name_and_what_to_do()
    {
        Write("proc/812/comm", "Xorg\n");
        Link("proc/812/fd/9", "/dev/dri/card1");
        Link("sys/class/drm/card1", $"../../bus/pci/devices/{Other}/drm/card1");
        Directory.CreateDirectory(_machine.At($"sys/bus/pci/devices/{Other}/drm/card1"));

        var result = Judge(Other);

        Assert.Equal(Errno.EPERM, (Errno)result.Errno);
        Assert.StartsWith("Xorg 812 has it open (in-use: ", result.Sentence, StringComparison.Ordinal);
        Assert.Contains("; end them, or have it bound to vfio-pci from the boot on", result.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hosts_own_card_should_be_refused_unless_the_configuration_names_it()
    {
        Assert.Contains("boot-gpu", Judge(Hosts, named: false).Sentence, StringComparison.Ordinal);
        Assert.Equal(0, Judge(Hosts, named: true).Errno);
    }

    [Theory]
    [InlineData("0000:09:00.0", Errno.ENODEV)]
    [InlineData("../../x", Errno.EINVAL)]
    public void What_is_no_card_should_be_refused(string address, Errno errno) => Assert.Equal(errno, (Errno)Judge(address).Errno);

    private HelperResult Judge(string address, bool named = true) =>
        Assert.Single(new Operations(_machine.Machine).Do(new HelperRequest([new JudgeGpu(address, named)])).Results);

    private void Card(string address, int group, string driver, bool boot)
    {
        var folder = $"sys/bus/pci/devices/{address}";
        Write($"{folder}/class", "0x030000\n");
        Write($"{folder}/vendor", "0x1234\n");
        Write($"{folder}/device", $"0x000{group}\n");
        Write($"{folder}/boot_vga", boot ? "1\n" : "0\n");
        Write($"{folder}/reset_method", "flr\n");
        Write($"{folder}/reset", "");
        Write($"{folder}/driver_override", "(null)\n");
        Link($"{folder}/driver", $"../../drivers/{driver}");
        Link($"{folder}/iommu_group", $"../../../../kernel/iommu_groups/{group}");
        Directory.CreateDirectory(_machine.At($"sys/kernel/iommu_groups/{group}"));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_machine.At(path))!);
        File.WriteAllText(_machine.At(path), text);
    }

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_machine.At(path))!);
        Directory.CreateSymbolicLink(_machine.At(path), target);
    }
}
