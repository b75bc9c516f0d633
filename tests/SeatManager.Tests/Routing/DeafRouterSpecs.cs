using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Routing;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Routing;

/// <summary>With a clock of its own, so that no machine is too slow for the router's first answer and none waits for the deadline.</summary>
public sealed class DeafRouterSpecs() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(0.2), Long = TimeSpan.FromSeconds(20);

    private readonly Scratch _scratch = new();

    [Fact]
    public async Task A_router_that_does_not_answer_should_count_as_lost_and_the_asker_should_be_told()
    {
        using var router = new FakeRouter(_scratch["router.sock"]);
        var actor = Sys.ActorOf(RouterActor.Props(_scratch["router.sock"], Deadline, NullLogger.Instance));
        await ConnectedAsync(actor);

        router.Deaf = true;
        actor.Tell(new AskRouter(new ForgetSeat(0, "left")), TestActor);
        // Told in its turn: the request before it is on its way.
        await ConnectedAsync(actor);
        ((TestScheduler)Sys.Scheduler).Advance(Deadline);
        var answer = await ExpectMsgAsync<RouterAnswer>(Long, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("the input router was lost: it did not answer within 0.2 s", answer.Refusal);
    }

    private async Task ConnectedAsync(IActorRef actor)
    {
        var listener = CreateTestProbe();
        actor.Tell(Listen.Instance, listener);
        Assert.NotNull((await listener.ExpectMsgAsync<RouterObserved>(Long, cancellationToken: TestContext.Current.CancellationToken)).State);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scratch.Dispose();
    }
}
