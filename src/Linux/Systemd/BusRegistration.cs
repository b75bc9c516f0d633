namespace Phyllome.Seats.Linux.Systemd;

/// <summary>Something exported or watched; disposing ends it.</summary>
public sealed class BusRegistration : IAsyncDisposable
{
    private readonly Action _end;
    private readonly BusLoop _loop;

    internal BusRegistration(Action end, BusLoop loop)
    {
        _end = end;
        _loop = loop;
    }

    /// <summary>Completes when it has ended; also where the connection had ended before.</summary>
    public async ValueTask DisposeAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(
            () =>
            {
                _end();
                done.SetResult();
            },
            fault =>
            {
                if (fault is BusException { Name: BusErrors.Disconnected })
                    done.TrySetResult();
                else
                    done.TrySetException(fault);
            });
        await done.Task.ConfigureAwait(false);
    }
}
