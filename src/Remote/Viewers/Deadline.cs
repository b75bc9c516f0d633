using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>A time within which something has to be done. Past it, the other end is to blame; where the whole ends, nobody is.</summary>
/// <param name="blame">What is said of the other end, before the time: <c>it did not answer</c>.</param>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _end;
    private readonly TimeSpan _time;
    private readonly string _blame;

    public Deadline(TimeSpan time, string blame, CancellationToken end)
    {
        (_time, _end, _blame) = (time, end, blame);
        _source = CancellationTokenSource.CreateLinkedTokenSource(end);
        _source.CancelAfter(time);
    }

    /// <exception cref="RfbException">The time was over.</exception>
    public async Task<T> KeepAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return await work(_source.Token);
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            throw new RfbException($"{_blame} within {_time.TotalSeconds:0.###} s");
        }
    }

    /// <inheritdoc cref="KeepAsync{T}"/>
    public Task KeepAsync(Func<CancellationToken, Task> work) => KeepAsync(async cancellation =>
    {
        await work(cancellation);
        return true;
    });

    public void Dispose() => _source.Dispose();
}
