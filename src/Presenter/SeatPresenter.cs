using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Guests;
using Phyllome.Seats.Presenter.Screen;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Presenter;

/// <summary>The loop: orders from the connection, pictures from the guest, flips from the card, each on one thread.</summary>
internal sealed class SeatPresenter : IDisposable
{
    private const ulong WakeTag = 0, OrderTag = 1, CardTag = 2, TimerTag = 3;

    private readonly SeqPacketSocket _orders;
    private readonly Func<FileDescriptor, Rotation, IScreen> _leased;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly TimerFd _timer = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private string _seat = "";
    private ShowStatus _status = new("", []);
    private AskWhoIsThere? _question;
    private IScreen? _screen;
    private ShownGuest? _guest;
    private Picture? _shown;
    private readonly HeldFrames _frames = new();

    /// <summary>The guest's buffer that is shown in the place of <see cref="_shown"/>, and where; or why its newest one can't be.</summary>
    private (GuestBuffer Buffer, Placement Placement)? _buffer;
    private IReadOnlyList<string> _refusal = [];
    private (Pointer Pointer, Area Area)? _drawnPointer;
    private readonly NoticeBoard _notices = new((notice, width, height) => NoticeDrawing.Draw(notice, width, height, BitmapFont.Own));
    private NoticePanel? _drawnNotice;
    private bool _ending;

    /// <param name="leased">A screen by a lease, which is its own.</param>
    public SeatPresenter(SeqPacketSocket orders, Func<FileDescriptor, Rotation, IScreen>? leased = null)
    {
        _orders = orders;
        _leased = leased ?? ((lease, rotation) => new SeatScreen(lease, rotation));
        _epoll.Add(_wake.Descriptor, PollEvents.In, WakeTag);
        _epoll.Add(_orders.Descriptor, PollEvents.In, OrderTag);
        _epoll.Add(_timer.Descriptor, PollEvents.In, TimerTag);
    }

    /// <param name="IsOneOfSeveral">As <see cref="ShowGuest.IsOneOfSeveral"/>.</param>
    private sealed record ShownGuest(string Name, int Head, bool IsOneOfSeveral, GuestScreen Screen)
    {
        public GuestDisplay? Display { get; set; }

        /// <summary>The size that was told last.</summary>
        public (int Width, int Height)? Told { get; set; }
    }

    /// <summary>Microseconds of CLOCK_MONOTONIC, which is what Stopwatch reads on Linux.</summary>
    private static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    /// <summary>Runs until the other end sends nothing more, the screen is taken back, or <see cref="Stop"/>.</summary>
    /// <exception cref="LinuxException">Nothing can be shown any more, though the screen was not taken back.</exception>
    public void Run()
    {
        try
        {
            Loop();
        }
        catch (LinuxException) when (_screen?.TakenBack is { } sentence)
        {
            Log.Info($"seat {_seat} is not shown on {_screen.Name} any more: {sentence}");
            Tell(new ScreenTakenBack(sentence));
        }
    }

    private void Loop()
    {
        while (!_ending)
        {
            _timer.Set(Earlier(Earlier(_screen?.CommitAt(Now), _notices.Until), _frames.Until));
            var count = _epoll.Wait();
            for (var i = 0; i < count && !_ending; i++)
            {
                switch (_epoll[i].Tag)
                {
                    case WakeTag:
                        _wake.Clear();
                        TakeWhatHappened();
                        break;
                    case OrderTag:
                        TakeOrder();
                        break;
                    case CardTag:
                        if (_screen!.ReadFlips())
                            _frames.Flipped();
                        if (_screen.HasChanged)
                            Look(tellAnyway: false);
                        break;
                    default:
                        _timer.Clear();
                        break;
                }
            }

            _frames.Expire(Now);
            if (_notices.Expire(Now) is { Count: > 0 } over)
                DrawNotice(over);
            if (_screen is { } screen && screen.CommitAt(Now) <= Now)
                Commit(screen);
        }
    }

    /// <summary>May be called from any thread.</summary>
    public void Stop() => Post(() => _ending = true);

    public void Dispose()
    {
        _screen?.Dispose();
        _epoll.Dispose();
        _timer.Dispose();
        // Whoever takes the monitor back waits for this, and not for this process: the service manager has a copy of the connection for as long.
        _orders.ShutDown();
        _orders.Dispose();
    }

    private void Post(Action happened)
    {
        _posted.Enqueue(happened);
        _wake.Signal();
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
                var order = JsonSerializer.Deserialize(_packet.AsSpan(0, length.Value), PresentingJson.Default.PresenterOrder) ?? throw new JsonException("null");
                Follow(order, passed);
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException)
            {
                Refuse($"could not understand an order: {exception.Message}");
            }
            catch (IOException exception) when (_screen?.TakenBack is null)
            {
                Refuse(exception.Message);
            }
        }
    }

    private void Follow(PresenterOrder order, FileDescriptor? passed)
    {
        switch (order)
        {
            case TakeScreen take when passed is null:
                Refuse($"could not take the screen of seat '{take.Seat}': no lease came with the order");
                break;
            case TakeScreen take when _screen is not null:
                Refuse($"could not take another screen for seat '{take.Seat}': this presenter has one");
                break;
            case TakeScreen take:
                _seat = take.Seat;
                // Both hold the descriptor; what came with the order is closed at its end.
                _screen = _leased(passed.Duplicate(), take.Rotation);
                _epoll.Add(_screen.Descriptor, PollEvents.In, CardTag);
                Look(tellAnyway: true);
                break;
            case TakeWindow take when passed is null || _screen is not null:
                Refuse($"could not take a window for seat '{take.Seat}': {(passed is null ? "no connection to a desktop came with the order" : "this presenter has a screen")}");
                break;
            case TakeWindow take:
                _seat = take.Seat;
                _screen = new WindowScreen(passed.Duplicate(), take.Output);
                _epoll.Add(_screen.Descriptor, PollEvents.In, CardTag);
                break;
            case TurnScreen turn:
                if (_screen?.Turn(turn.Rotation) == true)
                    ShowAnew(_screen);
                break;
            case LookAtMonitor:
                Look(tellAnyway: false);
                break;
            case ShowGuest show when passed is null:
                Refuse($"could not show guest '{show.Guest}': no socket to its display came with the order");
                break;
            case ShowGuest { IsOneOfSeveral: true } show when _guest is { IsOneOfSeveral: true, Display: { } display } shown && (shown.Name, shown.Head) == (show.Guest, show.Head):
                _ = ReachAsync(shown, display, passed.Duplicate());
                break;
            case ShowGuest show:
                LeaveGuest();
                var guest = _guest = new(show.Guest, show.Head, show.IsOneOfSeveral, new(_wake));
                _ = ConnectAsync(guest, passed.Duplicate());
                ShowWhatIsThere();
                break;
            case ShowNoGuest:
                LeaveGuest();
                ShowWhatIsThere();
                break;
            case ShowStatus status:
                (_status, _question) = (status, null);
                // Of a picture nothing is drawn anew for words that are behind it.
                if (_guest?.Told is null)
                    ShowWhatIsThere();
                break;
            case AskWhoIsThere question:
                _question = question;
                if (_guest?.Told is null)
                    ShowWhatIsThere();
                break;
            case ShowNotice notice when _screen is { Seen: { } seen }:
                DrawNotice(_notices.Put(notice, seen.Width, seen.Height, Now));
                break;
            case ShowNotice:
                // Nobody could see it, and it is of no use later.
                break;
            case TellAll:
                Tell(new ScreenState(_seat, _guest?.Name, _status, _screen?.Objects.ToValueList() ?? []) { Question = _question, Rotation = _screen?.Rotation ?? Rotation.None, Head = _guest is { IsOneOfSeveral: true, Head: var head } ? head : null });
                break;
        }
    }

    private void Look(bool tellAnyway)
    {
        if (_screen is not { } screen)
            return;
        var isAnother = screen.LookAtMonitor();
        if (isAnother)
            ShowAnew(screen);
        if (!isAnother && !tellAnyway)
            return;
        Tell(new ScreenTaken(screen.Name, screen.Mode?.Width ?? 0, screen.Mode?.Height ?? 0, screen.Mode?.RefreshMillihertz ?? 0));
        Log.Info($"seat {_seat} is shown on {screen.Name}, {screen.Told}");
    }

    /// <summary>All is drawn for a screen that is another one than before.</summary>
    private void ShowAnew(IScreen screen)
    {
        _shown = null;
        _buffer = null;
        _refusal = [];
        _drawnPointer = null;
        _frames.LetGo();
        if (_guest?.Display is { } display)
            _ = TellMonitorAsync(display);
        if (screen.Seen is { } seen)
            _notices.Fit(seen.Width, seen.Height);
        DrawNotice([]);
        ShowWhatIsThere();
        // The pointer, too.
        TakeWhatHappened();
    }

    private async Task ReachAsync(ShownGuest guest, GuestDisplay display, FileDescriptor socket)
    {
        try
        {
            await display.ReachAsync(socket);
            Post(() =>
            {
                if (_guest == guest)
                    _ = TellMonitorAsync(display);
            });
        }
        catch (Exception exception) when (exception is BusException or IOException)
        {
            // It shows on; whoever gave the socket gives another one.
            Log.Warning($"could not reach the display of guest '{guest.Name}': {exception.Message}");
        }
    }

    private async Task ConnectAsync(ShownGuest guest, FileDescriptor socket)
    {
        try
        {
            var display = await GuestDisplay.ConnectAsync(socket, guest.Head, guest.Screen, guest.IsOneOfSeveral);
            Post(() =>
            {
                guest.Display = display;
                if (_guest != guest)
                    _ = display.DisposeAsync().AsTask();
                else
                    _ = TellMonitorAsync(display);
            });
            var reason = await display.Gone;
            Post(() => GuestIsGone(guest, reason));
        }
        catch (Exception exception) when (exception is BusException or IOException)
        {
            Post(() => GuestIsGone(guest, exception.Message));
        }
    }

    private async Task TellMonitorAsync(GuestDisplay display)
    {
        if (_screen is not { Seen: { } seen, Millimetres: var millimetres })
            return;
        try
        {
            await display.TellMonitorAsync(seen.Width, seen.Height, millimetres.Width, millimetres.Height);
        }
        catch (BusException exception)
        {
            // A guest's card without a way to hear of its monitor keeps its own size, and is shown in the middle.
            Log.Warning($"could not tell the guest of its monitor: {exception.Message}");
        }
    }

    private void GuestIsGone(ShownGuest guest, string reason)
    {
        if (_guest != guest)
            return;
        LeaveGuest();
        ShowWhatIsThere();
        Log.Info($"guest '{guest.Name}' is not shown any more: {reason}");
        Tell(new GuestGone(guest.Name, reason));
    }

    private void LeaveGuest()
    {
        if (_guest?.Display is { } display)
            _ = display.DisposeAsync().AsTask();
        _guest?.Screen.Leave();
        _frames.LetGo();
        _guest = null;
    }

    private void TakeWhatHappened()
    {
        while (_posted.TryDequeue(out var happened))
            happened();
        if (_guest is not { } guest)
            return;
        // Before the change is taken, which has them all then.
        var frames = guest.Screen.TakeFrames();
        if (_screen is not { Seen: { } seen } screen)
        {
            _frames.Hold(frames, Now + HeldFrames.Unseen);
            return;
        }

        var change = guest.Screen.Take();
        if (change.Replaced)
            ShowWhatIsThere(change);
        _frames.Hold(frames, Now + (_buffer is null ? HeldFrames.Unseen : HeldFrames.Longest));
        if (_buffer is { } buffer)
        {
            if (frames.Count > 0)
                screen.FrameCame();
            var at = change.PointerAt is { } place ? buffer.Placement.ToScreen(place.X, place.Y) : default;
            MovePointer(screen, change.PointerAt is null ? null : change.Pointer, at.X, at.Y);
            IsShown(guest, buffer.Buffer.Part.Width, buffer.Buffer.Part.Height);
            return;
        }

        if (change.Picture is not { } picture || picture != _shown)
            return;
        var (left, top) = picture.Place(seen.Width, seen.Height);
        foreach (var area in change.Changed)
            screen.Changed(area.Moved(left, top));
        MovePointer(screen, change.PointerAt is null ? null : change.Pointer, left + (change.PointerAt?.X ?? 0), top + (change.PointerAt?.Y ?? 0));
        IsShown(guest, picture.Width, picture.Height);
    }

    private void IsShown(ShownGuest guest, int width, int height)
    {
        if (guest.Told == (width, height))
            return;
        guest.Told = (width, height);
        Tell(new GuestShown(guest.Name, width, height));
    }

    /// <summary>The guest's picture where there is one, else the status screen.</summary>
    private void ShowWhatIsThere(GuestChange? change = null)
    {
        if (_screen is not { Seen: { } seen } screen)
            return;
        change ??= _guest?.Screen.Take();
        var before = _shown;
        var refused = _refusal;
        if (change?.Buffer is { } buffer && ShowsBuffer(screen, _guest!, buffer))
        {
            _shown = null;
        }
        else if (change?.Buffer is not null && _refusal.Count > 0 && ReferenceEquals(refused, _refusal))
        {
            // As each of its frames is: it is on the screen why.
            return;
        }
        else
        {
            if (change?.Buffer is null)
                _refusal = [];
            _buffer = null;
            screen.ShowOwn();
            IReadOnlyList<string> faults = change?.Fault is { } fault ? [fault] : _refusal;
            _shown = change?.Picture ?? (_question is { } question && faults.Count == 0
                ? new IdentifyScreen(question.Screen, question.Code).Draw(seen.Width, seen.Height, BitmapFont.Own)
                : Status(faults).Draw(seen.Width, seen.Height, BitmapFont.Own));
        }

        if (_buffer is null && change?.Picture is null)
            MovePointer(screen, null, 0, 0);
        // A picture is larger than all else here, and would stay in memory until something needs the room.
        if (before is not null && before != _shown)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        if (_buffer is null)
            screen.Changed(new(0, 0, seen.Width, seen.Height));
    }

    /// <param name="faults">Why the guest's picture can't be shown; none where it can.</param>
    private StatusScreen Status(IReadOnlyList<string> faults) => faults.Count > 0
        ? new(_status.Title ?? _seat, $"Guest '{_guest!.Name}' can't be shown.", faults)
        : new(_status.Title ?? _seat, _status.Heading, _status.Lines);

    /// <returns>False where a status screen is to say why not.</returns>
    private bool ShowsBuffer(IScreen screen, ShownGuest guest, GuestBuffer buffer)
    {
        Placement? placement = null;
        IReadOnlyList<string> refusal = [];
        var isGone = false;
        // Within the guest's gate, as it closes a buffer that another one has followed.
        guest.Screen.Read(() =>
        {
            if (!(isGone = buffer.IsClosed))
                placement = screen.Show(buffer, out refusal);
        });
        if (placement is { } at)
        {
            (_buffer, _refusal) = ((buffer, at), []);
            return true;
        }

        // Of one that is gone nothing is to be said: the next change has the one that followed.
        if (isGone)
            return _buffer is not null;
        if (!refusal.SequenceEqual(_refusal))
        {
            _refusal = refusal;
            Log.Warning($"could not show guest '{guest.Name}': {string.Join(' ', refusal)}");
        }

        return false;
    }

    private void MovePointer(IScreen screen, Pointer? pointer, int x, int y)
    {
        var inPlane = screen.ShowPointer(pointer, x, y);
        (Pointer Pointer, Area Area)? drawn = inPlane || pointer is null ? null : (pointer, new(x, y, pointer.Width, pointer.Height));
        if (drawn == _drawnPointer)
            return;
        if (_drawnPointer is { } before)
            screen.Changed(before.Area);
        if (drawn is { } now)
            screen.Changed(now.Area);
        _drawnPointer = drawn;
    }

    /// <param name="changed">What of the screen looks other than before, where the notice is drawn into the picture.</param>
    private void DrawNotice(IReadOnlyList<Area> changed)
    {
        if (_screen is not { } screen || (changed.Count == 0 && _notices.Panel is null))
            return;
        var before = _drawnNotice;
        _drawnNotice = screen.ShowNotice(_notices.Panel) ? null : _notices.Panel;
        if (before is null && _drawnNotice is null)
            return;
        foreach (var area in changed)
            screen.Changed(area);
    }

    private void Commit(IScreen screen)
    {
        if (screen.Seen is not { } seen || (_shown is null && _buffer is null))
            return;
        Layers? layers = _shown is { } picture ? new(picture, _drawnNotice, _drawnPointer) : null;
        void Draw(Canvas canvas, Area area) => layers?.Draw(canvas, area);

        var isTaken = true;
        if (_guest is { } guest && _buffer is null)
            guest.Screen.Read(() => isTaken = screen.Commit(Draw));
        else
            isTaken = screen.Commit(Draw);
        if (isTaken)
        {
            _frames.Committed();
            return;
        }

        _refusal = [$"The card of {screen.Name} does not take its pictures any more.", "Take <gl> out of its display's definition."];
        Log.Warning($"could not show guest '{_guest!.Name}': {string.Join(' ', _refusal)}");
        _buffer = null;
        _frames.LetGo();
        _shown = Status(_refusal).Draw(seen.Width, seen.Height, BitmapFont.Own);
    }

    private static long? Earlier(long? one, long? other) => one is null || other < one ? other : one;

    private void Refuse(string sentence)
    {
        Log.Warning(sentence);
        Tell(new OrderRefused(sentence));
    }

    // Whoever does not read what it is told misses it: a screen does not wait for anyone.
    private void Tell(PresenterNotice notice) => _orders.TrySend(JsonSerializer.SerializeToUtf8Bytes(notice, PresentingJson.Default.PresenterNotice));
}
