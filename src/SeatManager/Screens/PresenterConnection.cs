using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>A connection to a presenter of its own. Receives on a thread of its own; sends on the caller's, without waiting.</summary>
internal sealed class PresenterConnection(SeqPacketSocket socket) : IDisposable
{
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DescriptorWatch? _watch;

    public FileDescriptor Descriptor => socket.Descriptor;

    /// <param name="received">Told of each notice, on the connection's thread.</param>
    /// <param name="lost">Told once, and then of nothing more.</param>
    public void Listen(Action<PresenterNotice> received, Action lost)
    {
        void Lost()
        {
            _gone.TrySetResult();
            lost();
        }

        _watch = new("presenter", socket.Descriptor, () => Receive(received, Lost), _ => Lost());
    }

    /// <summary>Asks a presenter that was there before this manager; what it tells meanwhile is passed over. Before <see cref="Listen"/>.</summary>
    /// <exception cref="LinuxException">It has ended, or does not answer in time.</exception>
    /// <exception cref="JsonException">It says what no presenter says.</exception>
    public ScreenState Ask(TimeSpan patience)
    {
        Order(new TellAll());
        var since = Environment.TickCount64;
        while (patience - TimeSpan.FromMilliseconds(Environment.TickCount64 - since) is var left && left > TimeSpan.Zero)
        {
            var length = socket.Receive(_packet, left, out var passed);
            passed?.Dispose();
            if (length == 0)
                throw new LinuxException(Errno.ECONNRESET, "the presenter has ended");
            if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), PresentingJson.Default.PresenterNotice) is ScreenState state)
                return state;
        }

        throw new LinuxException(Errno.ETIMEDOUT, $"the presenter did not say within {patience.TotalSeconds:0} s what it shows");
    }

    /// <summary>Fails with a <see cref="LinuxException"/> where the presenter is gone, or does not read (EAGAIN).</summary>
    /// <param name="passed">Stays the caller's.</param>
    public void Order(PresenterOrder order, FileDescriptor? passed = null)
    {
        var errno = socket.TrySend(JsonSerializer.SerializeToUtf8Bytes(order, PresentingJson.Default.PresenterOrder), passed);
        if (errno != Errno.None)
            throw new LinuxException(errno, "could not reach the presenter of the monitor; see: journalctl -u 'phyllome-presenter@*'");
    }

    /// <summary>Tells the presenter to end, and waits until it has let go of its screen. After <see cref="Listen"/>.</summary>
    /// <returns>False where it did not in that time.</returns>
    public async Task<bool> LeaveAsync(TimeSpan patience)
    {
        socket.EndSending();
        try
        {
            await _gone.Task.WaitAsync(patience).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Ends the presenter, whoever else has a copy of the connection.</summary>
    public void End() => socket.ShutDown();

    public void Dispose()
    {
        _watch?.Dispose();
        socket.Dispose();
    }

    private bool Receive(Action<PresenterNotice> received, Action lost)
    {
        while (socket.TryReceive(_packet, out var passed) is { } length)
        {
            passed?.Dispose();
            if (length == 0)
            {
                lost();
                return false;
            }

            if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), PresentingJson.Default.PresenterNotice) is { } notice)
                received(notice);
        }

        return true;
    }
}
