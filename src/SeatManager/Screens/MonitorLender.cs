using System.Text.Json;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>
/// Lends monitors to presenters: of the host's cards, and those that a desktop leases, or shows a window on. The cards, and a copy of each connection, are kept by the service manager too: leases end
/// with their card, and a presenter with the last copy of its connection, so no picture goes with this process. What is shown is asked of the
/// presenters by the next one.
/// </summary>
/// <param name="presenters">The socket at which a connection is a new presenter.</param>
/// <param name="keep">Has a copy of a descriptor kept under a name, and <paramref name="forget"/> drops it.</param>
internal sealed class MonitorLender(
    string presenters, Func<FileDescriptor, ILendingCard> card, Action<string, FileDescriptor> keep, Action<string> forget, Action<string> warn)
    : IDisposable
{
    /// <summary>For a presenter that is there; one that is started has to be loaded, and to set its monitor's mode, first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Start = TimeSpan.FromSeconds(20);

    /// <summary>A presenter lets go of its monitor at once, or after the frame that is under way; whoever hangs keeps others waiting no longer than this.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();

    /// <summary>One card is opened once, whoever waits for it.</summary>
    private readonly SemaphoreSlim _opening = new(1);

    /// <summary>By node, <c>card0</c>.</summary>
    private readonly Dictionary<string, ILendingCard> _cards = new(StringComparer.Ordinal);

    /// <summary>By connector.</summary>
    private readonly Dictionary<string, Lent> _lent = new(StringComparer.Ordinal);

    private IDisposable? _watch;

    /// <summary>Gives a monitor back to the desktop of that number.</summary>
    public Action<int, string> GiveBack { get; init; } = static (_, _) => { };

    /// <param name="Lessee">Of a lease of ours; 0 for a desktop's.</param>
    private sealed record Lent(LentScreen Screen, uint Lessee, ValueList<uint> Objects, PresenterConnection Presenter)
    {
        /// <summary>Ends when the presenter has taken the screen: with null, or with why it has not.</summary>
        public TaskCompletionSource<string?> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasTaken => Taken.Task is { IsCompleted: true, Result: null };

        /// <summary>It was told to end, and whoever told it takes the monitor back.</summary>
        public bool IsLeaving { get; init; }

        /// <summary>What it said of its end, where somebody else has taken the monitor back.</summary>
        public string? TakenBack { get; init; }
    }

    /// <summary>Told what is lent after each change, the newest last, on any thread; returns at once.</summary>
    public event Action<ValueList<LentScreen>>? Changed;

    /// <summary>Tells it now, for who could not hear of a change before.</summary>
    public void Tell()
    {
        lock (_gate)
            Changed?.Invoke(Screens);
    }

    public ValueList<LentScreen> Screens
    {
        get
        {
            lock (_gate)
                return _lent.Values.Select(lent => lent.Screen).OrderBy(screen => screen.Connector, StringComparer.Ordinal).ToValueList();
        }
    }

    /// <summary>Goes on with what the service manager kept. A presenter that does not answer is ended; a card of which nothing is lent is closed.</summary>
    /// <param name="hasLent">Whether a desktop still gives that.</param>
    public void Restore(IEnumerable<(string Name, FileDescriptor Descriptor)> kept, Func<DesktopLoan, string, bool>? hasLent = null)
    {
        var all = kept.ToList();
        foreach (var (name, descriptor) in all.Where(one => StoredName.IsCard(one.Name)))
            _cards[name] = card(descriptor);
        foreach (var (name, descriptor) in all.Where(one => !StoredName.IsCard(one.Name)))
        {
            if (StoredName.Loan(name) is ({ } given, { } loan) && hasLent?.Invoke(loan, given) == true)
            {
                Restore(name, descriptor, given, 0, loan, () => GiveBack(loan.Desktop, given));
                continue;
            }

            if (StoredName.Screen(name) is not ({ } connector, var lessee) || !_cards.TryGetValue(StoredName.NodeOf(connector), out var of))
            {
                forget(name);
                descriptor.Dispose();
                continue;
            }

            Restore(name, descriptor, connector, lessee, null, () => of.TakeBack(lessee));
        }

        foreach (var node in _cards.Keys.ToList())
            CloseIfIdle(node);
    }

    private void Restore(string name, FileDescriptor descriptor, string connector, uint lessee, DesktopLoan? loan, Action takeBack)
    {
        var presenter = new PresenterConnection(SeqPacketSocket.FromDescriptor(descriptor));
        try
        {
            var state = presenter.Ask(Patience);
            var lent = new Lent(new(state.Seat, connector)
            {
                Rotation = state.Rotation,
                Loan = loan,
                Guest = state.Guest,
                Head = state.Head is { } head ? new(head, 0, []) : null,
                Says = state.Status,
                Asks = state.Question,
            }, lessee, state.Objects, presenter);
            lent.Taken.SetResult(null);
            Add(lent);
        }
        catch (Exception failure) when (failure is LinuxException or JsonException)
        {
            warn($"Could not go on with the presenter at {connector}: {failure.Message}; another one takes its place.");
            forget(name);
            presenter.End();
            presenter.Dispose();
            takeBack();
        }
    }

    /// <summary>Has a presenter show on a monitor of a card of ours, and waits until it does.</summary>
    /// <param name="screen">The monitor, for whom, and how it stands.</param>
    /// <param name="open">Opens the card where none of its monitors is lent yet.</param>
    /// <exception cref="IOException">What could not be done, and why.</exception>
    public async Task LendAsync(LentScreen screen, Func<Task<FileDescriptor>> open, CancellationToken cancellation)
    {
        var node = StoredName.NodeOf(screen.Connector);
        Lent lent;
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            bool isOpen;
            lock (_gate)
                isOpen = _cards.ContainsKey(node);
            if (!isOpen)
            {
                var opened = card(await open().ConfigureAwait(false));
                lock (_gate)
                    _cards[node] = opened;
                keep(StoredName.OfCard(node), opened.Descriptor);
            }

            lent = await LendBeforeThePageAsync(screen, node).ConfigureAwait(false);
        }
        finally
        {
            CloseIfIdle(node);
            _opening.Release();
        }

        await UntilTakenAsync(lent, cancellation).ConfigureAwait(false);
    }

    /// <summary>Has a presenter show on a monitor that a desktop leases, or in a window on one of its own, and waits until it does.</summary>
    /// <param name="screen">The monitor, for whom, and how it stands.</param>
    /// <param name="give">Has the desktop give its lease, or a connection for the window.</param>
    /// <param name="objects">What a lease has; it fails where that is not one of that connector.</param>
    /// <exception cref="IOException">What could not be done, and why.</exception>
    public async Task LendAsync(
        LentScreen screen, DesktopLoan loan, Func<Task<FileDescriptor>> give, Func<FileDescriptor, string, ValueList<uint>> objects, CancellationToken cancellation)
    {
        var connector = screen.Connector;
        lock (_gate)
        {
            if (_lent.ContainsKey(connector))
                throw new LinuxException(Errno.EBUSY, $"{connector} is lent already");
        }

        Lent lent;
        using (var given = await give().ConfigureAwait(false))
        {
            try
            {
                var has = loan.IsWindow ? [] : objects(given, connector);
                PresenterOrder take = loan.IsWindow ? new TakeWindow(screen.Seat, connector[(StoredName.NodeOf(connector).Length + 1)..]) : Take(screen);
                lent = new(screen with { Loan = loan }, 0, has, Present(take, given, StoredName.OfLoan(connector, loan)));
            }
            catch
            {
                GiveBack(loan.Desktop, connector);
                throw;
            }
        }

        Add(lent);
        await UntilTakenAsync(lent, cancellation).ConfigureAwait(false);
    }

    /// <summary>A desktop has taken back what it had leased.</summary>
    public void OnEnded(int desktop, string connector)
    {
        lock (_gate)
        {
            if (!_lent.TryGetValue(connector, out var lent) || lent.Screen.Loan?.Desktop != desktop)
                return;
        }

        if (Remove(connector, presenter: null) is not { } ended)
            return;
        warn($"The desktop has taken the monitor at {connector} back.");
        ended.Presenter.Dispose();
        Tell();
    }

    public Task TakeBackAsync(string connector, CancellationToken cancellation) => TakeBackAsync(connector, presenter: null, cancellation);

    /// <param name="presenter">Null for any.</param>
    private async Task TakeBackAsync(string connector, PresenterConnection? presenter, CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!await LetGoAsync(connector, presenter).ConfigureAwait(false))
                return;
            CloseIfIdle(StoredName.NodeOf(connector));
        }
        finally
        {
            _opening.Release();
        }

        Tell();
    }

    /// <param name="display">A socket to the guest's display; stays the caller's.</param>
    public void Show(string connector, string guest, GuestHead? head, FileDescriptor display) => Change(
        connector, new ShowGuest(guest, head?.Number ?? 0) { IsOneOfSeveral = head is not null }, screen => screen with { Guest = guest, Head = head }, display);

    /// <summary>It is not known any more what a guest was told of its monitors.</summary>
    public void ForgetTold(string guest)
    {
        lock (_gate)
        {
            foreach (var (connector, lent) in _lent.Where(one => one.Value.Screen is { Head: not null } screen && screen.Guest == guest).ToList())
                _lent[connector] = lent with { Screen = lent.Screen with { Head = lent.Screen.Head! with { On = [] } } };
        }

        Tell();
    }

    public void Turn(string connector, Rotation rotation) => Change(connector, new TurnScreen(rotation), screen => screen with { Rotation = rotation });

    public void ShowNothing(string connector) => Change(connector, new ShowNoGuest(), screen => screen with { Guest = null, Head = null });

    public void Say(string connector, ShowStatus words) => Change(connector, words, screen => screen with { Says = words, Asks = null });

    public void Ask(string connector, AskWhoIsThere question) => Change(connector, question, screen => screen with { Says = null, Asks = question });

    /// <summary>Has a monitor show a notice, where it is lent. What can't be shown is no loss: the status says it too.</summary>
    public void Notify(string at, ShowNotice notice) =>
        OrderEach(lent => lent.Screen.Connector == at, notice, connector => $"Could not show a notice on {connector}");

    /// <summary>Has each presenter look at its monitor whenever a card tells of a change at its connectors.</summary>
    public void Watch(Func<Action, IDisposable> cards) => _watch = cards(LookAtMonitors);

    /// <summary>Has the cards that are lent of look at their connectors, so that sysfs says what is plugged in.</summary>
    public void LookAtConnectors()
    {
        lock (_gate)
        {
            foreach (var (node, of) in _cards)
            {
                try
                {
                    of.Look();
                }
                catch (LinuxException failure)
                {
                    warn($"Could not look at the connectors of {node}: {failure.Message}; a monitor that was plugged in or pulled may not be seen.");
                }
            }
        }
    }

    private void LookAtMonitors() => OrderEach(_ => true, new LookAtMonitor(), connector => $"Could not have the presenter at {connector} look at its monitor");

    /// <summary>What one of them can't be told is no reason to leave out the others.</summary>
    private void OrderEach(Func<Lent, bool> which, PresenterOrder order, Func<string, string> couldNot)
    {
        List<Lent> told;
        lock (_gate)
            told = [.. _lent.Values.Where(lent => !lent.IsLeaving && which(lent))];
        foreach (var lent in told)
        {
            try
            {
                lent.Presenter.Order(order);
            }
            catch (LinuxException failure)
            {
                warn($"{couldNot(lent.Screen.Connector)}: {failure.Message}");
            }
        }
    }

    /// <summary>What is lent stays lent: the service manager has it.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        List<IDisposable> all;
        lock (_gate)
            all = [.. _lent.Values.Select(lent => lent.Presenter), .. _cards.Values];
        foreach (var one in all)
            one.Dispose();
        _opening.Dispose();
    }

    /// <summary>Of a card that can drive no further monitor, a seat gets what the host's own page has.</summary>
    private async Task<Lent> LendBeforeThePageAsync(LentScreen screen, string node)
    {
        while (true)
        {
            var page = screen.Seat == Step.Host ? null : PageOn(node);
            try
            {
                return Lend(screen, node);
            }
            catch (LinuxException full) when (full.Errno == Errno.ENOSPC && page is not null)
            {
                await LetGoAsync(page).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The last of a card's connectors at which the host's own page is; null for none.</summary>
    private string? PageOn(string node)
    {
        lock (_gate)
            return _lent.Where(lent => lent.Value.Screen.Seat == Step.Host && StoredName.NodeOf(lent.Key) == node).Select(lent => lent.Key).Max(StringComparer.Ordinal);
    }

    private Lent Lend(LentScreen screen, string node)
    {
        Lent lent;
        var connector = screen.Connector;
        lock (_gate)
        {
            if (_lent.ContainsKey(connector))
                throw new LinuxException(Errno.EBUSY, $"{connector} is lent already");
            var of = _cards[node];
            using var lease = of.Lend(connector[(node.Length + 1)..], _lent.Values.Where(other => StoredName.NodeOf(other.Screen.Connector) == node).SelectMany(other => other.Objects).ToHashSet());
            try
            {
                lent = new(screen, lease.Lessee, lease.Objects, Present(Take(screen), lease.Descriptor, StoredName.OfScreen(connector, lease.Lessee)));
            }
            catch
            {
                of.TakeBack(lease.Lessee);
                throw;
            }
        }

        Add(lent);
        return lent;
    }

    /// <summary>A monitor whose presenter does not take it is lent to none: it would stay dark, and nobody say why.</summary>
    private async Task UntilTakenAsync(Lent lent, CancellationToken cancellation)
    {
        try
        {
            if (await lent.Taken.Task.WaitAsync(Start, cancellation).ConfigureAwait(false) is { } refusal)
                throw new IOException(refusal);
        }
        catch (TimeoutException)
        {
            throw new LinuxException(Errno.ETIMEDOUT, $"its presenter did not take it within {Start.TotalSeconds:0} s; see: journalctl -u 'phyllome-presenter@*'");
        }
        finally
        {
            if (lent.WasTaken)
                Tell();
            else
                await TakeBackAsync(lent.Screen.Connector, lent.Presenter, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static TakeScreen Take(LentScreen screen) => new(screen.Seat) { Rotation = screen.Rotation };

    /// <summary>A new presenter, which has the lease, or the connection for a window.</summary>
    /// <param name="name">Under which its connection is kept.</param>
    private PresenterConnection Present(PresenterOrder take, FileDescriptor given, string name)
    {
        PresenterConnection? presenter = null;
        try
        {
            presenter = new(SeqPacketSocket.Connect(presenters));
            presenter.Order(take, given);
            keep(name, presenter.Descriptor);
            return presenter;
        }
        catch
        {
            presenter?.End();
            presenter?.Dispose();
            throw;
        }
    }

    private void Add(Lent lent)
    {
        lock (_gate)
            _lent[lent.Screen.Connector] = lent;
        lent.Presenter.Listen(notice => OnNotice(lent.Screen.Connector, lent.Presenter, notice), () => OnLost(lent.Screen.Connector, lent.Presenter));
    }

    private void OnNotice(string connector, PresenterConnection presenter, PresenterNotice notice)
    {
        switch (notice)
        {
            case GuestGone gone:
                lock (_gate)
                {
                    if (Find(connector, presenter) is not { } lent || lent.Screen.Guest != gone.Guest)
                        return;
                    _lent[connector] = lent with { Screen = lent.Screen with { Guest = null, Head = null } };
                }

                Tell();
                break;
            case ScreenTaken:
                Find(connector, presenter)?.Taken.TrySetResult(null);
                break;
            case OrderRefused refused when Find(connector, presenter)?.Taken.TrySetResult(refused.Sentence) == true:
                // The step fails by it, which is said.
                break;
            case OrderRefused refused:
                warn($"The presenter at {connector}: {refused.Sentence}.");
                break;
            case ScreenTakenBack taken:
                lock (_gate)
                {
                    if (Find(connector, presenter) is { } lent)
                        _lent[connector] = lent with { TakenBack = taken.Sentence };
                }

                break;
        }
    }

    private void OnLost(string connector, PresenterConnection presenter)
    {
        // Of one that has not taken the screen it is the step's failure, and who waits for it takes the monitor back.
        if (Find(connector, presenter) is not { IsLeaving: false } known)
            return;
        known.Taken.TrySetResult(known.TakenBack ?? "its presenter has ended before it showed anything; see: journalctl -u 'phyllome-presenter@*'");
        if (!known.WasTaken || Remove(connector, presenter) is not { } lost)
            return;
        warn(lost.TakenBack is { } sentence
            ? $"The monitor at {connector} was taken back from its presenter: {sentence}."
            : $"The presenter at {connector} has ended; another one takes its place. See: journalctl -u 'phyllome-presenter@*'.");
        presenter.Dispose();
        Tell();
    }

    /// <summary>The presenter lets go of its monitor, and then its lease is ended: to one that draws meanwhile the kernel says that there is no such monitor (ENOENT).</summary>
    /// <param name="presenter">Null for any.</param>
    /// <returns>Whether it was lent.</returns>
    private async Task<bool> LetGoAsync(string connector, PresenterConnection? presenter = null)
    {
        Lent? lent;
        lock (_gate)
        {
            lent = Find(connector, presenter);
            if (lent is null)
                return false;
            _lent[connector] = lent with { IsLeaving = true };
        }

        if (!await lent.Presenter.LeaveAsync(Leaving).ConfigureAwait(false))
            warn($"The presenter at {connector} did not let go of its monitor within {Leaving.TotalSeconds:0} s: it is taken from it.");
        Remove(connector, lent.Presenter)?.Presenter.Dispose();
        return true;
    }

    /// <param name="presenter">Null for any.</param>
    private Lent? Find(string connector, PresenterConnection? presenter)
    {
        lock (_gate)
            return _lent.TryGetValue(connector, out var lent) && (presenter is null || lent.Presenter == presenter) ? lent : null;
    }

    /// <summary>The lease is ended here: one whose process was killed has it until the kernel has closed all that it had.</summary>
    /// <param name="presenter">Null for any.</param>
    private Lent? Remove(string connector, PresenterConnection? presenter)
    {
        Lent? lent;
        lock (_gate)
        {
            lent = Find(connector, presenter);
            if (lent is null)
                return null;
            _lent.Remove(connector);
            lent.Presenter.End();
            try
            {
                if (lent.Screen.Loan is { } loan)
                    GiveBack(loan.Desktop, connector);
                else
                    _cards[StoredName.NodeOf(connector)].TakeBack(lent.Lessee);
            }
            catch (LinuxException failure)
            {
                warn($"Could not take {connector} back: {failure.Message}.");
            }
        }

        lent.Taken.TrySetResult("the monitor was taken from its presenter before it showed anything");
        forget(lent.Screen.Loan is { } of ? StoredName.OfLoan(connector, of) : StoredName.OfScreen(connector, lent.Lessee));
        return lent;
    }

    private void CloseIfIdle(string node)
    {
        ILendingCard? idle = null;
        lock (_gate)
        {
            if (_lent.All(one => one.Value.Screen.Loan is not null || StoredName.NodeOf(one.Key) != node))
                _cards.Remove(node, out idle);
        }

        if (idle is null)
            return;
        forget(StoredName.OfCard(node));
        idle.Dispose();
    }

    private void Change(string connector, PresenterOrder order, Func<LentScreen, LentScreen> change, FileDescriptor? passed = null)
    {
        lock (_gate)
        {
            if (!_lent.TryGetValue(connector, out var lent))
                throw new LinuxException(Errno.ENOENT, $"{connector} is not lent");
            lent.Presenter.Order(order, passed);
            _lent[connector] = lent with { Screen = change(lent.Screen) };
        }

        Tell();
    }
}
