using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Against libvirt's test driver, which keeps definitions and volumes in memory, with a virt-install that is played.</summary>
public sealed class GuestMakerShould : IDisposable
{
    private const string Printed = """
        <domain type="test">
          <name>play</name>
          <memory>4194304</memory>
          <os>
            <type>hvm</type>
          </os>
          <devices>
            <disk type="file" device="cdrom">
              <target dev="sda" bus="sata"/>
            </disk>
          </devices>
        </domain>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-new-").FullName;
    private readonly LibvirtConnection _owner;
    private readonly string _iso;
    private readonly string _uri;

    public GuestMakerShould()
    {
        _iso = Path.Combine(_folder, "setup.iso");
        File.WriteAllText(_iso, "a medium");
        var node = Path.Combine(_folder, "node.xml");
        File.WriteAllText(node, "<node><pool type='dir'><name>default</name><target><path>/images</path></target></pool></node>");
        _uri = $"test://{node}";
        _owner = LibvirtConnection.Open(_uri);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Make_the_disk_and_store_the_definition()
    {
        var maker = Maker(Answers());
        var told = new List<string>();
        var plan = await maker.PlanAsync(Wish(), told.Add, Cancellation);
        Assert.Equal((0, null), (Volumes(), Stored()));

        maker.Make(plan, told.Add, Cancellation);

        using var pool = _owner.FindPool("default")!;
        using var volume = pool.Find("play.qcow2")!;
        Assert.Equal(32L << 30, long.Parse(XElement.Parse(volume.GetXml()).Element("capacity")!.Value, CultureInfo.InvariantCulture));
        Assert.Equal(_iso, XElement.Parse(Stored()!).Descendants("source").Single(source => source.Attribute("file")?.Value == _iso).Attribute("file")!.Value);
        Assert.Equal(["looking at what is there", "asking virt-install for the definition", "making the disk play.qcow2", "storing the definition"], told);
        Assert.Equal(GuestProfile.Linux, plan.Profile);
        Assert.Equal($"To remove it with its disk: virsh -c {_uri} undefine play --nvram --tpm --storage /images/play.qcow2", plan.Notes[^1]);
    }

    [Fact]
    public async Task Ask_virt_install_with_what_the_profile_and_the_wish_say()
    {
        var plan = await Maker(Answers()).PlanAsync(Wish() with { Profile = GuestProfile.Generic, MemoryMiB = 1024 }, _ => { }, Cancellation);
        Assert.Equal(["virt-install", "--connect", _uri, "--name", "play", "--osinfo", "debian12", "--memory", "1024", "--vcpus", "2", "--tpm"], plan.Command.Take(12));
    }

    [Fact]
    public async Task Leave_no_trace_when_libvirt_refuses_the_definition()
    {
        var maker = Maker(Answers(new(0, Printed.Replace("<type>hvm</type>", "<type>nothing</type>", StringComparison.Ordinal), "")));
        var plan = await maker.PlanAsync(Wish(), _ => { }, Cancellation);
        Assert.Throws<LibvirtException>(() => maker.Make(plan, _ => { }, Cancellation));
        Assert.Equal((0, null), (Volumes(), Stored()));
    }

    [Fact]
    public async Task Leave_no_trace_when_it_is_cancelled_once_the_disk_is_there()
    {
        using var end = new CancellationTokenSource();
        var maker = Maker(Answers());
        var plan = await maker.PlanAsync(Wish(), _ => { }, Cancellation);
        Assert.Throws<OperationCanceledException>(() => maker.Make(plan, now =>
        {
            if (now.StartsWith("making the disk", StringComparison.Ordinal))
                end.Cancel();
        }, end.Token));
        Assert.Equal((0, null), (Volumes(), Stored()));
    }

    [Fact]
    public async Task End_with_the_wish_to_end_while_virt_install_is_asked()
    {
        using var end = new CancellationTokenSource();
        var maker = Maker(async (arguments, cancellation) =>
        {
            await end.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => maker.PlanAsync(Wish(), _ => { }, end.Token));
    }

    [Fact]
    public async Task Say_in_virt_installs_own_words_why_it_gave_no_definition() => Assert.Equal(
        "Could not make guest 'play': virt-install ended with 1: ERROR No network 'default' WARNING twice", await RefusalAsync(Answers(new(1, "", "ERROR    No network 'default'\nWARNING  twice\n"))));

    [Fact]
    public async Task Say_that_virt_install_is_missing() => Assert.StartsWith(
        "Could not make guest 'play': virt-install is not installed. Install the package virtinst", await RefusalAsync((_, _) => Task.FromResult<VirtInstallAnswer?>(null)), StringComparison.Ordinal);

    [Fact]
    public async Task Say_that_the_disk_does_not_fit() => Assert.Contains(
        "the storage pool 'default' (/images) has 100.0 GiB free, and the disk needs 200.1 GiB.", await RefusalAsync(Answers(), Wish() with { DiskGiB = 200 }), StringComparison.Ordinal);

    [Fact]
    public async Task Say_that_the_pool_or_the_medium_is_not_there()
    {
        Assert.Contains("libvirt has no storage pool 'other'", await RefusalAsync(Answers(), Wish() with { Pool = "other" }), StringComparison.Ordinal);
        Assert.Contains("the medium /nowhere.iso is not there", await RefusalAsync(Answers(), Wish() with { Iso = "/nowhere.iso" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_take_a_name_twice()
    {
        var maker = Maker(Answers());
        maker.Make(await maker.PlanAsync(Wish(), _ => { }, Cancellation), _ => { }, Cancellation);
        Assert.Equal("Could not make guest 'play': libvirt has a guest of that name. Choose another one.", await RefusalAsync(Answers()));
        using (var guest = _owner.Find("play")!)
            guest.Undefine();
        Assert.Contains("/images/play.qcow2 is there already", await RefusalAsync(Answers()), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _owner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private NewGuestWish Wish() => new("play", "debian12", _iso, "default");

    private GuestMaker Maker(Func<IReadOnlyList<string>, CancellationToken, Task<VirtInstallAnswer?>> answer) => new(_owner, _uri, new PlayedVirtInstall(answer));

    private static Func<IReadOnlyList<string>, CancellationToken, Task<VirtInstallAnswer?>> Answers(VirtInstallAnswer? definition = null) =>
        (arguments, _) => Task.FromResult<VirtInstallAnswer?>(arguments[0] == "--osinfo" ? new(0, "debian12\nwin11\n", "") : definition ?? new(0, Printed, ""));

    private async Task<string> RefusalAsync(Func<IReadOnlyList<string>, CancellationToken, Task<VirtInstallAnswer?>> answer, NewGuestWish? wish = null) =>
        (await Assert.ThrowsAsync<GuestException>(() => Maker(answer).PlanAsync(wish ?? Wish(), _ => { }, Cancellation))).Message;

    private int Volumes()
    {
        using var pool = _owner.FindPool("default")!;
        using var volume = pool.Find("play.qcow2");
        return volume is null ? 0 : 1;
    }

    private string? Stored()
    {
        using var guest = _owner.Find("play");
        return guest?.GetXml(DomainXml.Inactive);
    }

    private sealed class PlayedVirtInstall(Func<IReadOnlyList<string>, CancellationToken, Task<VirtInstallAnswer?>> answer) : IVirtInstall
    {
        public Task<VirtInstallAnswer?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) => answer(arguments, cancellation);
    }
}
