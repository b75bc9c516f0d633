using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>A card of the host's that can be split in both ways; the test is its kernel.</summary>
public sealed class GpuPartsTests : IDisposable
{
    private const string Card = "0000:01:00.0", Folder = $"sys/bus/pci/devices/{Card}", Type = "i915-GVTg_V5_4";

    private static readonly Guid One = Guid.Parse("11111111-2222-8333-8444-555555555555"), Other = Guid.Parse("21111111-2222-8333-8444-555555555555");

    private readonly FakeMachine _machine = new();
    private readonly StringWriter _log = new();
    private readonly List<SysfsWrite> _written = [];

    /// <summary>What the card's driver says to more functions; null where it makes them.</summary>
    private string? _refusal;

    public GpuPartsTests()
    {
        Function(Card, group: 2);
        _machine.Link($"{Folder}/driver", "../../drivers/i915");
        _machine.Write($"{Folder}/sriov_totalvfs", "3\n");
        _machine.Write($"{Folder}/sriov_numvfs", "0\n");
        _machine.Write($"{Folder}/mdev_supported_types/{Type}/available_instances", "1\n");
    }

    public void Dispose()
    {
        _machine.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void A_card_should_be_split_without_a_driver_for_its_functions_and_be_whole_again_when_it_is_given_back()
    {
        Assert.Equal(new HelperResult(0, $"split the gpu {Card} into 2 virtual functions", 0, 0), Split(2));
        Assert.Equal([new($"bus/pci/devices/{Card}/sriov_drivers_autoprobe", "0"), new($"bus/pci/devices/{Card}/sriov_numvfs", "2")], _written);
        Assert.Equal(_written.Select(write => $"<6>{write.Sentence}"), _log.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        _written.Clear();
        Assert.Equal(0, Split(2).Errno);
        Assert.Empty(_written);

        Assert.Equal(new HelperResult(0, $"took the parts of the gpu {Card} away", 0, 0), GiveBack());
        Assert.Equal([new($"bus/pci/devices/{Card}/sriov_numvfs", "0"), new($"bus/pci/devices/{Card}/sriov_drivers_autoprobe", "1")], _written);
        Assert.Equal($"the gpu {Card} is the host's already", GiveBack().Sentence);
    }

    [Theory]
    [InlineData(0, "it can have 3 virtual functions, not 0")]
    [InlineData(4, "it can have 3 virtual functions, not 4")]
    public void What_it_cannot_have_should_be_refused_without_a_write(int count, string why)
    {
        Assert.Equal(new HelperResult((int)Errno.EPERM, $"the gpu {Card} is not split: {why}", 0, 0), Split(count));
        Assert.Empty(_written);
    }

    [Fact]
    public void More_functions_should_be_refused_while_there_are_some()
    {
        Split(1);
        _written.Clear();
        Assert.Contains("has 1 virtual functions, and the kernel changes that by way of none alone", Split(2).Sentence, StringComparison.Ordinal);
        Assert.Empty(_written);
    }

    [Fact]
    public void A_driver_that_refuses_should_be_quoted_and_all_be_as_before()
    {
        _refusal = "ENOENT";
        Assert.Equal(
            new HelperResult((int)Errno.EIO, $"could not split the gpu {Card}: could not write 2 ({_refusal}); all is as before. The kernel says why: journalctl -k", 0, 0), Split(2));
        Assert.Equal(new($"bus/pci/devices/{Card}/sriov_drivers_autoprobe", "1"), _written[^1]);
    }

    [Fact]
    public void A_mediated_device_should_be_made_once_and_go_when_the_card_is_given_back()
    {
        Assert.Equal(new HelperResult(0, $"made {One}, a {Type}, of the gpu {Card}", 0, 0), Make(One, Type));
        Assert.Equal([new($"bus/pci/devices/{Card}/mdev_supported_types/{Type}/create", $"{One}")], _written);
        Assert.Equal($"the gpu {Card} has {One} already", Make(One, Type).Sentence);
        Assert.Equal($"no {Type} is made of the gpu {Card}: it has no room for one more", Make(Other, Type).Sentence);
        Assert.Single(_written);

        Assert.Equal(0, GiveBack().Errno);
        Assert.Equal(new($"bus/pci/devices/{Card}/{One}/remove", "1"), _written[^1]);
    }

    [Theory]
    [InlineData("../../../../x")]
    [InlineData("")]
    public void A_type_that_the_card_does_not_have_should_become_no_path(string type)
    {
        Assert.Equal((int)Errno.EPERM, Make(One, type).Errno);
        Assert.Empty(_written);
    }

    [Theory]
    [InlineData("/dev/vfio/11")]
    [InlineData("/dev/vfio/31")]
    public void Parts_should_stay_while_a_guest_has_one(string node)
    {
        Split(1);
        Make(One, Type);
        _written.Clear();
        _machine.Write("proc/900/comm", "qemu-system-x86\n");
        _machine.Link("proc/900/fd/0", node);
        Assert.Equal(new HelperResult((int)Errno.EBUSY, $"could not give back the gpu {Card}: qemu-system-x86 900 has it; shut its guest down first", 0, 0), GiveBack());
        Assert.Empty(_written);
    }

    private HelperResult Split(int count) => Run(gpus => gpus.Split(new(Card, count)));

    private HelperResult Make(Guid device, string type) => Run(gpus => gpus.Make(new(Card, type, device)));

    private HelperResult GiveBack() => Run(gpus => gpus.GiveBack(new(Card)));

    private HelperResult Run(Func<Gpus, HelperResult> what)
    {
        try
        {
            return what(new(_machine.Machine, _log, Kernel));
        }
        catch (OperationException failure)
        {
            return new((int)failure.Errno, failure.Message, 0, 0);
        }
    }

    private string? Kernel(SysfsWrite write)
    {
        _written.Add(write);
        if (write.Path.EndsWith("/sriov_numvfs", StringComparison.Ordinal))
        {
            if (_refusal is not null && write.Text != "0")
                return $"could not write {write.Text} ({_refusal})";
            for (var i = 1; i <= 3; i++)
                DeleteFolder($"sys/bus/pci/devices/0000:01:00.{i}");
            for (var i = 1; i <= int.Parse(write.Text, System.Globalization.CultureInfo.InvariantCulture); i++)
            {
                Function($"0000:01:00.{i}", group: 10 + i);
                _machine.Link($"sys/bus/pci/devices/0000:01:00.{i}/physfn", $"../{Card}");
            }
            _machine.Write($"{Folder}/sriov_numvfs", $"{write.Text}\n");
        }
        else if (write.Path.EndsWith("/create", StringComparison.Ordinal))
        {
            _machine.Write($"{Folder}/{write.Text}/remove", "");
            _machine.Link($"{Folder}/mdev_supported_types/{Type}/devices/{write.Text}", $"../../../{write.Text}");
            _machine.Write($"{Folder}/mdev_supported_types/{Type}/available_instances", "0\n");
            _machine.Link($"sys/bus/mdev/devices/{write.Text}/iommu_group", "../../../../kernel/iommu_groups/31");
            Directory.CreateDirectory(_machine.At("sys/kernel/iommu_groups/31"));
        }
        else if (write.Path.EndsWith("/remove", StringComparison.Ordinal))
        {
            File.Delete(_machine.At($"{Folder}/mdev_supported_types/{Type}/devices/{write.Path.Split('/')[^2]}"));
            _machine.Write($"{Folder}/mdev_supported_types/{Type}/available_instances", "1\n");
        }
        return null;
    }

    private void Function(string address, int group)
    {
        var folder = $"sys/bus/pci/devices/{address}";
        _machine.Write($"{folder}/class", "0x030000\n");
        _machine.Write($"{folder}/vendor", "0x8086\n");
        _machine.Write($"{folder}/device", "0x591b\n");
        _machine.Link($"{folder}/iommu_group", $"../../../../kernel/iommu_groups/{group}");
        Directory.CreateDirectory(_machine.At($"sys/kernel/iommu_groups/{group}"));
    }

    private void DeleteFolder(string path)
    {
        if (Directory.Exists(_machine.At(path)))
            Directory.Delete(_machine.At(path), recursive: true);
    }
}
