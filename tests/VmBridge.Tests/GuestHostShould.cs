using System.Threading.Channels;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>Against libvirt's own test driver, which lives in this process and is shared by all that open its default.</summary>
[Collection("test:///default")]
public sealed class GuestHostShould
{
    private const string Uri = "test:///default";
    private static readonly SeatOverlay Overlay = new("left", "/dev/input/event7", "/dev/input/event8", []);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tell_the_guests_once_it_is_connected()
    {
        await using var host = new GuestHost(Uri);
        var told = Listen(host);
        host.Watch();

        var guests = await NextAsync(told, seen => seen.Guests is not null);

        var test = Assert.Single(guests.Guests!.Value);
        Assert.Equal(("test", GuestState.Running, true), (test.Name, test.State, test.Persistent));
        Assert.Null(test.Seat);
        Assert.Null(guests.Problem);
    }

    [Fact]
    public async Task Start_a_guest_for_its_seat_and_leave_its_stored_definition_as_it_was()
    {
        using var owner = LibvirtConnection.Open(Uri);
        using var domain = owner.Define(Fixture.Read("headless.xml"));
        await using var host = new GuestHost(Uri);
        var told = Listen(host);
        host.Watch();
        await NextAsync(told, seen => seen.Guests is not null);
        var stored = domain.GetXml(DomainXml.Inactive | DomainXml.Secure);
        try
        {
            Assert.Null(await host.StartAsync(domain.Uuid, Overlay, Cancellation));

            var seen = await NextAsync(told, seen => Of(seen, domain.Uuid) is { State: GuestState.Running });
            Assert.Equal("left", Of(seen, domain.Uuid)!.Seat);
            Assert.Equal([7, 8], Of(seen, domain.Uuid)!.Inputs);
            Assert.Equal(stored, domain.GetXml(DomainXml.Inactive | DomainXml.Secure));

            var refusal = await Assert.ThrowsAsync<GuestException>(() => host.StartAsync(domain.Uuid, Overlay, Cancellation));
            Assert.Contains("is running already", refusal.Message, StringComparison.Ordinal);

            await host.ShutdownAsync(domain.Uuid, Cancellation);
            var off = await NextAsync(told, seen => Of(seen, domain.Uuid) is { State: GuestState.Off });
            Assert.Equal((null, []), (Of(off, domain.Uuid)!.Seat, Of(off, domain.Uuid)!.Inputs));
            Assert.Equal(stored, domain.GetXml(DomainXml.Inactive | DomainXml.Secure));
        }
        finally
        {
            if (domain.IsActive)
                domain.Destroy();
            domain.Undefine();
        }
    }

    [Fact]
    public async Task Say_which_guest_it_does_not_know()
    {
        await using var host = new GuestHost(Uri);
        var told = Listen(host);
        host.Watch();
        await NextAsync(told, seen => seen.Guests is not null);

        var refusal = await Assert.ThrowsAsync<GuestException>(() => host.ShutdownAsync(Guid.Empty, Cancellation));

        Assert.Equal($"Could not shut down guest {Guid.Empty}: {Uri} has no such guest.", refusal.Message);
    }

    [Fact]
    public async Task Tell_why_it_is_not_connected_and_try_again()
    {
        await using var host = new GuestHost("test:///does/not/exist.xml");
        var told = Listen(host);
        host.Watch();

        var seen = await NextAsync(told, seen => seen.Problem is not null);

        Assert.Null(seen.Guests);
        Assert.Contains("Could not connect to test:///does/not/exist.xml", seen.Problem, StringComparison.Ordinal);
        Assert.Contains("Trying again in 1 s.", seen.Problem, StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<GuestException>(() => host.ShutdownAsync(Guid.Empty, Cancellation));
        Assert.Contains("there is no connection", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Trying again in 2 s.", (await NextAsync(told, seen => seen.Problem!.Contains(" 2 s", StringComparison.Ordinal))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Wait_longer_after_each_failure_but_never_more_than_half_a_minute() =>
        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], Enumerable.Range(0, 8).Select(failures => GuestHost.Pause(failures).TotalSeconds));

    internal static ChannelReader<GuestsSeen> Listen(GuestHost host)
    {
        var told = Channel.CreateUnbounded<GuestsSeen>();
        host.Changed += seen => told.Writer.TryWrite(seen);
        return told.Reader;
    }

    internal static async Task<GuestsSeen> NextAsync(ChannelReader<GuestsSeen> told, Func<GuestsSeen, bool> wanted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        await foreach (var seen in told.ReadAllAsync(deadline.Token))
        {
            if (wanted(seen))
                return seen;
        }
        throw new InvalidOperationException("The host tells nothing more.");
    }

    internal static Guest? Of(GuestsSeen seen, Guid guest) => seen.Guests?.FirstOrDefault(one => one.Uuid == guest);
}
