using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The status and each change of it, over the service's ends and starts.</summary>
internal static class StatusStream
{
    /// <summary>The first is what there is now; null says that the service has ended. Ends where the bus is lost, with its failure.</summary>
    internal static async IAsyncEnumerable<SeatsStatus?> ReadAsync(SeatsClient client, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<(SeatsStatus? Status, bool Running)>();
        await client.WatchAsync(status => events.Writer.TryWrite((status, true)), now => events.Writer.TryWrite((null, now)));
        // Watched first, then asked: no change falls in between.
        var status = await client.GetStatusAsync(cancellation);
        _ = client.Ended.ContinueWith(lost => events.Writer.TryComplete(lost.Exception?.InnerException), TaskScheduler.Default);
        yield return status;
        await foreach (var (changed, running) in events.Reader.ReadAllAsync(cancellation))
            yield return changed ?? (running ? await AskAgainAsync(client, cancellation) : null);
    }

    private static async Task<SeatsStatus?> AskAgainAsync(SeatsClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.GetStatusAsync(cancellation);
        }
        catch (CommandFailure failure) when (failure.Code == ExitCode.NotThere)
        {
            // It went again before it answered.
            return null;
        }
    }
}
