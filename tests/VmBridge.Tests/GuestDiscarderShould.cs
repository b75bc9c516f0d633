using System.Diagnostics;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Clones for the while, by a real libvirtd with its real storage and QEMU.</summary>
public sealed class GuestDiscarderShould : IDisposable
{
    private readonly PrivateDaemon _daemon = new();
    private readonly LibvirtConnection _owner;
    private readonly string _folder, _disk;

    public GuestDiscarderShould()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu && PrivateDaemon.HasStorage, "libvirtd with its drivers of QEMU and storage is not installed here");
        _daemon.Start();
        _owner = _daemon.ConnectAsync().GetAwaiter().GetResult();
        _folder = _daemon.MakeFolder("disks");
        _disk = $"{_folder}/base.img";
        using (var disk = File.Create(_disk))
            disk.SetLength(1 << 20);
        PrivateDaemon.Give(_disk);
        using var defined = _owner.Define(ClonedDisks.Definition("base", _disk, "raw"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Leave_nothing_of_a_clone_but_the_frozen_disks_below_it()
    {
        var name = Clone("seat");
        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole", "seat.throwaway-vda.qcow2"], Files());
        using (var clone = _owner.Find(name)!)
        {
            clone.Start();
            Assert.Equal("base", GuestDiscarder.OriginOf(clone.GetXml(DomainXml.None)));
            clone.Destroy();
            new GuestDiscarder(_owner).Discard(clone);
        }
        Assert.Null(_owner.Find(name));
        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole"], Files());
    }

    [Fact]
    public void Go_on_where_it_was_broken_off()
    {
        using var clone = _owner.Find(Clone("seat"))!;
        File.Delete($"{_folder}/seat.throwaway-vda.qcow2");
        new GuestDiscarder(_owner).Discard(clone);
        Assert.Null(_owner.Find("seat"));
    }

    [Fact]
    public void Discard_nothing_that_is_its_owners()
    {
        new GuestCloner(_owner).Clone("base", "kept", _ => { }, Cancellation);
        using var kept = _owner.Find("kept")!;
        using var origin = _owner.Find("base")!;
        foreach (var guest in new[] { kept, origin })
            Assert.Contains("so it is its owner's", Assert.Throws<GuestException>(() => new GuestDiscarder(_owner).Discard(guest)).Message, StringComparison.Ordinal);
        Assert.Contains("kept-vda.qcow2", Files());
    }

    [Fact]
    public void Leave_a_disk_that_its_owner_gave_it_later()
    {
        using var clone = _owner.Find(Clone("seat"))!;
        var other = $"{_folder}/photos.img";
        File.Copy(_disk, other);
        PrivateDaemon.Give(other);
        var definition = XElement.Parse(clone.GetXml(DomainXml.Inactive));
        definition.Element("devices")!.Add(XElement.Parse($"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{other}'/><target dev='vdb' bus='virtio'/></disk>"));
        using (_owner.Define(definition.ToString()))
            new GuestDiscarder(_owner).Discard(clone);
        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole", "photos.img"], Files());
    }

    [Fact]
    public void Not_discard_what_runs()
    {
        using var clone = _owner.Find(Clone("seat"))!;
        clone.Start();
        Assert.EndsWith("it runs. Shut it down.", Assert.Throws<GuestException>(() => new GuestDiscarder(_owner).Discard(clone)).Message, StringComparison.Ordinal);
        Assert.Contains("seat.throwaway-vda.qcow2", Files());
    }

    [Fact]
    public void Make_room_for_the_next_one_where_a_clone_was_left_half_made()
    {
        Clone("seat");
        using (var half = _owner.Find("seat")!)
            half.Undefine();
        Assert.Contains("seat.throwaway-vda.qcow2", Files());

        Clone("seat");
        using (var compare = Process.Start("qemu-img", ["compare", "-q", _disk, $"{_folder}/seat.throwaway-vda.qcow2"]))
        {
            compare.WaitForExit();
            Assert.Equal(0, compare.ExitCode);
        }
        using var clone = _owner.Find("seat")!;
        new GuestDiscarder(_owner).Discard(clone);
        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole"], Files());
    }

    [Fact]
    public async Task Be_told_of_as_soon_as_it_is_done_and_as_what_it_is()
    {
        await using var host = new GuestHost(_daemon.QemuUri);
        var told = GuestHostShould.Listen(host);
        host.Watch();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is not null);
        await host.CloneAsync("base", "seat", throwaway: true, Cancellation);
        var clone = host.Seen.Guests!.Value.Single(guest => guest.Name == "seat");
        Assert.Equal(("base", null), (clone.ThrowawayOf, host.Seen.Guests!.Value.Single(guest => guest.Name == "base").ThrowawayOf));
        await host.CloneAsync("base", "kept", throwaway: false, Cancellation);
        Assert.Null(host.Seen.Guests!.Value.Single(guest => guest.Name == "kept").ThrowawayOf);

        await host.DiscardAsync(clone.Uuid, Cancellation);
        Assert.Equal(["base", "kept"], host.Seen.Guests!.Value.Select(guest => guest.Name));
        var refusal = await Assert.ThrowsAsync<GuestException>(() => host.CloneAsync("nobody", "seat", throwaway: true, Cancellation));
        Assert.Contains("libvirt has no guest 'nobody'", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _owner?.Dispose();
        _daemon.EndGuests();
        _daemon.Dispose();
    }

    private string Clone(string name)
    {
        new GuestCloner(_owner) { Throwaway = true }.Clone("base", name, _ => { }, Cancellation);
        return name;
    }

    private string[] Files() => [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
