using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Processors;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Pinning;
using Phyllome.Seats.SeatManager.Steps;
using Phyllome.Seats.VmBridge;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Pinning;

/// <summary>A host of four cores with a thread each; the first is the host's.</summary>
public sealed class ProcessorsActorSpecs : TestKit
{
    private static readonly Guid Left = Guid.Parse("11111111-1111-1111-1111-111111111111"), Right = Guid.Parse("22222222-2222-2222-2222-222222222222");
    private static readonly string[] Names = ["left", "right"];
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly IActorRef _processors;
    private readonly TestProbe _listener, _interrupts;
    private string? _fault, _steeringFault;

    public ProcessorsActorSpecs()
    {
        (_listener, _interrupts) = (CreateTestProbe("listener"), CreateTestProbe("interrupts"));
        _processors = Make(isSteered: false);
        _processors.Tell(Listen.Instance, _listener.Ref);
        Configure(new([], null));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IActorRef Make(bool isSteered)
    {
        var topology = new HostTopology([.. Enumerable.Range(0, 4).Select(cpu => new Core([cpu], CoreKind.Performance, 0, 8, 0, 0))], []);
        var (test, interrupts) = (TestActor, _interrupts.Ref);
        return Sys.ActorOf(ProcessorsActor.Props(
            [], () => topology, _ => null,
            (guest, pinning, _) =>
            {
                test.Tell((guest, string.Join(' ', pinning.Vcpus.Select(cpus => CpuList.Format(cpus)))));
                return _fault is null ? Task.CompletedTask : Task.FromException(new GuestException(_fault));
            },
            (cpus, _) =>
            {
                interrupts.Tell(CpuList.Format(cpus));
                return _steeringFault is null ? Task.CompletedTask : Task.FromException(new StepException(_steeringFault));
            },
            isSteered));
    }

    [Fact]
    public async Task A_guest_that_comes_first_in_the_file_should_move_the_one_that_runs_and_its_going_moves_it_back()
    {
        Observe(Running(Right, "right"));
        await MovedAsync(Right, "1");
        Observe(Running(Right, "right"), Running(Left, "left"));
        await MovedAsync(Left, "1");
        await MovedAsync(Right, "2");
        Observe(Running(Right, "right"));
        await MovedAsync(Right, "1");
        // Nothing that matters has changed.
        Observe(Running(Right, "right") with { Inputs = [5] });
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), Cancellation);
    }

    [Fact]
    public async Task A_guest_that_starts_should_be_told_its_processors_beside_those_that_start_with_it()
    {
        Observe();
        Assert.Equal("1", await AskAsync("right", Right));
        Assert.Equal("1", await AskAsync("left", Left));
        _processors.Tell(new GuestStartEnded(Left));
        Assert.Equal("1", await AskAsync("right", Right));
    }

    [Fact]
    public async Task Too_many_guests_for_the_cores_should_leave_all_of_them_to_the_scheduler()
    {
        Observe(Running(Right, "right"));
        await MovedAsync(Right, "1");
        Observe(Running(Right, "right"), Running(Left, "left", vcpus: 3));
        await MovedAsync(Right, "0-3");
    }

    [Fact]
    public async Task Switched_off_nobody_should_have_processors_of_his_own()
    {
        Observe(Running(Right, "right"));
        await MovedAsync(Right, "1");
        Configure(new([], null) { Pinning = false });
        await MovedAsync(Right, "0-3");
        Assert.Null(await AskAsync("left", Left));
    }

    [Fact]
    public async Task What_owners_pin_should_stay_and_be_no_seats()
    {
        Observe(Running(Left, "left") with { Processors = new(1, 1024, Owners: true, [1]) }, Running(Right, "right"));
        await MovedAsync(Right, "2");
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), Cancellation);
    }

    [Fact]
    public async Task What_cannot_be_pinned_should_be_said_and_be_no_reason_to_try_for_ever()
    {
        _fault = "Could not do it.";
        Observe(Running(Right, "right"));
        await MovedAsync(Right, "1");
        var trouble = await _listener.FishForMessageAsync<Trouble>(trouble => trouble.Sentence is not null, Long, cancellationToken: Cancellation);
        Assert.StartsWith("Could not do it.", trouble.Sentence, StringComparison.Ordinal);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), Cancellation);
    }

    [Fact]
    public async Task The_hosts_interrupts_should_be_handled_by_what_no_guest_has_and_where_they_were_when_none_runs()
    {
        Observe(Running(Right, "right"));
        await SteeredAsync("0,2-3");
        Observe(Running(Right, "right"), Running(Left, "left"));
        await SteeredAsync("0,3");
        Observe();
        await SteeredAsync("");
        Observe(Running(Right, "right", vcpus: 4));
        await _interrupts.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), Cancellation);
    }

    [Fact]
    public async Task What_an_earlier_manager_moved_should_be_moved_back_where_its_guests_are_gone()
    {
        var next = Make(isSteered: true);
        next.Tell(new ConfigurationObserved(SeatsConfiguration.Default, []));
        next.Tell(new GuestsObserved([]));
        await SteeredAsync("");
    }

    [Fact]
    public async Task Interrupts_that_cannot_be_moved_should_be_said_and_tried_again_with_the_next_change()
    {
        _steeringFault = "could not move interrupts";
        Observe(Running(Right, "right"));
        await SteeredAsync("0,2-3");
        var trouble = await _listener.FishForMessageAsync<Trouble>(trouble => trouble is { Observer: "interrupts", Sentence: not null }, Long, cancellationToken: Cancellation);
        Assert.StartsWith("Could not keep the interrupts of the host's devices off the seats' processors: could not move interrupts.", trouble.Sentence, StringComparison.Ordinal);
        await _interrupts.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), Cancellation);
        _steeringFault = null;
        Observe(Running(Right, "right"), Running(Left, "left"));
        await SteeredAsync("0,3");
        await _listener.FishForMessageAsync<Trouble>(trouble => trouble is { Observer: "interrupts", Sentence: null }, Long, cancellationToken: Cancellation);
    }

    private async Task SteeredAsync(string cpus) => Assert.Equal(cpus, await _interrupts.ExpectMsgAsync<string>(Long, cancellationToken: Cancellation));

    private static Guest Running(Guid guest, string seat, int vcpus = 1) =>
        new(guest, $"of {seat}", GuestState.Running, true, seat, []) { Processors = new(vcpus, 1024, false, []) };

    private void Configure(HostWish host) => _processors.Tell(new ConfigurationObserved(
        SeatsConfiguration.Default with
        {
            Host = host,
            Seats = [.. Names.Select(seat => new SeatWish(seat, [$"of {seat}"], [], [], null, null, SeatPlaces.Nowhere))],
        }, []));

    private void Observe(params Guest[] guests) => _processors.Tell(new GuestsObserved(guests.ToValueList()));

    private async Task MovedAsync(Guid guest, string vcpus) => Assert.Equal((guest, vcpus), await ExpectMsgAsync<(Guid, string)>(Long, cancellationToken: Cancellation));

    private async Task<string?> AskAsync(string seat, Guid guest) =>
        (await _processors.Ask<PinningAnswer>(new GuestStarts(seat, $"of {seat}", guest, null, new(1, 1024, false, [])), Long, Cancellation)).Pinning is { } pinning
            ? CpuList.Format(pinning.Vcpus[0]) : null;
}
