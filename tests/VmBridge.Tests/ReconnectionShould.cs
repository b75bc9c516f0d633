using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class ReconnectionShould
{
    [Fact]
    public async Task Follow_a_daemon_that_comes_dies_and_comes_again()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu, "libvirtd with its driver of QEMU is not installed here (packages libvirt-daemon, libvirt-daemon-driver-qemu)");
        using var daemon = new PrivateDaemon();
        await using var host = new GuestHost(daemon.QemuUri);
        var told = GuestHostShould.Listen(host);
        host.Watch();
        Assert.Null((await GuestHostShould.NextAsync(told, seen => seen.Problem is not null)).Guests);

        daemon.Start();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is { Count: 0 });
        Start(daemon);
        await GuestHostShould.NextAsync(told, seen => seen.Guests is [{ State: GuestState.Running }]);

        daemon.Kill();
        var ended = await GuestHostShould.NextAsync(told, seen => seen.Problem is not null);
        Assert.Null(ended.Guests);
        Assert.Contains("Trying again in 1 s.", ended.Problem, StringComparison.Ordinal);
        await Assert.ThrowsAsync<GuestException>(() => host.ShutdownAsync(Guid.NewGuid(), TestContext.Current.CancellationToken));

        daemon.Start();
        var back = await GuestHostShould.NextAsync(told, seen => seen.Guests is [{ State: GuestState.Running }]);
        Assert.True(await host.PauseAsync(back.Guests!.Value[0].Uuid, TestContext.Current.CancellationToken));
        await GuestHostShould.NextAsync(told, seen => seen.Guests is [{ State: GuestState.Paused }]);
        daemon.EndGuests();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is [{ State: GuestState.Off }]);
    }

    /// <summary>Its socket stays open, and only that nothing comes of it says that it is gone.</summary>
    [Fact]
    public async Task Follow_a_daemon_that_stands_still_and_goes_on()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu, "libvirtd with its driver of QEMU is not installed here (packages libvirt-daemon, libvirt-daemon-driver-qemu)");
        using var daemon = new PrivateDaemon();
        daemon.Start();
        await using var host = new GuestHost(daemon.QemuUri);
        var told = GuestHostShould.Listen(host);
        host.Watch();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is { Count: 0 });

        await daemon.SignalAsync("STOP");
        Assert.Contains($"({CloseReason.KeepAlive})", (await GuestHostShould.NextAsync(told, seen => seen.Problem is not null)).Problem, StringComparison.Ordinal);
        await daemon.SignalAsync("CONT");

        await GuestHostShould.NextAsync(told, seen => seen.Guests is { Count: 0 });
    }

    private static void Start(PrivateDaemon daemon)
    {
        using var owner = LibvirtConnection.Open(daemon.QemuUri);
        using var guest = owner.Define(Fixture.Read("headless.xml"));
        guest.Start();
    }
}
