using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The status and each change of it, over the service's ends and starts.</summary>
internal static class StatusStream
{
    /// <summary>What to say where the service does not run.</summary>
    internal const string Ended = "The service phyllome-seatd has ended or does not run; the seats go on, and the view comes with it (systemctl start phyllome-seats.target).";

    /// <summary>The first is what there is now; null says that the service does not run. Ends where the bus is lost, with its failure.</summary>
    internal static async IAsyncEnumerable<SeatsStatus?> ReadAsync(SeatsClient client, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<(SeatsStatus? Status, bool Running)>();
        await client.WatchAsync(status => events.Writer.TryWrite((status, true)), now => events.Writer.TryWrite((null, now)));
        // Watched first, then asked: no change falls in between.
        _ = client.Ended.ContinueWith(lost => events.Writer.TryComplete(lost.Exception?.InnerException), TaskScheduler.Default);
        yield return await AskAsync(client, cancellation);
        await foreach (var (changed, running) in events.Reader.ReadAllAsync(cancellation))
            yield return changed ?? (running ? await AskAsync(client, cancellation) : null);
    }

    private static async Task<SeatsStatus?> AskAsync(SeatsClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.GetStatusAsync(cancellation);
        }
        catch (CommandFailure failure) when (failure.Code == ExitCode.NotThere)
        {
            // It does not run, or went before it answered.
            return null;
        }
    }
}
