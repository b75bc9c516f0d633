using System.Text.Json;
using Phyllome.Seats.Desktops;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Desktops;

/// <summary>
/// The desktops in whose sessions an agent is connected. Whoever is on this machine may connect; what an agent says counts only while its user is trusted
/// (<see cref="DesktopTrust"/>), and what it lends goes back when it is not any more. A copy of each connection is kept by the service manager too: an
/// agent has all back with the last one, so no picture goes with this process.
/// </summary>
/// <param name="socket">The path at which agents connect.</param>
/// <param name="person">Who has the session in front at the host's seat; null for nobody.</param>
/// <param name="keep">Has a copy of a descriptor kept under a name, and <paramref name="forget"/> drops it.</param>
internal sealed class SessionDesktops(string socket, Func<uint?> person, Action<string, FileDescriptor> keep, Action<string> forget, Action<string> warn) : IDisposable
{
    /// <summary>A desktop leases in no time, or asks nobody; one that hangs keeps a seat waiting no longer than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Answer = TimeSpan.FromSeconds(5), Least = TimeSpan.FromMilliseconds(50);

    /// <summary>Each connection has a thread here: so many in all, and of one user.</summary>
    private const int Most = 32, MostOfOne = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Session> _sessions = [];
    private SeqPacketSocket? _listening;
    private DescriptorWatch? _accepting;
    private IDisposable? _watch;
    private uint? _person = person();
    private int _last;
    private ValueList<Desktop> _told = [];

    /// <summary>Whether a user's desktop may lend, by who has the session in front.</summary>
    public Func<uint, uint?, bool> Trusts { get; init; } = DesktopTrust.Has;

    /// <summary>Told which desktops may lend after each change, the newest last, on any thread; returns at once.</summary>
    public event Action<ValueList<Desktop>>? Changed;

    /// <summary>Tells it now, for who could not hear of a change before.</summary>
    public void Tell()
    {
        lock (_gate)
            Changed?.Invoke(_told = Desktops);
    }

    /// <summary>Told that a desktop has taken back what it had lent, on any thread.</summary>
    public event Action<int, string>? Ended;

    private sealed class Session(int number, DesktopConnection connection)
    {
        public int Number => number;

        public DesktopConnection Connection => connection;

        public DesktopHas? Has { get; set; }

        /// <summary>By connector: who waits for it.</summary>
        public Dictionary<string, TaskCompletionSource<FileDescriptor>> Asked { get; } = new(StringComparer.Ordinal);
    }

    public ValueList<Desktop> Desktops
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Values.Where(session => session.Has is not null && Trusts(session.Connection.User, _person)).OrderBy(session => session.Number)
                    .Select(session => new Desktop(session.Number, session.Connection.User, session.Has!.Cards, session.Has.Outputs, session.Has.Offered)).ToValueList();
            }
        }
    }

    /// <summary>Goes on with what the service manager kept. An agent that does not answer is let go.</summary>
    public void Restore(IEnumerable<(string Name, FileDescriptor Descriptor)> kept)
    {
        var all = kept.Select(one => new Session(
            DesktopName.NumberOf(one.Name) ?? throw new ArgumentException($"'{one.Name}' is no desktop", nameof(kept)), new(SeqPacketSocket.FromDescriptor(one.Descriptor)))).ToList();
        // All are asked before one is waited for: each is a person's process, and one that is silent costs this start the time once.
        foreach (var session in all)
            Order(session, new TellDesktop());
        var since = Environment.TickCount64;
        foreach (var session in all)
        {
            _last = Math.Max(_last, session.Number);
            try
            {
                var left = Answer - TimeSpan.FromMilliseconds(Environment.TickCount64 - since);
                session.Has = session.Connection.Answer(left > Least ? left : Least);
                Add(session);
            }
            catch (Exception failure) when (failure is LinuxException or JsonException or NotSupportedException)
            {
                warn($"Could not go on with the desktop of user {session.Connection.User}: {failure.Message}; what it had lent goes back.");
                forget(DesktopName.Stored(session.Number));
                session.Connection.End();
                session.Connection.Dispose();
            }
        }

        _told = Desktops;
    }

    /// <summary>Whether a desktop says that we have a lease of it, or is there, for a window: that is there as long as whoever shows it.</summary>
    public bool HasLent(DesktopLoan loan, string connector)
    {
        lock (_gate)
            return _sessions.TryGetValue(loan.Desktop, out var session) && (loan.IsWindow || session.Has?.Lent.Contains(connector) == true);
    }

    /// <summary>Takes agents from now on, of all users: the kernel says who they are.</summary>
    /// <exception cref="IOException">The socket could not be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Listen()
    {
        // Under its name only when somebody listens, so that who sees it come can connect.
        var beside = socket + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        File.Delete(beside);
        _listening = SeqPacketSocket.Listen(beside);
        File.SetUnixFileMode(beside, (UnixFileMode)0b110_110_110);
        File.Move(beside, socket, overwrite: true);
        _accepting = new("desktops", _listening.Descriptor, Accept, failure => warn($"Could not take desktops any more: {failure.Message}; those that are there stay."));
    }

    /// <summary>Looks whose session is in front whenever logind tells of a change.</summary>
    public void Watch(Func<Action, IDisposable?> sessions) => _watch = sessions(LookAtSessions);

    /// <summary>Has a desktop lease a monitor that it offers, or take a window on one that it shows.</summary>
    /// <returns>The lease, or a connection for the window, which is the caller's.</returns>
    /// <exception cref="IOException">What could not be had, and why.</exception>
    public async Task<FileDescriptor> LendAsync(DesktopLoan loan, string connector, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<FileDescriptor>(TaskCreationOptions.RunContinuationsAsynchronously);
        Session session;
        lock (_gate)
        {
            session = _sessions.GetValueOrDefault(loan.Desktop) is { } there && Trusts(there.Connection.User, _person) ? there
                : throw new LinuxException(Errno.ENOENT, "its desktop has ended, or is not in front any more");
            if (!session.Asked.TryAdd(connector, answer))
                throw new LinuxException(Errno.EBUSY, $"the desktop was asked for {connector} already");
            session.Connection.Order(loan.IsWindow ? new GiveWindow(connector) : new GiveLease(connector));
        }

        try
        {
            return await answer.Task.WaitAsync(Patience, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // One that came in this very moment is nobody's.
            if (!answer.TrySetCanceled(CancellationToken.None) && answer.Task.IsCompletedSuccessfully)
                (await answer.Task.ConfigureAwait(false)).Dispose();
            GiveBack(loan.Desktop, connector);
            if (failure is OperationCanceledException)
                throw;
            throw new LinuxException(Errno.ETIMEDOUT, $"the desktop of user {session.Connection.User} did not give it within {Patience.TotalSeconds:0} s");
        }
        finally
        {
            lock (_gate)
                session.Asked.Remove(connector);
        }
    }

    /// <summary>Gives a desktop its monitor back; nothing happens where it is gone.</summary>
    public void GiveBack(int desktop, string connector)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(desktop, out var session))
                Order(session, new TakeLoanBack(connector));
        }
    }

    /// <summary>What is lent stays lent: the service manager has it.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _accepting?.Dispose();
        _listening?.Dispose();
        List<Session> all;
        lock (_gate)
            all = [.. _sessions.Values];
        foreach (var session in all)
            session.Connection.Dispose();
    }

    private bool Accept()
    {
        DesktopConnection connection;
        try
        {
            connection = new(_listening!.Accept());
        }
        catch (LinuxException failure) when (failure.Errno is not (Errno.EBADF or Errno.EINVAL))
        {
            // Whoever it was has left, or there is no descriptor for them.
            warn($"Could not take a desktop: {failure.Message}.");
            return true;
        }

        bool isOneTooMany;
        lock (_gate)
            isOneTooMany = _sessions.Count >= Most || _sessions.Values.Count(other => other.Connection.User == connection.User) >= MostOfOne;
        if (isOneTooMany)
        {
            warn($"Could not take another desktop of user {connection.User}: {MostOfOne} of one user, and {Most} in all, is what there is room for.");
            connection.End();
            connection.Dispose();
            return true;
        }

        var session = new Session(++_last, connection);
        keep(DesktopName.Stored(session.Number), connection.Descriptor);
        Add(session);
        return true;
    }

    private void Add(Session session)
    {
        lock (_gate)
            _sessions[session.Number] = session;
        session.Connection.Listen((notice, passed) => OnNotice(session, notice, passed), why => OnLost(session, why));
    }

    private void OnNotice(Session session, DesktopNotice notice, FileDescriptor? passed)
    {
        switch (notice)
        {
            case DesktopHas { IsSane: true } has:
                lock (_gate)
                    session.Has = has;
                TellChange();
                break;
            case DesktopHas:
                session.Connection.End();
                break;
            case LoanGiven given when passed is not null:
                // What nobody waits for any more is not kept: it goes back.
                if (Waiting(session, given.Connector)?.TrySetResult(passed) == true)
                    return;
                Order(session, new TakeLoanBack(given.Connector));
                break;
            case LoanRefused refused:
                Waiting(session, refused.Connector)?.TrySetException(new IOException(refused.Sentence));
                break;
            case LoanEnded ended:
                Ended?.Invoke(session.Number, ended.Connector);
                break;
        }

        passed?.Dispose();
    }

    private TaskCompletionSource<FileDescriptor>? Waiting(Session session, string connector)
    {
        lock (_gate)
            return session.Asked.GetValueOrDefault(connector);
    }

    private void OnLost(Session session, string why)
    {
        List<TaskCompletionSource<FileDescriptor>> waiting;
        lock (_gate)
        {
            if (!_sessions.Remove(session.Number))
                return;
            waiting = [.. session.Asked.Values];
        }

        foreach (var one in waiting)
            one.TrySetException(new LinuxException(Errno.ECONNRESET, $"the agent in the desktop's session is gone: {why}"));
        forget(DesktopName.Stored(session.Number));
        // Also for whoever has a copy: it may have been let go because of what it said.
        session.Connection.End();
        session.Connection.Dispose();
        TellChange();
    }

    private void LookAtSessions()
    {
        var now = person();
        lock (_gate)
            _person = now;
        TellChange();
    }

    private void TellChange()
    {
        lock (_gate)
        {
            if (Desktops != _told)
                Tell();
        }
    }

    private void Order(Session session, DesktopOrder order)
    {
        try
        {
            session.Connection.Order(order);
        }
        catch (LinuxException failure)
        {
            // It has all back with its connection.
            warn($"Desktop of user {session.Connection.User}: {failure.Message}.");
            session.Connection.End();
        }
    }
}
