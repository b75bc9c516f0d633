namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>A wait for an event that ends in a sentence when the event does not come.</summary>
static class Deadline
{
    internal static async Task<T> WithinAsync<T>(TimeSpan limit, string what, Func<CancellationToken, Task<T>> wait, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        both.CancelAfter(limit);
        try
        {
            return await wait(both.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new PcException($"Waited {limit.TotalSeconds:0} s in vain for {what}.", late);
        }
    }

    internal static Task WithinAsync(TimeSpan limit, string what, Func<CancellationToken, Task> wait, CancellationToken cancellation) =>
        WithinAsync(limit, what, async token =>
        {
            await wait(token);
            return true;
        }, cancellation);
}
