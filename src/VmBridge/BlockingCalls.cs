using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// libvirt's calls block, some (a device that its driver will not let go) for good. Each runs on a thread of its own and is waited for
/// until its deadline, so that one that hangs holds up nobody else; it is left behind then, and its late result is dropped.
/// </summary>
internal sealed class BlockingCalls
{
    /// <summary>How many may hang before no more are made: each keeps a thread.</summary>
    internal const int MostHanging = 8;

    private int _hanging;

    /// <summary>Fails with what the call fails with, or with <see cref="GuestException"/> once the deadline has passed.</summary>
    /// <param name="what">What it does, after 'Could not'.</param>
    internal async Task<T> RunAsync<T>(string what, TimeSpan deadline, Func<T> call, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _hanging) >= MostHanging)
        {
            var daemon = LibvirtDaemon.Find();
            throw new GuestException($"Could not {what}: {MostHanging} earlier calls to libvirt still hang. "
                + $"See '{daemon.Journal}', and restart {daemon.Name}.");
        }

        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Complete(done, call)) { Name = "libvirt call", IsBackground = true }.Start();
        try
        {
            return await done.Task.WaitAsync(deadline, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LeaveBehind(done.Task);
            throw new GuestException($"Could not {what}: libvirt has not answered within {deadline.TotalSeconds:0} s. "
                + $"The call is left to itself; see '{LibvirtDaemon.Find().Journal}'.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LeaveBehind(done.Task);
            throw;
        }
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> call)
    {
        try
        {
            done.SetResult(call());
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
    }

    private void LeaveBehind<T>(Task<T> late)
    {
        Interlocked.Increment(ref _hanging);
        late.ContinueWith(
            task =>
            {
                Interlocked.Decrement(ref _hanging);
                // Reading the exception marks it as seen: its caller was told of the deadline already.
                if (task.Exception is null && task.Result is IDisposable unwanted)
                    unwanted.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
