using System.Net.Sockets;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>A listening socket, and who comes in at it: a few at once, until they have shown that they may.</summary>
internal sealed class Entrance : IDisposable
{
    private readonly Socket _listener;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _end = new();

    /// <param name="greet">Serves a connection, and calls the action when it is known that they may come in, or that they may not.</param>
    /// <param name="failed">Nobody comes in here any more, since the kernel gives no connection: why.</param>
    public Entrance(Socket listener, int places, Action<Socket, Action> greet, Action<SocketException> failed)
    {
        (_listener, _places) = (listener, new(places, places));
        _ = AcceptAsync(greet, failed);
    }

    /// <summary>Who is in stays in.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync(Action<Socket, Action> greet, Action<SocketException> failed)
    {
        var end = _end.Token;
        try
        {
            while (true)
            {
                await _places.WaitAsync(end);
                try
                {
                    var socket = await _listener.AcceptAsync(end);
                    var isGiven = 0;
                    greet(socket, () =>
                    {
                        if (Interlocked.Exchange(ref isGiven, 1) == 0)
                            _places.Release();
                    });
                }
                catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionAborted)
                {
                    // They left while they waited.
                    _places.Release();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // Closed.
        }
        catch (SocketException exception)
        {
            if (!end.IsCancellationRequested)
                failed(exception);
        }
    }
}
