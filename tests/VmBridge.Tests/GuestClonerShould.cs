using System.Diagnostics;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Clones by a real libvirtd, with its real storage and QEMU.</summary>
public sealed class GuestClonerShould : IDisposable
{
    private const long Size = 64L << 20;

    private readonly PrivateDaemon _daemon = new();
    private readonly LibvirtConnection _owner;
    private readonly string _folder;
    private readonly string _disk;

    public GuestClonerShould()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu && PrivateDaemon.HasStorage, "libvirtd with its drivers of QEMU and storage is not installed here");
        _daemon.Start();
        _owner = _daemon.ConnectAsync().GetAwaiter().GetResult();
        _folder = _daemon.MakeFolder("disks");
        _disk = $"{_folder}/base.img";
        using (var disk = File.Create(_disk))
        {
            disk.SetLength(Size);
            disk.Seek(Size / 2, SeekOrigin.Begin);
            disk.Write("in the middle"u8);
        }
        PrivateDaemon.Give(_disk);
        using var defined = _owner.Define(ClonedDisks.Definition("base", _disk, "raw"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Put_a_clone_on_top_of_a_frozen_copy_and_leave_the_base_as_it_was()
    {
        var (stored, content) = (Stored("base"), File.ReadAllBytes(_disk));
        var told = new List<FreezeProgress>();

        new GuestCloner(_owner).Clone("base", "first", told.Add, Cancellation);

        Assert.Equal(stored, Stored("base"));
        Assert.Equal(content, File.ReadAllBytes(_disk));
        Assert.Equal(content, File.ReadAllBytes($"{_disk}.frozen"));
        Assert.Equal((Size, Size), (told[^1].Done, told[^1].All));
        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole", "first-vda.qcow2"], Files());
        var clone = XElement.Parse(Stored("first"));
        Assert.NotEqual(XElement.Parse(stored).Element("uuid")!.Value, clone.Element("uuid")!.Value);
        Assert.NotEqual(XElement.Parse(stored).Descendants("mac").Single().Attribute("address")!.Value, clone.Descendants("mac").Single().Attribute("address")!.Value);

        // Both run at once, each on its own disk; and the base may change what it likes.
        using var first = _owner.Find("first")!;
        using var origin = _owner.Find("base")!;
        first.Start();
        origin.Start();
        Assert.True(first.IsActive && origin.IsActive);
        Assert.Contains($"{_disk}.frozen", first.GetXml(DomainXml.None), StringComparison.Ordinal);
    }

    [Fact]
    public void Freeze_once_so_that_the_next_clone_needs_neither_time_nor_a_base_that_is_off()
    {
        new GuestCloner(_owner).Clone("base", "first", _ => { }, Cancellation);
        var frozen = File.GetLastWriteTimeUtc($"{_disk}.frozen");
        using var origin = _owner.Find("base")!;
        origin.Start();

        var clock = Stopwatch.StartNew();
        new GuestCloner(_owner).Clone("base", "second", _ => Assert.Fail("copied again"), Cancellation);

        TestContext.Current.TestOutputHelper?.WriteLine($"a second clone took {clock.Elapsed.TotalMilliseconds:0} ms");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(frozen, File.GetLastWriteTimeUtc($"{_disk}.frozen"));
    }

    [Fact]
    public void Say_what_it_would_do_and_do_nothing()
    {
        Assert.Equal(
            [$"freeze {_disk}: copy it to {_disk}.frozen", $"make the disk {_folder}/first-vda.qcow2, empty on top of the frozen one", "store the definition of guest 'first' in libvirt"],
            new GuestCloner(_owner).Preview("base", "first"));
        Assert.Equal(["base.img"], Files());
        Assert.Equal(["base"], Domains());
        new GuestCloner(_owner).Clone("base", "first", _ => { }, Cancellation);
        Assert.Equal(
            [$"make the disk {_folder}/second-vda.qcow2, empty on top of the frozen one", "store the definition of guest 'second' in libvirt"],
            new GuestCloner(_owner).Preview("base", "second"));
        Assert.Contains("there is a guest of that name", Assert.Throws<GuestException>(() => new GuestCloner(_owner).Preview("base", "first")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Not_freeze_what_runs()
    {
        using var origin = _owner.Find("base")!;
        origin.Start();
        Assert.Contains("runs, and what changes cannot be frozen. Shut it down.", Assert.Throws<GuestException>(() => new GuestCloner(_owner).Preview("base", "first")).Message, StringComparison.Ordinal);
        Assert.Contains("runs, and what changes cannot be frozen. Shut it down.", Refusal("first"), StringComparison.Ordinal);
        Assert.Equal(["base.img"], Files());
    }

    [Fact]
    public void Leave_no_trace_when_it_is_cancelled_in_the_middle()
    {
        using var end = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new GuestCloner(_owner).Clone("base", "first", progress =>
        {
            if (progress.Done > 0)
                end.Cancel();
        }, end.Token));
        Assert.Equal(["base.img"], Files());
        Assert.Null(_owner.Find("first"));
        Assert.Equal(["base"], Domains());
    }

    [Fact]
    public void Leave_no_trace_when_libvirt_refuses_the_definition()
    {
        // Another domain has the UUID already.
        using var origin = _owner.Find("base")!;
        var taken = origin.Uuid;
        Assert.ThrowsAny<Exception>(() => new GuestCloner(_owner, () => taken).Clone("base", "first", _ => { }, Cancellation));
        Assert.Equal(["base.img"], Files());
        Assert.Equal(["base"], Domains());
    }

    [Fact]
    public void Freeze_again_what_somebody_was_ended_in_the_middle_of()
    {
        File.WriteAllText($"{_disk}.frozen", "half");
        PrivateDaemon.Give($"{_disk}.frozen");
        new GuestCloner(_owner).Clone("base", "first", _ => { }, Cancellation);
        Assert.Equal(Size, new FileInfo($"{_disk}.frozen").Length);
    }

    [Fact]
    public void Clone_a_disk_that_is_a_qcow2_with_its_content()
    {
        using (var convert = Process.Start("qemu-img", ["convert", "-q", "-O", "qcow2", _disk, $"{_folder}/other.qcow2"]))
            convert.WaitForExit();
        PrivateDaemon.Give($"{_folder}/other.qcow2");
        using (_owner.Define(ClonedDisks.Definition("other", $"{_folder}/other.qcow2", "qcow2").Replace("5a0c4b6e-27b8-4a39-9c0e-1f3d5b7a9c01", "5a0c4b6e-27b8-4a39-9c0e-1f3d5b7a9c02", StringComparison.Ordinal)))
        {
        }
        new GuestCloner(_owner).Clone("other", "first", _ => { }, Cancellation);
        using var compare = Process.Start("qemu-img", ["compare", "-q", _disk, $"{_folder}/first-vda.qcow2"]);
        compare.WaitForExit();
        Assert.Equal(0, compare.ExitCode);
    }

    [Theory]
    [InlineData("base", "base", "there is a guest of that name")]
    [InlineData("nobody", "first", "libvirt has no guest 'nobody'")]
    [InlineData("base", "../first", "a name has letters")]
    public void Say_what_is_wrong_with_the_names(string origin, string name, string why) => Assert.Contains(why, Refusal(name, origin), StringComparison.Ordinal);

    public void Dispose()
    {
        _owner?.Dispose();
        _daemon.EndGuests();
        _daemon.Dispose();
    }

    private string Refusal(string name, string origin = "base") =>
        Assert.Throws<GuestException>(() => new GuestCloner(_owner).Clone(origin, name, _ => { }, Cancellation)).Message;

    private string[] Files() => [.. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string[] Domains()
    {
        var domains = _owner.ListDomains();
        string[] names = [.. domains.Select(domain => domain.Name).Order(StringComparer.Ordinal)];
        foreach (var domain in domains)
            domain.Dispose();
        return names;
    }

    private string Stored(string name)
    {
        using var domain = _owner.Find(name)!;
        return domain.GetXml(DomainXml.Inactive | DomainXml.Secure);
    }
}
