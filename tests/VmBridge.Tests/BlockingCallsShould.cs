using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class BlockingCallsShould
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Give_the_result_or_the_failure_of_the_call()
    {
        var calls = new BlockingCalls();
        Assert.Equal(7, await calls.RunAsync("count", Long, () => 7, Cancellation));
        await Assert.ThrowsAsync<FormatException>(() => calls.RunAsync<int>("count", Long, () => throw new FormatException(), Cancellation));
    }

    [Fact]
    public async Task Leave_a_call_that_hangs_behind_and_go_on_with_others()
    {
        var calls = new BlockingCalls();
        using var hang = new ManualResetEventSlim();
        using var dropped = new Dropped();

        var refusal = await Assert.ThrowsAsync<GuestException>(() => calls.RunAsync("start guest 'work'", TimeSpan.FromMilliseconds(1), () =>
        {
            hang.Wait(Cancellation);
            return dropped;
        }, Cancellation));

        Assert.StartsWith("Could not start guest 'work': libvirt has not answered within ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await calls.RunAsync("count", Long, () => 1, Cancellation));
        hang.Set();
        Assert.True(dropped.WasDisposed.Wait(TimeSpan.FromMinutes(1), Cancellation));
    }

    [Fact]
    public async Task Make_no_more_calls_while_too_many_hang()
    {
        var calls = new BlockingCalls();
        using var hang = new ManualResetEventSlim();
        for (var i = 0; i < BlockingCalls.MostHanging; i++)
            await Assert.ThrowsAsync<GuestException>(() => calls.RunAsync("hang", TimeSpan.FromMilliseconds(1), () => { hang.Wait(Cancellation); return 0; }, Cancellation));

        var refusal = await Assert.ThrowsAsync<GuestException>(() => calls.RunAsync("count", Long, () => 1, Cancellation));

        Assert.Contains("still hang", refusal.Message, StringComparison.Ordinal);
        hang.Set();
    }

    private sealed class Dropped : IDisposable
    {
        internal ManualResetEventSlim WasDisposed { get; } = new();

        public void Dispose() => WasDisposed.Set();
    }
}
