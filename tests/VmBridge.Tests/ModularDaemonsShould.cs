using System.Diagnostics;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>
/// What there is with libvirt's modular daemons alone: others that virtqemud asks. All tests here that run a daemon run with virtqemud, too,
/// where PHYLLOME_MODULAR_DAEMONS is set.
/// </summary>
public sealed class ModularDaemonsShould : IAsyncDisposable
{
    private const string Storage = "virtstoraged";
    private readonly PrivateDaemon _daemon;
    private readonly GuestHost _host;
    private readonly System.Threading.Channels.ChannelReader<GuestsSeen> _told;
    private readonly string _disk;

    public ModularDaemonsShould()
    {
        Assert.SkipUnless(DaemonPrograms.Here.IsModular, $"{DaemonPrograms.Variable} names no folder with libvirt's modular daemons; tests/modular-daemons builds them");
        _daemon = new();
        _daemon.Start();
        _host = new(_daemon.QemuUri);
        _told = GuestHostShould.Listen(_host);
        _host.Watch();
        GuestHostShould.NextAsync(_told, seen => seen.Guests is not null).GetAwaiter().GetResult();
        _disk = $"{_daemon.MakeFolder("disks")}/base.img";
        using (var disk = File.Create(_disk))
            disk.SetLength(1 << 20);
        PrivateDaemon.Give(_disk);
        using var owner = LibvirtConnection.Open(_daemon.QemuUri);
        using var defined = owner.Define(ClonedDisks.Definition("base", _disk, "raw"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Have_each_its_own_process_from_when_it_is_asked_on()
    {
        Assert.Null(_daemon.PidOfHelper("libvirtd"));
        Assert.Null(_daemon.PidOfHelper(Storage));
        await _host.CloneAsync("base", "clone", throwaway: true, Cancellation);
        Assert.Equal(
            ["virtqemud", Storage],
            new[] { "virtqemud", Storage }.Select(daemon => Path.GetFileName(File.ResolveLinkTarget($"/proc/{_daemon.PidOfHelper(daemon)}/exe", returnFinalTarget: false)!.FullName)));
    }

    /// <summary>Debian's library, told nothing but that it is QEMU's guests of the session.</summary>
    [Fact]
    public async Task Be_found_by_who_names_no_socket()
    {
        const string Virsh = "/usr/bin/virsh";
        Assert.SkipUnless(File.Exists(Virsh), "virsh is not installed here (package libvirt-clients)");
        var start = _daemon.InItsSession(Virsh, "--connect", "qemu:///session", "--quiet", "list", "--all", "--name");
        // What is not there is not to be started.
        start.Environment["LIBVIRT_AUTOSTART"] = "0";
        using var virsh = Process.Start(start)!;
        var error = virsh.StandardError.ReadToEndAsync(Cancellation);
        Assert.Equal("base", (await virsh.StandardOutput.ReadToEndAsync(Cancellation)).Trim());
        Assert.Empty(await error);
    }

    [Fact]
    public async Task Clone_and_discard_again_once_the_storage_daemon_was_killed()
    {
        await _host.CloneAsync("base", "first", throwaway: true, Cancellation);
        await _host.DiscardAsync(Of("first"), Cancellation);
        await _host.CloneAsync("base", "second", throwaway: true, Cancellation);
        _daemon.KillHelper(Storage);

        await _host.DiscardAsync(Of("second"), Cancellation);
        await _host.CloneAsync("base", "third", throwaway: true, Cancellation);

        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole", "third.throwaway-vda.qcow2"], Files());
        Assert.Equal(["base", "third"], _host.Seen.Guests!.Value.Select(guest => guest.Name));
    }

    [Fact]
    public async Task Go_on_once_the_daemon_of_guests_alone_was_killed()
    {
        await _host.CloneAsync("base", "clone", throwaway: true, Cancellation);
        var storage = _daemon.PidOfHelper(Storage);
        Assert.NotNull(storage);
        using (var owner = LibvirtConnection.Open(_daemon.QemuUri))
        using (var clone = owner.Find("clone")!)
            clone.Start();
        await GuestHostShould.NextAsync(_told, seen => seen.Guests?.Any(guest => guest is { Name: "clone", State: GuestState.Running }) == true);

        _daemon.Kill();
        await GuestHostShould.NextAsync(_told, seen => seen.Problem is not null);
        _daemon.Start();
        await GuestHostShould.NextAsync(_told, seen => seen.Guests?.Any(guest => guest is { Name: "clone", State: GuestState.Running, Ends: 0 }) == true);
        Assert.Equal(storage, _daemon.PidOfHelper(Storage));

        _daemon.EndGuests();
        await GuestHostShould.NextAsync(_told, seen => seen.Guests?.Any(guest => guest is { Name: "clone", State: GuestState.Off, End: GuestEnd.Crashed }) == true);
        await _host.DiscardAsync(Of("clone"), Cancellation);
        Assert.Equal(["base.img", "base.img.frozen", "base.img.frozen.whole"], Files());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _daemon.EndGuests();
        _daemon.Dispose();
    }

    private Guid Of(string name) => _host.Seen.Guests!.Value.Single(guest => guest.Name == name).Uuid;

    private string[] Files() => [.. Directory.EnumerateFiles(Path.GetDirectoryName(_disk)!).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
