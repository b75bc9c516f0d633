using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.SeatManager.Remote;

/// <summary>
/// The doors of the seats that are seen from elsewhere, a process each. A copy of each connection is kept by the service manager too: a door ends with
/// the last one, so no viewer goes with this process. Who is there is asked of the doors by the next one.
/// </summary>
/// <param name="doors">The socket at which a connection is a new door.</param>
/// <param name="folder">Where the sockets are made that their viewers come to.</param>
/// <param name="certificates">Fails as <see cref="DoorCertificates.Load"/> does.</param>
/// <param name="idOf">The number of a user; null where there is none of that name.</param>
/// <param name="keep">Has a copy of a descriptor kept under a name, and <paramref name="forget"/> drops it.</param>
internal sealed class RemoteDoors(
    string doors, string folder, Func<string?, DoorCertificate> certificates, Func<string, uint?> idOf, Action<string, FileDescriptor> keep, Action<string> forget,
    Action<string> warn) : IDisposable
{
    /// <summary>For a door that is there; one that is started has to be loaded first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Start = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();

    /// <summary>By seat.</summary>
    private readonly Dictionary<string, Door> _open = new(StringComparer.Ordinal);

    /// <summary>Told what there is after each change, the newest last, on any thread; returns at once.</summary>
    public event Action<ValueList<OpenedDoor>>? Changed;

    /// <summary>Tells it now, for who could not hear of a change before.</summary>
    public void Tell()
    {
        lock (_gate)
            Changed?.Invoke(Doors);
    }

    /// <summary>Told of who waits to be let in, on any thread; returns at once.</summary>
    public event Action<string, ViewerAsks>? Asked;

    private sealed class Door(OpenedDoor state, DoorConnection connection)
    {
        public OpenedDoor State { get; set; } = state;

        public DoorConnection Connection => connection;

        /// <summary>Ends when the door has said how it is after an order; null while nobody waits for that.</summary>
        public TaskCompletionSource? Answer { get; set; }

        /// <summary>Whether it has followed that order, be it not in all.</summary>
        public bool Followed { get; set; }

        /// <summary>What of it it could not do.</summary>
        public string? Refusal { get; set; }
    }

    public ValueList<OpenedDoor> Doors
    {
        get
        {
            lock (_gate)
                return _open.Values.Select(door => door.State).OrderBy(door => door.Seat, StringComparer.Ordinal).ToValueList();
        }
    }

    /// <summary>Goes on with what the service manager kept. A door that does not answer is ended.</summary>
    public void Restore(IEnumerable<(string Name, FileDescriptor Descriptor)> kept)
    {
        foreach (var (name, descriptor) in kept)
        {
            var seat = DoorName.SeatOf(name) ?? throw new ArgumentException($"'{name}' is no door", nameof(kept));
            var connection = new DoorConnection(SeqPacketSocket.FromDescriptor(descriptor));
            try
            {
                var state = connection.Ask(Patience);
                if (state.Seat != seat)
                    throw new LinuxException(Errno.EBADMSG, $"it is that of seat '{state.Seat}'");
                Add(new(new(seat, null, SocketOf(seat), state.Viewers), connection));
            }
            catch (Exception failure) when (failure is LinuxException or JsonException)
            {
                warn($"Could not go on with the door of seat {seat}'s remote display: {failure.Message}; another one takes its place.");
                forget(name);
                connection.End();
                connection.Dispose();
            }
        }
    }

    /// <summary>Opens a door, or says why it is not open in all: one that is open at its socket alone stays so.</summary>
    /// <exception cref="LinuxException">What could not be done, and why.</exception>
    /// <exception cref="IOException">The same.</exception>
    public async Task OpenAsync(RemoteDoor wanted, CancellationToken cancellation)
    {
        var (order, certificate) = OrderOf(wanted);
        var connection = new DoorConnection(SeqPacketSocket.Connect(doors));
        var door = new Door(new(wanted.Seat, null, SocketOf(wanted.Seat), []), connection);
        var isKnown = false;
        try
        {
            lock (_gate)
            {
                if (_open.ContainsKey(wanted.Seat))
                    throw new LinuxException(Errno.EEXIST, "there is one already");
            }

            Directory.CreateDirectory(folder);
            // One of a door before this one: nobody listens there any more.
            File.Delete(door.State.Socket);
            using var listening = StreamListener.Listen(door.State.Socket);
            // Whoever may not come in is told so by the door, which the kernel tells who they are.
            File.SetUnixFileMode(door.State.Socket, (UnixFileMode)0b110_110_110);
            Add(door);
            isKnown = true;
            keep(DoorName.Stored(wanted.Seat), connection.Descriptor);
            await TellAsync(door, order, listening, Start, cancellation).ConfigureAwait(false);
        }
        catch when (!isKnown)
        {
            connection.End();
            connection.Dispose();
            throw;
        }
        catch when (!door.Followed)
        {
            End(wanted.Seat, door);
            throw;
        }
        finally
        {
            Settle(door, wanted, certificate);
        }
    }

    /// <summary>Tells a door to be another one; who is there stays.</summary>
    /// <exception cref="LinuxException">What could not be done, and why.</exception>
    /// <exception cref="IOException">The same.</exception>
    public async Task ChangeAsync(RemoteDoor wanted, CancellationToken cancellation)
    {
        var door = Find(wanted.Seat);
        if (door.State.As is { } before && before with { ViewOnly = wanted.ViewOnly } == wanted)
        {
            door.Connection.Order(new SetViewOnly(wanted.ViewOnly));
            door.Followed = true;
            Settle(door, wanted);
            return;
        }

        var (order, certificate) = OrderOf(wanted);
        try
        {
            await TellAsync(door, order, passed: null, Patience, cancellation).ConfigureAwait(false);
        }
        catch when (!door.Followed)
        {
            // Also where it has lost its socket, which no order brings back.
            End(wanted.Seat, door);
            throw;
        }
        finally
        {
            Settle(door, wanted, certificate);
        }
    }

    public void Close(string seat)
    {
        Door? door;
        lock (_gate)
            _open.TryGetValue(seat, out door);
        if (door is null)
            return;
        End(seat, door);
        File.Delete(door.State.Socket);
        Tell();
    }

    /// <summary>Sends all viewers of a seat away.</summary>
    /// <exception cref="LinuxException">There is no door, or it can't be reached.</exception>
    public void EndViewers(string seat)
    {
        var door = Find(seat);
        lock (_gate)
        {
            door.Connection.Order(new EndViewers());
            door.State = door.State with { Viewers = [] };
        }

        Tell();
    }

    /// <param name="display">A connection to the guest's VNC server; stays the caller's.</param>
    /// <exception cref="LinuxException">There is no door any more, or it can't be reached.</exception>
    public void LetIn(string seat, int viewer, string guest, FileDescriptor display) => Find(seat).Connection.Order(new LetIn(viewer, guest), display);

    /// <exception cref="LinuxException">There is no door any more, or it can't be reached.</exception>
    public void TurnAway(string seat, int viewer, string sentence) => Find(seat).Connection.Order(new TurnAway(viewer, sentence));

    /// <summary>Who is there stays there: the service manager has the doors.</summary>
    public void Dispose()
    {
        List<Door> all;
        lock (_gate)
            all = [.. _open.Values];
        foreach (var door in all)
            door.Connection.Dispose();
    }

    private string SocketOf(string seat) => Path.Combine(folder, DoorName.FileOf(seat));

    private (OpenDoor Order, DoorCertificate? Certificate) OrderOf(RemoteDoor wanted)
    {
        var certificate = wanted.Listen is null ? null : certificates(wanted.Certificate);
        var owner = wanted.Owner is { } name ? idOf(name) : null;
        if (owner is null && wanted.Owner is not null)
            warn($"Seat {wanted.Seat} is seen by root alone at its socket: there is no user '{wanted.Owner}'.");
        return (new(wanted.Seat, wanted.Listen, owner is { } id ? [id] : [], wanted.User, wanted.Password, certificate?.Pem, wanted.ViewOnly), certificate);
    }

    private Door Find(string seat)
    {
        lock (_gate)
            return _open.TryGetValue(seat, out var door) ? door : throw new LinuxException(Errno.ENOENT, $"the remote display of seat {seat} has no door");
    }

    /// <summary>Ends when the door has followed. What it says of itself after an order comes behind what it says of the order.</summary>
    private static async Task TellAsync(Door door, OpenDoor order, FileDescriptor? passed, TimeSpan patience, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (door.Refusal, door.Followed, door.Answer) = (null, false, answer);
        try
        {
            door.Connection.Order(order, passed);
            door.Connection.Order(new TellDoor());
            await answer.Task.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LinuxException(Errno.ETIMEDOUT, $"the door did not answer within {patience.TotalSeconds:0} s; see: journalctl -u 'phyllome-remote@*'");
        }
        finally
        {
            door.Answer = null;
        }

        if (door.Refusal is { } refusal)
            throw new IOException(refusal);
    }

    /// <summary>Notes what a door is now. What it lacks, it is told anew by the next plan.</summary>
    private void Settle(Door door, RemoteDoor wanted, DoorCertificate? certificate)
    {
        lock (_gate)
        {
            if (door.Followed)
                door.State = door.State with { Fingerprint = certificate?.Fingerprint, Pin = certificate?.Pin };
        }

        Settle(door, wanted);
    }

    private void Settle(Door door, RemoteDoor wanted)
    {
        if (door.Followed)
        {
            lock (_gate)
                door.State = door.State with { As = door.Refusal is null ? wanted : null };
        }

        Tell();
    }

    private void Add(Door door)
    {
        lock (_gate)
            _open[door.State.Seat] = door;
        door.Connection.Listen(notice => OnNotice(door, notice), () => OnLost(door));
    }

    private void OnNotice(Door door, RemoteNotice notice)
    {
        switch (notice)
        {
            case ViewerAsks asks:
                Asked?.Invoke(door.State.Seat, asks);
                return;
            case ViewerCame came:
                Change(state => state with { Viewers = [.. state.Viewers.Where(viewer => viewer.Viewer != came.Viewer), came] });
                return;
            case ViewerGone gone:
                Change(state => state with { Viewers = state.Viewers.Where(viewer => viewer.Viewer != gone.Viewer).ToValueList() });
                return;
            case DoorOpened:
                door.Followed = true;
                return;
            case DoorRefused refused when door.Answer is not null:
                door.Refusal = refused.Sentence;
                return;
            case DoorRefused refused:
                warn($"The door of seat {door.State.Seat}'s remote display: {refused.Sentence}.");
                Change(state => state with { As = null });
                return;
            case DoorState:
                door.Answer?.TrySetResult();
                return;
        }

        void Change(Func<OpenedDoor, OpenedDoor> change)
        {
            lock (_gate)
                door.State = change(door.State);
            Tell();
        }
    }

    private void OnLost(Door door)
    {
        door.Answer?.TrySetException(new LinuxException(Errno.ECONNRESET, "the door has ended; see: journalctl -u 'phyllome-remote@*'"));
        if (!Remove(door.State.Seat, door))
            return;
        warn($"The door of seat {door.State.Seat}'s remote display has ended; another one takes its place. See: journalctl -u 'phyllome-remote@*'.");
        door.Connection.Dispose();
        Tell();
    }

    private void End(string seat, Door door)
    {
        if (!Remove(seat, door))
            return;
        door.Connection.End();
        door.Connection.Dispose();
    }

    private bool Remove(string seat, Door door)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(seat, out var there) || there != door)
                return false;
            _open.Remove(seat);
        }

        forget(DoorName.Stored(seat));
        return true;
    }
}
