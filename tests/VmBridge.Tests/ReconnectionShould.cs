using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class ReconnectionShould
{
    [Fact]
    public async Task Follow_a_daemon_that_comes_dies_and_comes_again()
    {
        Assert.SkipUnless(PrivateDaemon.IsInstalled, "libvirtd is not installed here (package libvirt-daemon)");
        using var daemon = new PrivateDaemon();
        await using var host = new GuestHost(daemon.Uri);
        var told = GuestHostShould.Listen(host);
        host.Watch();
        Assert.Null((await GuestHostShould.NextAsync(told, seen => seen.Problem is not null)).Guests);

        daemon.Start();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is { Count: 1 });

        daemon.Kill();
        var ended = await GuestHostShould.NextAsync(told, seen => seen.Problem is not null);
        Assert.Null(ended.Guests);
        Assert.Contains("Trying again in 1 s.", ended.Problem, StringComparison.Ordinal);
        await Assert.ThrowsAsync<GuestException>(() => host.ShutdownAsync(Guid.NewGuid(), TestContext.Current.CancellationToken));

        daemon.Start();
        var back = await GuestHostShould.NextAsync(told, seen => seen.Guests is { Count: 1 });
        await host.ShutdownAsync(back.Guests!.Value[0].Uuid, TestContext.Current.CancellationToken);
        await GuestHostShould.NextAsync(told, seen => seen.Guests?[0].State == Guests.GuestState.Off);
    }
}
