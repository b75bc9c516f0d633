using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.DisplayAssign.Tests.Machines;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>A machine with a card of the host's, and one with audio that can be given away; the test is its kernel.</summary>
public sealed class GpusTests : IDisposable
{
    private const string Hosts = "0000:00:02.0", Other = "0000:01:00.0", Audio = "0000:01:00.1";

    private readonly FakeMachine _machine = new();
    private readonly StringWriter _log = new();
    private readonly List<SysfsWrite> _written = [];
    private readonly Dictionary<string, string> _hostDrivers = new() { [Hosts] = "i915", [Other] = "nouveau", [Audio] = "snd_hda_intel" };

    /// <summary>What no driver takes.</summary>
    private string? _dead;

    /// <summary>The number of the write at which the helper is killed.</summary>
    private int? _end;

    public GpusTests()
    {
        Function(Hosts, "0x030000", group: 1, boot: true);
        Function(Other, "0x030000", group: 2);
        Function(Audio, "0x040300", group: 2);
        Directory.CreateDirectory(_machine.At("sys/bus/pci/drivers/vfio-pci"));
        _machine.Write("proc/interrupts", " 24: 0 IR-PCI-MSI 0-edge\n");
        _machine.Write("proc/sys/kernel/osrelease", "6.1.0\n");
    }

    public void Dispose()
    {
        _machine.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void A_card_that_nothing_speaks_against_should_be_taken_whole_and_stay()
    {
        Assert.Equal(new HelperResult(0, $"took the gpu {Other} from the host, with all of {Other}, {Audio}", 0, 0), Take(Other));
        Assert.Equal(("vfio-pci", "vfio-pci", "i915"), (Driver(Other), Driver(Audio), Driver(Hosts)));
        Assert.Equal(
            [
                new($"bus/pci/devices/{Other}/driver_override", "vfio-pci"), new("bus/pci/drivers/nouveau/unbind", Other), new("bus/pci/drivers_probe", Other),
                new($"bus/pci/devices/{Audio}/driver_override", "vfio-pci"), new("bus/pci/drivers/snd_hda_intel/unbind", Audio), new("bus/pci/drivers_probe", Audio),
            ], _written);
        Assert.Equal(_written.Select(write => $"<6>{write.Sentence}"), _log.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, Take(Other).Errno);
        Assert.Equal(6, _written.Count);
    }

    [Fact]
    public void A_card_should_be_given_back_whole()
    {
        Take(Other);
        Assert.Equal(0, GiveBack(Other).Errno);
        Assert.Equal(("nouveau", "snd_hda_intel"), (Driver(Other), Driver(Audio)));
        Assert.All([Other, Audio], function => Assert.Equal("(null)\n", Override(function)));
        _written.Clear();
        Assert.Equal($"the gpu {Other} is the host's already", GiveBack(Other).Sentence);
        Assert.Empty(_written);
    }

    [Fact]
    public void A_card_that_a_guest_has_should_not_be_given_back()
    {
        Take(Other);
        _written.Clear();
        Process(900, "qemu-system-x86", "/dev/vfio/2");
        Assert.Equal(new HelperResult((int)Errno.EBUSY, $"could not give back the gpu {Other}: qemu-system-x86 900 has it; shut its guest down first", 0, 0), GiveBack(Other));
        Assert.Empty(_written);
    }

    [Fact]
    public void Where_a_part_of_it_cannot_be_taken_all_should_be_as_before()
    {
        _dead = Audio;
        var result = Take(Other);
        Assert.Equal(Errno.EIO, (Errno)result.Errno);
        Assert.StartsWith($"could not take the gpu {Other}: vfio-pci did not take {Audio}; all is as before", result.Sentence, StringComparison.Ordinal);
        Assert.Equal("nouveau", Driver(Other));
        Assert.All([Other, Audio], function => Assert.Equal("(null)\n", Override(function)));
    }

    [Fact]
    public void A_helper_that_is_killed_at_any_write_should_leave_what_the_next_one_ends_both_ways()
    {
        for (var end = 0; end < 6; end++)
        {
            Killed(end, () => Take(Other));
            Assert.Equal(0, Take(Other).Errno);
            Assert.Equal(("vfio-pci", "vfio-pci"), (Driver(Other), Driver(Audio)));
            Killed(end, () => GiveBack(Other));
            Assert.Equal(0, GiveBack(Other).Errno);
            Assert.Equal(("nouveau", "snd_hda_intel"), (Driver(Other), Driver(Audio)));
        }
    }

    [Fact]
    public void One_who_never_came_back_from_the_kernel_should_be_found_and_no_write_be_made_after_theirs()
    {
        Process(812, $"gpu{Other}");
        _machine.Write("proc/812/stat", $"812 (gpu{Other}) D 1 {string.Join(' ', Enumerable.Range(5, 17))} 4711 0");
        foreach (var result in new[] { Take(Other), GiveBack(Other) })
        {
            Assert.Equal(Errno.EBUSY, (Errno)result.Errno);
            Assert.EndsWith("process 812 is at it since before; where that does not end, the gpu is stuck in the kernel, and a reboot is needed", result.Sentence, StringComparison.Ordinal);
        }
        Assert.Empty(_written);
    }

    [Fact]
    public void A_card_that_somebody_has_open_should_be_refused_with_their_name_and_what_to_do()
    {
        Process(812, "Xorg", "/dev/dri/card1");
        _machine.Link("sys/class/drm/card1", $"../../bus/pci/devices/{Other}/drm/card1");
        Directory.CreateDirectory(_machine.At($"sys/bus/pci/devices/{Other}/drm/card1"));

        var result = Take(Other);

        Assert.Equal(Errno.EPERM, (Errno)result.Errno);
        Assert.StartsWith("Xorg 812 has it open (in-use: ", result.Sentence, StringComparison.Ordinal);
        Assert.Contains("; end them, or have it bound to vfio-pci from the boot on", result.Sentence, StringComparison.Ordinal);
        Assert.Empty(_written);
    }

    [Fact]
    public void The_hosts_own_card_should_be_refused_unless_the_configuration_names_it()
    {
        Assert.Contains("boot-gpu", Take(Hosts, named: false).Sentence, StringComparison.Ordinal);
        Assert.Empty(_written);
        Assert.Equal(0, Take(Hosts, named: true).Errno);
    }

    [Fact]
    public void No_card_of_any_machine_that_a_check_refuses_should_be_written_to()
    {
        var refused = 0;
        foreach (var name in MachineTree.Names)
        {
            using var tree = MachineTree.Load(name);
            var machine = MachineReader.Read(tree.Root, names: false);
            foreach (var gpu in machine.Gpus)
            {
                foreach (var named in new[] { true, false })
                {
                    // As the helper does: one that was broken off is to be ended, and one that is there needs no write at all.
                    var but = gpu.DriverOverride == "vfio-pci" ? Checks.DriverOverride : null;
                    if (CardDiagnosis.Of(machine, gpu.Address, named ? "" : null)!.Refusal(but) is null)
                        continue;
                    refused++;
                    var result = new Gpus(new(tree.Root, $"{tree.Root}/sys", "", "", "", ""), _log, Kernel).Take(new(gpu.Address, named));
                    Assert.True(_written.Count == 0 && (Errno)result.Errno is Errno.EPERM or 0, $"{name}: {gpu.Address}: {result.Sentence}");
                }
            }
        }
        Assert.True(refused > 40, $"{refused} were refused");
    }

    [Fact]
    public void A_kernel_without_vfio_should_be_named()
    {
        Directory.Delete(_machine.At("sys/bus/pci/drivers/vfio-pci"));
        Assert.Equal(Errno.ENODEV, (Errno)Take(Other).Errno);
        Assert.Empty(_written);
    }

    [Theory]
    [InlineData("0000:09:00.0", Errno.ENODEV)]
    [InlineData(Audio, Errno.ENODEV)]
    [InlineData("../../x", Errno.EINVAL)]
    public void What_is_no_card_should_be_refused(string address, Errno errno)
    {
        var take = new TakeGpu(address, Named: true);
        Assert.Equal(errno, (Errno)Assert.Single(new Operations(_machine.Machine, _machine.Udev).Do(new HelperRequest([take])).Results).Errno);
    }

    [Fact]
    public void One_who_is_done_should_be_at_no_card_any_more()
    {
        _machine.Write("proc/self/comm", "phyllome-device\n");
        Take(Other);
        Assert.Equal($"gpu{Other}", File.ReadAllText(_machine.At("proc/self/comm")));
        new Operations(_machine.Machine, _machine.Udev).Do(new([new TakeGpu("0000:09:00.0", Named: true)]));
        Assert.Equal("phyllome-device", File.ReadAllText(_machine.At("proc/self/comm")));
    }

    [Fact]
    public void A_write_should_reach_an_attribute_that_can_only_be_written_and_say_why_where_there_is_none()
    {
        _machine.Write("sys/bus/pci/drivers_probe", "");
        var write = Gpus.Into(_machine.Machine);
        Assert.Null(write(new("bus/pci/drivers_probe", Other)));
        Assert.Equal(Other, File.ReadAllText(_machine.At("sys/bus/pci/drivers_probe")));
        Assert.Contains("ENOENT", write(new("bus/pci/drivers/none/unbind", Other)), StringComparison.Ordinal);
    }

    private HelperResult Take(string address, bool named = true) => Run(gpus => gpus.Take(new(address, named)));

    private HelperResult GiveBack(string address) => Run(gpus => gpus.GiveBack(new(address)));

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

    private void Killed(int end, Func<HelperResult> what)
    {
        _end = end;
        _written.Clear();
        Record.Exception(() => what());
        _end = null;
    }

    private string? Kernel(SysfsWrite write)
    {
        if (_written.Count == _end)
            throw new InvalidOperationException("killed");
        _written.Add(write);
        if (write.Path.EndsWith("/driver_override", StringComparison.Ordinal))
            _machine.Write($"sys/{write.Path}", write.Text == "\n" ? "(null)\n" : $"{write.Text}\n");
        else if (write.Path.EndsWith("/unbind", StringComparison.Ordinal))
            File.Delete(_machine.At($"sys/bus/pci/devices/{write.Text}/driver"));
        else if (write.Text != _dead)
            _machine.Link($"sys/bus/pci/devices/{write.Text}/driver", $"../../drivers/{(Override(write.Text).Trim() is var forced && forced != "(null)" ? forced : _hostDrivers[write.Text])}");
        return null;
    }

    private string Override(string address) => File.ReadAllText(_machine.At($"sys/bus/pci/devices/{address}/driver_override"));

    private string? Driver(string address) => Path.GetFileName(new FileInfo(_machine.At($"sys/bus/pci/devices/{address}/driver")).LinkTarget);

    private void Function(string address, string kind, int group, bool boot = false)
    {
        var folder = $"sys/bus/pci/devices/{address}";
        _machine.Write($"{folder}/class", $"{kind}\n");
        _machine.Write($"{folder}/vendor", "0x1234\n");
        _machine.Write($"{folder}/device", $"0x000{group}\n");
        _machine.Write($"{folder}/boot_vga", boot ? "1\n" : "0\n");
        _machine.Write($"{folder}/reset_method", "flr\n");
        _machine.Write($"{folder}/reset", "");
        _machine.Write($"{folder}/driver_override", "(null)\n");
        _machine.Link($"{folder}/driver", $"../../drivers/{_hostDrivers[address]}");
        _machine.Link($"{folder}/iommu_group", $"../../../../kernel/iommu_groups/{group}");
        Directory.CreateDirectory(_machine.At($"sys/kernel/iommu_groups/{group}"));
    }

    private void Process(int id, string name, params string[] nodes)
    {
        _machine.Write($"proc/{id}/comm", $"{name}\n");
        for (var i = 0; i < nodes.Length; i++)
            _machine.Link($"proc/{id}/fd/{i}", nodes[i]);
    }
}
