using Phyllome.Seats.VirtualPc.Hardware;
using Xunit;

namespace Phyllome.Seats.VirtualPc.Tests;

public sealed class CommandLineTests
{
    static readonly PcFiles Files = new("/image/vmlinuz", "/image/initrd.img", "/image/root.img", "/tmp/pc");

    static List<string> Devices(PcHardware hardware)
    {
        var arguments = CommandLine.For(hardware, Files, Accelerator.Tcg);
        return [.. arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == "-device").Select(pair => pair.Second)];
    }

    [Fact]
    public void Each_gpu_should_have_a_root_port_of_its_own()
    {
        var devices = Devices(new PcHardware { Gpus = [new("one"), new("two"), new("three")] });
        foreach (var name in new[] { "one", "two", "three" }) Assert.Contains($"bochs-display,id={name},bus=port-{name}", devices);
        Assert.Equal(["pcie-root-port,id=port-one,chassis=1,slot=1", "pcie-root-port,id=port-two,chassis=2,slot=2", "pcie-root-port,id=port-three,chassis=3,slot=3"],
            devices.Where(device => device.StartsWith("pcie-root-port", StringComparison.Ordinal)));
    }

    [Fact]
    public void Gpus_of_one_group_should_share_one_conventional_bridge()
    {
        var devices = Devices(new PcHardware { Gpus = [new("one", "both"), new("two", "both"), new("alone")] });
        Assert.Single(devices, "pcie-pci-bridge,id=group-both,bus=port-both");
        Assert.Contains("bochs-display,id=one,bus=group-both", devices);
        Assert.Contains("bochs-display,id=two,bus=group-both", devices);
        Assert.Contains("bochs-display,id=alone,bus=port-alone", devices);
    }

    [Fact]
    public void A_gpu_may_have_sound_beside_it_or_be_behind_no_port_or_no_IOMMU()
    {
        var devices = Devices(new PcHardware { Iommu = false, Gpus = [new("loud") { HasAudio = true }, new("near") { OnRootBus = true }] });
        Assert.Contains("bochs-display,id=loud,bus=port-loud,addr=0.0,multifunction=on", devices);
        Assert.Contains("intel-hda,id=loud-audio,bus=port-loud,addr=0.1", devices);
        Assert.Contains("bochs-display,id=near,bus=pcie.0", devices);
        Assert.Single(devices, device => device.StartsWith("pcie-root-port", StringComparison.Ordinal));
        Assert.DoesNotContain(devices, device => device.StartsWith("intel-iommu", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gpu_that_can_be_split_should_have_two_queues_and_an_interrupt_for_each_part()
    {
        var devices = Devices(new PcHardware { Gpus = [new("card") { VirtualFunctions = 3 }] });
        Assert.Contains("nvme,id=card,bus=port-card,subsys=card-subsystem,serial=card,sriov_max_vfs=3,sriov_vq_flexible=6,sriov_vi_flexible=3", devices);
        Assert.True(devices.IndexOf("nvme-subsys,id=card-subsystem") < devices.FindIndex(device => device.StartsWith("nvme,", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_disk_that_is_kept_should_be_written_to()
    {
        Assert.Contains("file=/d,if=none,id=disk,cache=unsafe,format=qcow2", CommandLine.For(new PcHardware(), Files with { Disk = "/d", KeepsDisk = true }, Accelerator.Tcg));
        Assert.Contains("file=/image/root.img,if=none,id=disk,cache=unsafe,format=raw,snapshot=on", CommandLine.For(new PcHardware(), Files, Accelerator.Tcg));
    }

    [Fact]
    public void A_bus_should_come_before_what_is_on_it()
    {
        var devices = Devices(new PcHardware { Gpus = [new("one", "both"), new("two", "both")] });
        var order = devices.FindIndex(device => device.StartsWith("pcie-root-port", StringComparison.Ordinal));
        foreach (var next in new[] { "pcie-pci-bridge", "bochs-display,id=one", "bochs-display,id=two" })
        {
            var at = devices.FindIndex(device => device.StartsWith(next, StringComparison.Ordinal));
            Assert.True(at > order, next);
            order = at;
        }
    }

    [Fact]
    public void The_boot_card_should_be_the_first_display_so_that_its_outputs_are_the_first_consoles()
    {
        var devices = Devices(new PcHardware { Outputs = 3, Gpus = [new("one")] });
        Assert.Equal("virtio-vga,id=bootcard,max_outputs=3", devices.First(device => device.Contains("vga,", StringComparison.Ordinal) || device.StartsWith("bochs", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Accelerator.Tcg, false, true)]
    [InlineData(Accelerator.Tcg, true, false)]
    [InlineData(Accelerator.Kvm, false, false)]
    public void An_emulated_pc_should_have_a_periodic_tick_unless_it_measures(object accelerator, bool precise, bool periodic)
    {
        var arguments = CommandLine.For(new PcHardware { PreciseTimers = precise }, Files, (Accelerator)accelerator);
        Assert.Equal(periodic, arguments[arguments.ToList().IndexOf("-append") + 1].Contains("nohz=off highres=off", StringComparison.Ordinal));
    }

    [Fact]
    public void Keyboard_tags_should_never_be_function_0_which_the_kernel_would_find()
    {
        var tags = Devices(new PcHardware()).Where(device => device.StartsWith("bochs-display", StringComparison.Ordinal)).ToList();
        Assert.Equal(14, tags.Count);
        Assert.All(tags, tag => Assert.Matches(@"^bochs-display,id=tag1[de][1-7],addr=1[de]\.[1-7],vgamem=4M$", tag));
        Assert.Equal(14, tags.Distinct().Count());
    }

    [Theory]
    [InlineData(true, "intel-iommu,intremap=on")]
    [InlineData(false, "intel-iommu,intremap=off")]
    public void Interrupt_remapping_should_be_as_described(bool remapping, string device) =>
        Assert.Contains(device, Devices(new PcHardware { IommuInterruptRemapping = remapping }));

    [Fact]
    public void The_image_should_never_be_written_to() =>
        Assert.Contains(CommandLine.For(new PcHardware(), Files, Accelerator.Tcg), argument => argument.StartsWith("file=/image/root.img", StringComparison.Ordinal) && argument.Contains(",snapshot=on", StringComparison.Ordinal));

    [Fact]
    public void Kvm_should_bring_the_split_irqchip_that_interrupt_remapping_needs() =>
        Assert.Contains("q35,i8042=off,kernel-irqchip=split", CommandLine.For(new PcHardware(), Files, Accelerator.Kvm));
}
