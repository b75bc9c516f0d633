using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

/// <summary>A seats' actor whose time passes when a test says so.</summary>
public abstract class SeatsActorKit() : TestKit(@"akka.scheduler.implementation = ""Akka.TestKit.TestScheduler, Akka.TestKit""")
{
    protected static TimeSpan Long { get; } = TimeSpan.FromSeconds(20);

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    protected abstract IActorRef Seats { get; }

    /// <summary>All that was told before is handled.</summary>
    protected Task<ActorIdentity> HandledAsync() => Seats.Ask<ActorIdentity>(new Identify(null), TestContext.Current.CancellationToken);

    /// <summary>Nothing changes for so long that the next plan is made.</summary>
    protected async Task QuietAsync()
    {
        await HandledAsync();
        Scheduler.Advance(TimeSpan.FromMilliseconds(50));
        await HandledAsync();
    }
}
