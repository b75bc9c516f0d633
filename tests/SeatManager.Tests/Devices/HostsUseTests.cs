using Phyllome.Seats.SeatManager.Devices;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Devices;

/// <summary>A host with one stick, of two partitions, and a network adapter, laid out as the kernel does.</summary>
public sealed class HostsUseTests : IDisposable
{
    private readonly Scratch _machine = new();

    public HostsUseTests()
    {
        Write("sys/devices/usb1/1-3/devnum", "7");
        Write("sys/devices/usb1/1-3/busnum", "1");
        Write("sys/devices/usb1/devnum", "1");
        Write("sys/devices/usb1/busnum", "1");
        Disk("sda", "8:0", "usb1/1-3/1-3:1.0/host0/block/sda");
        Disk("sda1", "8:1", "usb1/1-3/1-3:1.0/host0/block/sda/sda1");
        Disk("sda2", "8:2", "usb1/1-3/1-3:1.0/host0/block/sda/sda2");
        Disk("vda1", "254:1", "virtio/block/vda/vda1");
        Mounts("24 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw");
        Write("proc/swaps", "Filename Type Size Used Priority\n");
    }

    private string Stick => _machine["sys/devices/usb1/1-3"];

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_stick_that_nobody_uses_should_be_free() => Assert.Empty(Uses());

    [Fact]
    public void A_partition_that_is_mounted_should_keep_the_whole_stick()
    {
        Mounts("24 1 254:1 / / rw shared:1 - ext4 /dev/vda1 rw\n30 24 8:2 / /media/my\\040stick rw shared:2 - vfat /dev/sda2 rw");
        Assert.Equal("/media/my stick is mounted from it", Uses()[Stick]);
    }

    [Fact]
    public void An_encrypted_volume_on_it_should_keep_it_be_it_mounted_or_not()
    {
        Disk("dm-0", "253:0", "virtual/block/dm-0");
        Directory.CreateDirectory(_machine["sys/class/block/sda1/holders/dm-0"]);
        Assert.Equal("it is part of dm-0, which the host has set up", Uses()[Stick]);
        Mounts("30 24 253:0 / /home rw shared:2 - ext4 /dev/mapper/home rw");
        Assert.Equal("/home is mounted from it", Uses()[Stick]);
    }

    [Fact]
    public void Swap_on_it_should_keep_it()
    {
        Write("proc/swaps", "Filename Type Size Used Priority\n/dev/sda1 partition 1 0 -2\n");
        Assert.Equal("the host swaps to it", Uses()[Stick]);
    }

    [Fact]
    public void A_disk_of_a_mounted_btrfs_should_be_kept_although_another_one_is_named_as_its_source()
    {
        Mounts("30 24 0:41 / /data rw shared:2 - btrfs /dev/vda1 rw");
        Directory.CreateDirectory(_machine["sys/fs/btrfs/1234/devices/sda1"]);
        Assert.Equal("it is part of a file system that is mounted", Uses()[Stick]);
    }

    [Fact]
    public void Any_disk_should_be_kept_while_zfs_is_mounted_since_nobody_says_which_it_has()
    {
        Mounts("30 24 0:41 / /tank rw shared:2 - zfs tank rw");
        Assert.Contains("ZFS", Uses()[Stick], StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_adapter_should_be_the_hosts()
    {
        Write("sys/devices/usb1/1-4/devnum", "8");
        Write("sys/devices/usb1/1-4/busnum", "1");
        Link("net", "enx1", "usb1/1-4/1-4:1.0/net/enx1");
        Assert.Equal("it is the network interface enx1", Uses()[_machine["sys/devices/usb1/1-4"]]);
    }

    private Dictionary<string, string> Uses() => HostsUse.Read(_machine["sys"], _machine["proc"]);

    private void Mounts(string lines) => Write("proc/1/mountinfo", lines + "\n");

    private void Disk(string name, string number, string path)
    {
        Link("block", name, path);
        Write($"sys/devices/{path}/dev", number);
    }

    private void Link(string kind, string name, string path)
    {
        Directory.CreateDirectory(_machine[$"sys/devices/{path}"]);
        Directory.CreateDirectory(_machine[$"sys/class/{kind}"]);
        Directory.CreateSymbolicLink(_machine[$"sys/class/{kind}/{name}"], _machine[$"sys/devices/{path}"]);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_machine[name])!);
        File.WriteAllText(_machine[name], text);
    }
}
