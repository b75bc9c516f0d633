using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Processors;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>A real guest of a real libvirtd: an emulated machine with nothing to boot.</summary>
public sealed class QemuLifeShould : IAsyncDisposable
{
    private static readonly SeatOverlay Overlay = new("left", "/dev/input/event7", "/dev/input/event8", []);

    private readonly PrivateDaemon _daemon = new();
    private readonly LibvirtConnection _owner;
    private readonly LibvirtDomain _domain;
    private readonly GuestHost _host;
    private readonly System.Threading.Channels.ChannelReader<GuestsSeen> _told;

    public QemuLifeShould()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu, "libvirtd with its driver of QEMU is not installed here (packages libvirt-daemon, libvirt-daemon-driver-qemu)");
        _daemon.Start();
        _host = new(_daemon.QemuUri);
        _told = GuestHostShould.Listen(_host);
        _host.Watch();
        GuestHostShould.NextAsync(_told, seen => seen.Guests is not null).GetAwaiter().GetResult();
        _owner = LibvirtConnection.Open(_daemon.QemuUri);
        _domain = _owner.Define(Fixture.Read("headless.xml"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tell_a_crash_from_a_plug_that_was_pulled()
    {
        _domain.Start();
        Assert.Equal(GuestEnd.Unknown, (await SeenAsync(guest => guest.State == GuestState.Running)).End);

        Process.GetProcessById(_daemon.PidOf(_domain.Name)).Kill();
        var crashed = await SeenAsync(guest => guest is { State: GuestState.Off, Ends: > 0 });
        Assert.Equal((GuestEnd.Crashed, 1), (crashed.End, crashed.Ends));

        _domain.Start();
        await SeenAsync(guest => guest.State == GuestState.Running);
        _domain.Destroy();
        var pulled = await SeenAsync(guest => guest is { State: GuestState.Off, Ends: > 1 });
        Assert.Equal((GuestEnd.Destroyed, 2), (pulled.End, pulled.Ends));
    }

    [Fact]
    public async Task Tell_a_crash_that_came_while_the_daemon_was_away()
    {
        _domain.Start();
        await SeenAsync(guest => guest.State == GuestState.Running);
        var pid = _daemon.PidOf(_domain.Name);
        _daemon.Kill();
        await GuestHostShould.NextAsync(_told, seen => seen.Problem is not null);
        using (var qemu = Process.GetProcessById(pid))
            qemu.Kill();
        _daemon.Start();

        var crashed = await SeenAsync(guest => guest.State == GuestState.Off);
        Assert.Equal((GuestEnd.Crashed, 1), (crashed.End, crashed.Ends));
    }

    [Fact]
    public async Task Find_a_guest_that_ran_on_while_the_daemon_was_away()
    {
        _domain.Start();
        await SeenAsync(guest => guest.State == GuestState.Running);
        _daemon.Kill();
        await GuestHostShould.NextAsync(_told, seen => seen.Problem is not null);
        _daemon.Start();

        Assert.Equal(0, (await SeenAsync(guest => guest.State == GuestState.Running)).Ends);
        using var owner = LibvirtConnection.Open(_daemon.QemuUri);
        using var domain = owner.Find(_domain.Uuid);
        domain!.Destroy();
        await SeenAsync(guest => guest is { State: GuestState.Off, End: GuestEnd.Destroyed });
    }

    /// <summary>QEMU's VNC server listens nowhere here, and serves whom libvirt hands it.</summary>
    [Fact]
    public async Task Hand_viewers_to_a_display_that_listens_nowhere()
    {
        var devices = XElement.Parse(VmBridge.Overlay.Apply(Fixture.Read("headless.xml"), Overlay with { Remote = new(new(640, 480)) })).Element("devices")!;
        XElement seen = XElement.Parse(Fixture.Read("headless.xml"));
        seen.Element("devices")!.Elements("video").Remove();
        seen.Element("devices")!.Add(devices.Elements("graphics"), devices.Elements("video"));
        using var domain = _owner.Define(seen.ToString());
        domain.Start();
        var running = await SeenAsync(guest => guest.State == GuestState.Running);

        foreach (var viewer in new[] { 1, 2 })
        {
            using var display = await _host.OpenVncAsync(running.Uuid, running.Vnc!.Value, Cancellation);
            using var socket = new Socket(new SafeSocketHandle(display.DangerousGetHandle(), ownsHandle: false)) { ReceiveTimeout = 10_000 };
            Assert.Equal("RFB 003.008\n", Read(socket, 12));
            socket.Send("RFB 003.008\n"u8);
            // One security type, and that is none: whether they may come in is not QEMU's to ask.
            Assert.Equal("\u0001\u0001", Read(socket, 2));
            socket.Send([1]);
            Assert.Equal("\0\0\0\0", Read(socket, 4));
            socket.Send([1]);
            var size = Read(socket, 4);
            // As far as its firmware has come: before its first picture, or in VGA's text.
            Assert.Contains(((size[0] << 8) | size[1], (size[2] << 8) | size[3]), new[] { (640, 480), (720, 400) });
        }
    }

    private static string Read(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
            got += socket.Receive(bytes.AsSpan(got)) is > 0 and var more ? more : throw new EndOfStreamException($"the display ended after {got} of {count} bytes");
        return Encoding.Latin1.GetString(bytes);
    }

    [Fact]
    public async Task Restore_a_saved_guest_for_the_seat_from_what_was_saved_and_say_what_it_cannot_have()
    {
        var stored = _domain.GetXml(DomainXml.Inactive | DomainXml.Secure);
        _domain.Start();
        _domain.ManagedSave();
        Assert.Equal(GuestEnd.Saved, (await SeenAsync(guest => guest.End == GuestEnd.Saved)).End);

        var warning = await _host.StartAsync(_domain.Uuid, Overlay with { Gpu = ["0000:01:00.0"] }, Cancellation);

        Assert.True(_domain.IsRestored);
        Assert.False(_domain.HasManagedSave);
        Assert.Contains("was restored from its saved state without the seat's graphics card", warning, StringComparison.Ordinal);
        await SeenAsync(guest => guest is { State: GuestState.Running, Seat: "left" });
        Assert.Equal(stored, _domain.GetXml(DomainXml.Inactive | DomainXml.Secure));
        _domain.Destroy();
    }

    [Fact]
    public async Task Mark_a_guest_that_runs_already_and_say_what_this_libvirt_cannot_plug_into_it()
    {
        Assert.SkipUnless(_owner.Version < new Version(10, 4), "this libvirt plugs evdev inputs in");
        _domain.Start();
        var refusal = await Assert.ThrowsAsync<GuestException>(() => _host.AttachInputsAsync(_domain.Uuid, Overlay, Cancellation));
        Assert.Contains(
            $"Could not give {Overlay.Keyboard} to the running guest 'headless': libvirt {_owner.Version} can't hot-plug evdev inputs. Shut it down, then start it with 'seatctl seat start left', to give it its keyboard.",
            refusal.Message, StringComparison.Ordinal);
        await SeenAsync(guest => guest is { State: GuestState.Running, Seat: "left" });
        _domain.Destroy();
    }

    [Fact]
    public async Task Save_a_guest_and_say_that_it_is_saved()
    {
        _domain.Start();
        await SeenAsync(guest => guest.State == GuestState.Running);

        await _host.SaveAsync(_domain.Uuid, Cancellation);

        await SeenAsync(guest => guest is { State: GuestState.Off, End: GuestEnd.Saved, IsSaved: true });
        // One that is off has nothing to be saved, nor to be broken off.
        await _host.SaveAsync(_domain.Uuid, Cancellation);
        await _host.BreakOffAsync(_domain.Uuid, Cancellation);
        await _host.StartAsync(_domain.Uuid, Overlay, Cancellation);
        Assert.True(_domain.IsRestored);
        await SeenAsync(guest => guest.State == GuestState.Running);
        _domain.Destroy();
    }

    [Fact]
    public async Task Let_a_guest_run_on_whose_saving_is_broken_off()
    {
        _domain.Start();
        var pid = _daemon.PidOf(_domain.Name);
        for (var round = 0; round < 20; round++)
        {
            var saving = _host.SaveAsync(_domain.Uuid, Cancellation);
            // Sooner or later in the save, so that some are broken off before it, some in it, some after it.
            for (var spins = 0; spins < round * 50; spins++)
                await Task.Yield();
            await _host.BreakOffAsync(_domain.Uuid, Cancellation);
            if (await Record.ExceptionAsync(() => saving) is null)
            {
                Assert.False(_domain.IsActive);
                await _host.StartAsync(_domain.Uuid, Overlay, Cancellation);
                pid = _daemon.PidOf(_domain.Name);
            }

            Assert.Equal((DomainState.Running, pid), (_domain.State, _daemon.PidOf(_domain.Name)));
            Assert.False(_domain.HasManagedSave);
        }

        _domain.Destroy();
    }

    [Fact]
    public async Task Never_start_a_guest_afresh_whose_saved_state_is_broken()
    {
        _domain.Start();
        _domain.ManagedSave();
        var image = _daemon.SavedStateOf(_domain.Name);
        var bytes = await File.ReadAllBytesAsync(image, Cancellation);
        await File.WriteAllBytesAsync(image, bytes[..(bytes.Length / 2)], Cancellation);

        var refusal = await Assert.ThrowsAsync<GuestException>(() => _host.StartAsync(_domain.Uuid, Overlay, Cancellation));

        Assert.StartsWith("Could not restore guest 'headless' for seat left from its saved state:", refusal.Message, StringComparison.Ordinal);
        Assert.False(_domain.IsActive);
    }

    [Fact]
    public async Task Start_and_move_a_guest_where_its_pinning_says_and_leave_the_owners_pins_alone()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "this machine has one processor");
        using var pinned = _owner.Create(Pinned(Fixture.Read("headless.xml"), new(_domain.Uuid, [[1]], [0], null, null, null)));
        Assert.Equal("1", Allowed(threads: "CPU 0/"));

        await _host.PinAsync(_domain.Uuid, new(_domain.Uuid, [[0]], [1], null, null, null), Cancellation);

        Assert.Equal("0", Allowed(threads: "CPU 0/"));
        Assert.Contains("<emulatorpin cpuset='1'/>", _domain.GetXml(DomainXml.None), StringComparison.Ordinal);
        Assert.DoesNotContain("cputune", _domain.GetXml(DomainXml.Inactive), StringComparison.Ordinal);
        _domain.Destroy();

        using var owners = _owner.Define(Fixture.Read("headless.xml").Replace("</vcpu>", "</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/></cputune>", StringComparison.Ordinal));
        owners.Start();
        await SeenAsync(guest => guest.Processors is { Owners: true, Vcpus: 1, Memory: 131072 } processors && processors.Pinned == [1]);
        await _host.PinAsync(_domain.Uuid, new(_domain.Uuid, [[0]], [0], null, null, null), Cancellation);
        Assert.Equal("1", Allowed(threads: "CPU 0/"));
        owners.Destroy();
    }

    /// <summary>A definition with nothing of a seat but the processors.</summary>
    private static string Pinned(string stored, GuestPinning pinning)
    {
        var edit = new DomainEdit(stored);
        SeatPinning.Apply(edit, pinning);
        return edit.Xml;
    }

    /// <summary>The processors that the kernel lets a guest's threads of such a name run on (proc(5), Cpus_allowed_list).</summary>
    private string Allowed(string threads) =>
        Directory.EnumerateDirectories($"/proc/{_daemon.PidOf(_domain.Name)}/task")
            .Where(task => File.ReadAllText($"{task}/comm").StartsWith(threads, StringComparison.Ordinal))
            .Select(task => File.ReadLines($"{task}/status").First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1])
            .Single();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        _domain?.Dispose();
        _owner?.Dispose();
        _daemon.EndGuests();
        _daemon.Dispose();
    }

    private async Task<Guest> SeenAsync(Func<Guest, bool> wanted)
    {
        var seen = await GuestHostShould.NextAsync(_told, seen => GuestHostShould.Of(seen, _domain.Uuid) is { } guest && wanted(guest));
        return GuestHostShould.Of(seen, _domain.Uuid)!;
    }
}
