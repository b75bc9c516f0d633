using Akka.Actor;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Sleeping;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Sleeping;

/// <summary>logind is the test's, on a bus of its own; the locks are real descriptors.</summary>
public sealed class SleepActorSpecs : TestKit
{
    private static readonly Guid Alpha = new("11111111-1111-1111-1111-111111111111"), Beta = new("22222222-2222-2222-2222-222222222222");
    private static readonly SleepWish InUse = new("seat left is in use", null, [Alpha, Beta]);

    private readonly PrivateBus _bus = new();
    private readonly Scratch _scratch = new();
    private readonly FakePauses _guests = new();

    protected override void AfterAll()
    {
        base.AfterAll();
        _bus.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task While_a_seat_is_in_use_the_host_should_not_fall_asleep_by_itself()
    {
        await using var logind = await FakeLogind.StartAsync(_bus.Address);
        var sleep = Start();
        sleep.Tell(new SleepWish("seat left is in use", null, []));
        var idle = await logind.NextAsync();
        Assert.Equal(("idle", "Phyllome Seats", "seat left is in use", "block"), (idle.What, idle.Who, idle.Why, idle.Mode));

        sleep.Tell(new SleepWish("seats left, right are in use", null, []));
        var both = await logind.NextAsync();
        Assert.Equal("seats left, right are in use", both.Why);
        await idle.ReleasedAsync();

        sleep.Tell(SleepWish.Nothing);
        await both.ReleasedAsync();
    }

    [Fact]
    public async Task While_a_guest_has_a_device_that_sleep_would_lose_suspend_should_be_refused_with_the_reason()
    {
        await using var logind = await FakeLogind.StartAsync(_bus.Address);
        var sleep = Start();
        sleep.Tell(new SleepWish(null, "guest 'win' has 0000:01:00.0", []));
        var block = await logind.NextAsync();
        Assert.Equal(("sleep", "guest 'win' has 0000:01:00.0", "block"), (block.What, block.Why, block.Mode));
        sleep.Tell(SleepWish.Nothing);
        await block.ReleasedAsync();
    }

    [Fact]
    public async Task Guests_should_be_paused_before_the_host_sleeps_and_go_on_after_it()
    {
        await using var logind = await FakeLogind.StartAsync(_bus.Address);
        var sleep = Start();
        sleep.Tell(InUse);
        Assert.Equal("idle", (await logind.NextAsync()).What);
        var delay = await logind.NextAsync();
        Assert.Equal(("sleep", "delay"), (delay.What, delay.Mode));
        _guests.PausedByTheirOwner.Add(Beta);

        await logind.PrepareForSleepAsync(true);
        await delay.ReleasedAsync();
        // As soon as logind may go on.
        Assert.Equal([Alpha], _guests.Paused);

        await logind.PrepareForSleepAsync(false);
        Assert.Equal("delay", (await logind.NextAsync()).Mode);
        Assert.Empty(_guests.Paused);
        Assert.Equal([Alpha], _guests.Resumed);
        Assert.False(File.Exists(_scratch["paused"]));
    }

    [Fact]
    public async Task A_manager_that_ended_while_the_host_slept_should_leave_no_guest_paused()
    {
        await using (var logind = await FakeLogind.StartAsync(_bus.Address))
        {
            var sleep = Start();
            sleep.Tell(InUse);
            await logind.NextAsync();
            var delay = await logind.NextAsync();
            await logind.PrepareForSleepAsync(true);
            await delay.ReleasedAsync();
            Assert.Equal([Alpha, Beta], _guests.Paused.Order());
            Assert.True(await sleep.GracefulStop(TimeSpan.FromSeconds(20)));
        }

        await using var awake = await FakeLogind.StartAsync(_bus.Address);
        var next = Start();
        next.Tell(InUse);
        Assert.Equal("idle", (await awake.NextAsync()).What);
        Assert.Equal("delay", (await awake.NextAsync()).Mode);
        await AwaitConditionAsync(() => Task.FromResult(_guests.Resumed.Count == 2), TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_logind_that_begins_anew_should_be_asked_for_the_locks_again()
    {
        var first = await FakeLogind.StartAsync(_bus.Address);
        var sleep = Start();
        sleep.Tell(new SleepWish("seat left is in use", null, []));
        await first.NextAsync();
        await first.DisposeAsync();
        await using var second = await FakeLogind.StartAsync(_bus.Address);
        Assert.Equal("seat left is in use", (await second.NextAsync()).Why);
    }

    [Fact]
    public async Task A_host_without_logind_should_be_told_of_and_asked_again()
    {
        var listener = CreateTestProbe();
        var sleep = Start();
        sleep.Tell(Listen.Instance, listener);
        Assert.Null((await listener.ExpectMsgAsync<Trouble>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken)).Sentence);
        sleep.Tell(new SleepWish("seat left is in use", null, []));
        var trouble = await listener.ExpectMsgAsync<Trouble>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
        Assert.StartsWith("Could not agree with logind on the host's sleep: ", trouble.Sentence, StringComparison.Ordinal);

        await using var logind = await FakeLogind.StartAsync(_bus.Address);
        Assert.Equal("idle", (await logind.NextAsync()).What);
        Assert.Null((await listener.ExpectMsgAsync<Trouble>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken)).Sentence);
    }

    [Fact]
    public async Task Nothing_should_be_asked_of_logind_while_no_seat_is_in_use()
    {
        var listener = CreateTestProbe();
        var sleep = Start();
        sleep.Tell(Listen.Instance, listener);
        await listener.ExpectMsgAsync<Trouble>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
        sleep.Tell(SleepWish.Nothing);
        await sleep.Ask<ActorIdentity>(new Identify(null), TestContext.Current.CancellationToken);
        // There is no logind: to ask it would be a trouble.
        await listener.ExpectNoMsgAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    private IActorRef Start() => Sys.ActorOf(SleepActor.Props(_bus.Address, _guests, new(_scratch.Path), NullLogger.Instance));

    private sealed class FakePauses : IGuestPauses
    {
        private readonly Lock _gate = new();
        private readonly HashSet<Guid> _paused = [];
        private readonly List<Guid> _resumed = [];

        public HashSet<Guid> PausedByTheirOwner { get; } = [];

        public ValueList<Guid> Paused
        {
            get
            {
                lock (_gate)
                    return _paused.ToValueList();
            }
        }

        public ValueList<Guid> Resumed
        {
            get
            {
                lock (_gate)
                    return _resumed.ToValueList();
            }
        }

        public Task<bool> PauseAsync(Guid guest, CancellationToken cancellation)
        {
            lock (_gate)
                return Task.FromResult(!PausedByTheirOwner.Contains(guest) && _paused.Add(guest));
        }

        public Task ResumeAsync(Guid guest, CancellationToken cancellation)
        {
            lock (_gate)
            {
                _paused.Remove(guest);
                _resumed.Add(guest);
            }

            return Task.CompletedTask;
        }
    }
}
