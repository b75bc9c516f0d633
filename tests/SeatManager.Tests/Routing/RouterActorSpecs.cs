using Akka.Actor;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Routing;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Routing;

public sealed class RouterActorSpecs : TestKit
{
    private static readonly Guid Windows = Guid.Parse("6b1f6a0e-6f0b-4b57-9a50-c1f3f5a1a001");
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly Scratch _scratch = new();

    [Fact]
    public async Task It_should_tell_the_whole_state_when_it_connects()
    {
        using var router = new FakeRouter(_scratch["router.sock"]) { State = RouterState.Empty with { Sources = [new(5, true)] } };
        Start().Tell(Listen.Instance, TestActor);
        Assert.Equal(router.State, await StateAsync());
    }

    [Fact]
    public async Task It_should_follow_what_the_router_says_of_itself()
    {
        using var router = new FakeRouter(_scratch["router.sock"]);
        Start().Tell(Listen.Instance, TestActor);
        await StateAsync();

        router.Hold(new RouterSink(7, 3, Windows, SinkKind.Keyboard, false));
        Assert.Equal([new RouterSink(7, 3, Windows, SinkKind.Keyboard, false)], (await StateAsync()).Sinks);
        router.Hold(new RouterSource(5, true));
        Assert.Equal([new RouterSource(5, true)], (await StateAsync()).Sources);
        router.Lose(5);
        Assert.Empty((await StateAsync()).Sources);
    }

    [Fact]
    public async Task An_answer_should_come_after_the_state_that_it_led_to()
    {
        using var router = new FakeRouter(_scratch["router.sock"]);
        var actor = Start();
        actor.Tell(Listen.Instance, TestActor);
        await StateAsync();

        actor.Tell(new AskRouter(new SetSeat(0, "left", new([5], [Windows]))), TestActor);
        var state = (await ExpectMsgAsync<RouterObserved>(Long, cancellationToken: TestContext.Current.CancellationToken)).State!;
        Assert.Equal([new RouterSeat("left", new([5], [Windows]), Windows)], state.Seats);
        Assert.Equal(RouterAnswer.Done(state), await ExpectMsgAsync<RouterAnswer>(Long, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_requests_at_once_should_share_a_state_each_one_that_is_no_older_than_what_it_led_to()
    {
        const int Seats = 64;
        // As long as that of 64 seats.
        using var router = new FakeRouter(_scratch["router.sock"])
        {
            State = RouterState.Empty with { Sinks = Enumerable.Range(1, 128).Select(sink => new RouterSink(sink, sink, Guid.NewGuid(), SinkKind.Keyboard, true)).ToValueList() },
        };
        var actor = Start();
        actor.Tell(Listen.Instance, TestActor);
        await StateAsync();
        var seats = Enumerable.Range(1, Seats).Select(seat => $"seat{seat}").ToArray();

        var answers = await Task.WhenAll(seats.Select(seat => actor.Ask<RouterAnswer>(new AskRouter(new SetSeat(0, seat, new([], [Windows]))), Long, TestContext.Current.CancellationToken)));

        Assert.All(seats.Zip(answers), pair => Assert.Contains(pair.Second.State!.Seats, seat => seat.Name == pair.First));
        Assert.Empty(router.Failures);
    }

    [Fact]
    public async Task A_refusal_should_be_answered_in_words()
    {
        using var router = new FakeRouter(_scratch["router.sock"]);
        var actor = Start();
        actor.Tell(Listen.Instance, TestActor);
        await StateAsync();

        actor.Tell(new AskRouter(new SetFocus(0, "nobody", Windows)), TestActor);
        Assert.Equal(
            RouterAnswer.Refused("the input router knows no such seat", RouterError.NoSuchSeat),
            await ExpectMsgAsync<RouterAnswer>(Long, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_router_that_comes_back_should_be_asked_for_its_state_again()
    {
        using var router = new FakeRouter(_scratch["router.sock"]);
        Start().Tell(Listen.Instance, TestActor);
        await StateAsync();

        router.HangUp();
        Assert.Null((await ExpectMsgAsync<RouterObserved>(Long, cancellationToken: TestContext.Current.CancellationToken)).State);
        Assert.Contains("it closed the connection", (await ExpectMsgAsync<Trouble>(Long, cancellationToken: TestContext.Current.CancellationToken)).Sentence, StringComparison.Ordinal);
        Assert.Equal(router.State, await StateAsync());
        Assert.Null((await ExpectMsgAsync<Trouble>(Long, cancellationToken: TestContext.Current.CancellationToken)).Sentence);
    }

    [Fact]
    public async Task With_no_router_it_should_say_so_and_refuse_at_once()
    {
        var actor = Start();
        actor.Tell(Listen.Instance, TestActor);
        Assert.Null((await ExpectMsgAsync<RouterObserved>(Long, cancellationToken: TestContext.Current.CancellationToken)).State);
        await ExpectMsgAsync<Trouble>(Long, cancellationToken: TestContext.Current.CancellationToken);
        actor.Tell(new AskRouter(new ForgetSeat(0, "left")), TestActor);
        Assert.Equal(
            RouterAnswer.Refused("the input router is not connected"),
            await ExpectMsgAsync<RouterAnswer>(Long, cancellationToken: TestContext.Current.CancellationToken));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scratch.Dispose();
    }

    private IActorRef Start(TimeSpan? deadline = null) => Sys.ActorOf(RouterActor.Props(_scratch["router.sock"], deadline ?? Long, NullLogger.Instance));

    /// <summary>The next state; what else comes meanwhile (trouble that is over) is passed by.</summary>
    private async Task<RouterState> StateAsync()
    {
        var observed = await FishForMessageAsync<RouterObserved>(_ => true, Long, cancellationToken: TestContext.Current.CancellationToken);
        return observed.State ?? throw new InvalidOperationException("the router was lost");
    }
}
