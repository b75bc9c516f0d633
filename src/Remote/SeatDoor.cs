using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote.Core;
using Phyllome.Seats.Remote.Viewers;

namespace Phyllome.Seats.Remote;

/// <summary>
/// The loop: orders from the connection, and what becomes of viewers, on one thread. Each viewer's own way, from its connection to its end, is a task
/// beside it.
/// </summary>
internal sealed class SeatDoor : IDisposable
{
    private const ulong WakeTag = 0, OrderTag = 1;

    private readonly SeqPacketSocket _orders;
    private readonly DoorLimits _limits;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private readonly PasswordCheck _passwords;
    private readonly Greeting _greeting;
    private readonly CancellationTokenSource _end = new();

    /// <summary>In the order in which they asked.</summary>
    private readonly SortedDictionary<int, Viewer> _viewers = [];

    /// <summary>All connections that are served, whoever's.</summary>
    private readonly ConcurrentDictionary<Task, bool> _served = new();
    private volatile DoorSettings? _settings;
    private volatile bool _viewOnly;
    private Entrance? _socketEntrance;
    private Entrance? _tcpEntrance;
    private string? _listen;
    private int _lastViewer;
    private bool _ending;

    public SeatDoor(SeqPacketSocket orders, DoorLimits limits)
    {
        (_orders, _limits) = (orders, limits);
        _passwords = new(TimeProvider.System, RemotePassword.IsSame);
        _greeting = new(limits, _passwords);
        _epoll.Add(_wake.Descriptor, PollEvents.In, WakeTag);
        _epoll.Add(_orders.Descriptor, PollEvents.In, OrderTag);
    }

    /// <summary>Runs until the other end closes the connection, or <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (!_ending)
        {
            var count = _epoll.Wait();
            for (var i = 0; i < count && !_ending; i++)
            {
                if (_epoll[i].Tag == OrderTag)
                    TakeOrder();
                else
                    TakeWhatHappened();
            }
        }
    }

    /// <summary>May be called from any thread.</summary>
    public void Stop() => Post(() => _ending = true);

    /// <summary>Everybody goes, and what they held down is released first, as far as their guests take it in the time for it.</summary>
    public void Dispose()
    {
        _socketEntrance?.Dispose();
        _tcpEntrance?.Dispose();
        _end.Cancel();
        Task.WhenAll(_served.Keys).Wait(2 * _limits.Leaving);
        _orders.Dispose();
        _epoll.Dispose();
    }

    private void Post(Action happened)
    {
        _posted.Enqueue(happened);
        _wake.Signal();
    }

    private void TakeWhatHappened()
    {
        _wake.Clear();
        while (_posted.TryDequeue(out var happened))
            happened();
    }

    private void TakeOrder()
    {
        var length = _orders.TryReceive(_packet, out var passed);
        using (passed)
        {
            if (length is null)
                return;
            if (length == 0)
            {
                _ending = true;
                return;
            }

            try
            {
                var order = JsonSerializer.Deserialize(_packet.AsSpan(0, length.Value), RemoteJson.Default.RemoteOrder) ?? throw new JsonException("null");
                Follow(order, passed);
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException)
            {
                Refuse($"could not understand an order: {exception.Message}");
            }
        }
    }

    private void Follow(RemoteOrder order, FileDescriptor? passed)
    {
        switch (order)
        {
            case OpenDoor open:
                Open(open, passed);
                break;
            case LetIn letIn:
                LetIn(letIn, passed);
                break;
            case TurnAway away:
                Answer(away.Viewer, new Admission.Nothing(away.Sentence));
                break;
            case SetViewOnly set:
                SetViewOnly(set.ViewOnly);
                break;
            case EndViewers:
                // Whoever waits for an answer gets that of now.
                foreach (var viewer in _viewers.Values.Where(viewer => viewer.Guest is not null))
                    viewer.End();
                break;
            case TellDoor:
                Tell(new DoorState(
                    _settings?.Seat ?? "", _listen, _viewOnly,
                    _viewers.Values.Where(viewer => viewer.HasCome).Select(viewer => new ViewerCame(viewer.Number, viewer.From, viewer.Guest!)).ToValueList()));
                break;
        }
    }

    private void Open(OpenDoor open, FileDescriptor? passed)
    {
        Socket? socket = null;
        if (_socketEntrance is null)
        {
            if (passed is null)
            {
                Refuse($"could not open the door of seat '{open.Seat}': no socket to listen at came with the order");
                return;
            }

            try
            {
                socket = DoorSockets.Take(passed, isListening: true);
            }
            catch (Exception exception) when (exception is SocketException or LinuxException)
            {
                Refuse($"could not open the door of seat '{open.Seat}': {exception.Message}");
                return;
            }
        }

        string? problem = null;
        SslStreamCertificateContext? certificate = null;
        if (open.Listen is not null)
            (certificate, problem) = ReadCertificate(open);
        var isNew = _settings is null;
        _settings = new(open.Seat, open.Users, open.User, open.Password, certificate);
        SetViewOnly(open.ViewOnly);
        problem ??= ListenAt(open);
        if (socket is not null)
        {
            _socketEntrance = new(socket, _limits.Callers, (connection, greeted) => Serve(connection, isTcp: false, greeted), exception => Post(() =>
            {
                _socketEntrance?.Dispose();
                _socketEntrance = null;
                Refuse(DoorSockets.Sentence(exception, $"could not take further viewers at the socket of seat '{open.Seat}'"));
            }));
        }

        Log.Info($"seat {open.Seat} has its door {(isNew ? "open" : "as it is told now")}, at its socket{(_listen is null ? "" : $" and at {_listen}")}{(open.ViewOnly ? ", to look alone" : "")}");
        Tell(new DoorOpened(open.Seat));
        // Told after: the door is open, at its socket, and this is what it lacks.
        if (problem is not null)
            Refuse(problem);
    }

    private static (SslStreamCertificateContext? Certificate, string? Problem) ReadCertificate(OpenDoor open)
    {
        if (open.Certificate is null)
            return (null, $"could not listen at {open.Listen} for seat {open.Seat}: no certificate came with the order");
        try
        {
            return (DoorCertificate.Read(open.Certificate), null);
        }
        catch (CryptographicException exception)
        {
            return (null, $"could not listen at {open.Listen} for seat {open.Seat}: its certificate cannot be used: {exception.Message}; name another one in remote.certificate");
        }
    }

    /// <returns>Why it does not listen where it should.</returns>
    private string? ListenAt(OpenDoor open)
    {
        var wanted = _settings!.Certificate is null ? null : open.Listen;
        if (wanted == _listen)
            return null;
        _tcpEntrance?.Dispose();
        (_tcpEntrance, _listen) = (null, null);
        if (wanted is null)
            return null;
        if (!IPEndPoint.TryParse(wanted, out var address) || address.Port == 0)
            return $"could not listen at {wanted} for seat {open.Seat}: it is no address with a port, as 0.0.0.0:5901 is; write such a one in remote.listen";
        try
        {
            Entrance? entrance = null;
            entrance = new(DoorSockets.Listen(address), _limits.Callers, (connection, greeted) => Serve(connection, isTcp: true, greeted), exception => Post(() =>
            {
                if (_tcpEntrance != entrance)
                    return;
                _tcpEntrance?.Dispose();
                (_tcpEntrance, _listen) = (null, null);
                Refuse(DoorSockets.Sentence(exception, $"could not take further viewers at {wanted} for seat {open.Seat}"));
            }));
            (_tcpEntrance, _listen) = (entrance, wanted);
            return null;
        }
        catch (SocketException exception)
        {
            return $"{DoorSockets.Sentence(exception, $"could not listen at {wanted} for seat {open.Seat}")}; {Advice((Errno)exception.NativeErrorCode)} in remote.listen";
        }
    }

    private static string Advice(Errno errno) => errno switch
    {
        Errno.EADDRNOTAVAIL => "choose an address of this PC, or 0.0.0.0,",
        Errno.EACCES => "choose a port above 1023",
        _ => "choose another port",
    };

    private void LetIn(LetIn letIn, FileDescriptor? passed)
    {
        Socket display;
        try
        {
            display = DoorSockets.Take(passed ?? throw new RfbException("no socket to its display came with the order"), isListening: false);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            Answer(letIn.Viewer, new Admission.Nothing($"The display of guest '{letIn.Guest}' cannot be shown: {exception.Message}."));
            Refuse($"could not show viewer {letIn.Viewer} guest '{letIn.Guest}': {exception.Message}");
            return;
        }

        if (!Answer(letIn.Viewer, new Admission.Guest(letIn.Guest, display)))
            display.Dispose();
    }

    // Who has left meanwhile, or was told that nobody answers, needs no answer.
    private bool Answer(int number, Admission answer) => _viewers.TryGetValue(number, out var viewer) && viewer.Answer(answer);

    private void SetViewOnly(bool viewOnly)
    {
        // What was sent before this is in the guest or on its way there, and released behind it; what is sent after goes nowhere.
        _viewOnly = viewOnly;
        if (!viewOnly)
            return;
        foreach (var viewer in _viewers.Values)
            _ = viewer.ReleaseAsync();
    }

    private void Serve(Socket socket, bool isTcp, Action greeted)
    {
        var served = ServeAsync(socket, isTcp, greeted);
        _served[served] = true;
        // Behind the line above: what has ended already is taken out at once.
        _ = served.ContinueWith(
            ended =>
            {
                _served.TryRemove(ended, out _);
                if (ended.Exception is { InnerException: var exception })
                    Log.Error($"a viewer was lost: {exception}");
            },
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket, bool isTcp, Action greeted)
    {
        // Whoever accepts does not wait for what follows.
        await Task.Yield();
        var from = "somebody";
        Stream? stream = null;
        try
        {
            var settings = _settings!;
            if (isTcp)
            {
                DoorSockets.SetUpViewer(socket, _limits.Stall);
                from = DoorSockets.Name(socket);
                stream = new NetworkStream(socket);
                stream = await _greeting.OverTcpAsync(stream, settings, _end.Token);
            }
            else
            {
                var peer = PeerCredentials.Of(socket.SafeHandle);
                from = $"user {peer.Uid}";
                stream = new NetworkStream(socket);
                await _greeting.AtSocketAsync(stream, peer, settings, _end.Token);
            }

            greeted();
            await StayAsync(stream, from, settings.Seat);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            Log.Info($"{from} did not come in: {Reason(exception)}");
        }
        finally
        {
            greeted();
            if (stream is not null)
                await stream.LeaveAsync(_limits.Leaving);
            socket.Dispose();
        }
    }

    private async Task StayAsync(Stream stream, string from, string seat)
    {
        var viewer = new Viewer(Interlocked.Increment(ref _lastViewer), from, () => _viewOnly, _limits);
        Post(() => Asks(viewer, seat));
        string reason;
        try
        {
            reason = await viewer.StayAsync(stream, () => Post(() => Came(viewer)), _end.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            reason = Reason(exception);
        }

        Post(() => Gone(viewer, reason));
    }

    private static string Reason(Exception exception) => exception switch
    {
        EndOfStreamException => "it has left",
        OperationCanceledException => "it was sent away",
        _ => exception.Message,
    };

    private void Asks(Viewer viewer, string seat)
    {
        if (_viewers.Count >= _limits.Viewers)
        {
            viewer.Answer(new Admission.Nothing($"Seat '{seat}' has {_viewers.Count} viewers already: no more can see it at once."));
            return;
        }

        _viewers.Add(viewer.Number, viewer);
        Tell(new ViewerAsks(viewer.Number, viewer.From));
    }

    private void Came(Viewer viewer)
    {
        viewer.HasCome = true;
        Log.Info($"viewer {viewer.Number} ({viewer.From}) sees guest '{viewer.Guest}'");
        Tell(new ViewerCame(viewer.Number, viewer.From, viewer.Guest!));
    }

    private void Gone(Viewer viewer, string reason)
    {
        Log.Info($"viewer {viewer.Number} ({viewer.From}) has gone: {reason}");
        if (_viewers.Remove(viewer.Number))
            Tell(new ViewerGone(viewer.Number));
        viewer.Dispose();
    }

    private void Refuse(string sentence)
    {
        Log.Warning(sentence);
        Tell(new DoorRefused(sentence));
    }

    // Whoever does not read what it is told misses it: a door does not wait for its manager, which asks for all when it is back.
    private void Tell(RemoteNotice notice) => _orders.TrySend(JsonSerializer.SerializeToUtf8Bytes(notice, RemoteJson.Default.RemoteNotice));
}
