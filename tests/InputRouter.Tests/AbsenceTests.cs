using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>A manager that says nothing more.</summary>
public sealed class AbsenceTests
{
    private static readonly Guid Guest = Board.Guest('a');
    private static readonly InputEvent End = new(1, 2, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    [Fact]
    public void Where_it_is_asked_for_the_host_should_get_its_devices_back_with_no_key_down_and_the_manager_them_again_when_it_is_back()
    {
        using var router = new RouterFixture();
        using var device = router.GiveSource(1);
        using var keyboard = router.GiveSink(2, Guest, SinkKind.Keyboard);
        router.Seat([1], Guest);
        RouterFixture.Write(device, new(InputCodes.EV_KEY, 30, 1), End);
        RouterFixture.Read(keyboard, 2);

        router.Order(id => new SetRelease(id, 1));
        AwaitGone(router);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 30, 0), RouterFixture.Read(keyboard, 2)[0]);
        Assert.False(router.Devices[device].Grabbed);
        Assert.Equal(["sink-2-1002-keyboard-" + Guest], router.Store.Names);

        using var again = router.GiveSource(1);
        RouterFixture.Write(again, new(InputCodes.EV_KEY, 31, 1), End);
        Assert.Equal(new InputEvent(InputCodes.EV_KEY, 31, 1), RouterFixture.Read(keyboard, 2)[0]);
    }

    [Fact]
    public void A_router_that_follows_one_that_was_killed_should_know_it()
    {
        using var first = new RouterFixture();
        using var device = first.GiveSource(1);
        first.Order(id => new SetRelease(id, 1));
        first.Kill();
        Assert.True(first.Devices[device].Grabbed);

        using var second = new RouterFixture(first);
        AwaitGone(second);
        Assert.False(second.Devices[device].Grabbed);
        Assert.Equal(1, second.State().ReleaseAfter);
    }

    [Fact]
    public void Where_it_is_no_longer_asked_for_nothing_should_be_given_back()
    {
        using var router = new RouterFixture();
        using var device = router.GiveSource(1);
        router.Order(id => new SetRelease(id, 1));
        router.Order(id => new SetRelease(id, null));
        using var never = new EventFd();
        Poll.Wait(never.Descriptor, PollEvents.In, TimeSpan.FromSeconds(1.5));
        Assert.Single(router.State().Sources);
    }

    [Fact]
    public void A_span_that_is_none_should_be_refused()
    {
        using var router = new RouterFixture();
        Assert.Equal(RouterError.BadPacket, Assert.IsType<RouterReply>(router.Ask(id => new SetRelease(id, 0))).Error);
    }

    private static void AwaitGone(RouterFixture router)
    {
        while (router.Next() is not SourceGone { Input: 1 })
        {
            // What else is told of it.
        }
    }
}
