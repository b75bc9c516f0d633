using System.Collections.Concurrent;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>What is known of the guests.</summary>
/// <param name="Guests">All of them; null while libvirt cannot be asked.</param>
/// <param name="Problem">Why libvirt cannot be asked, and when it is tried again; null while it can.</param>
public sealed record GuestsSeen(ValueList<Guest>? Guests, string? Problem);

/// <summary>
/// The guests of one libvirt daemon. It connects by itself, again and again when the daemon goes away, and tells the whole list of
/// guests after each change. Its operations may be called from any thread and fail with <see cref="GuestException"/>; each is waited for
/// until a deadline, and one that hangs holds up no other.
/// </summary>
public sealed partial class GuestHost(string uri = "qemu:///system", TimeProvider? time = null) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ListDeadline = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly BlockingCalls _calls = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private Task _watching = Task.CompletedTask;
    private readonly ConcurrentDictionary<Guid, int> _ends = new();
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _saving = new();
    private HashSet<Guid> _on = [];
    private GuestSession? _session;
    private GuestsSeen _seen = new(null, null);

    /// <summary>Told after each change, one at a time, on a thread of the pool. Handlers return at once and throw nothing.</summary>
    public event Action<GuestsSeen>? Changed;

    /// <summary>The newest that was told.</summary>
    public GuestsSeen Seen
    {
        get
        {
            lock (_gate)
                return _seen;
        }
    }

    /// <summary>Begins to connect and to watch; returns at once.</summary>
    public void Watch()
    {
        if (_watching != Task.CompletedTask)
            throw new InvalidOperationException("The guests are watched already.");
        _watching = Task.Run(() => WatchAsync(_ended.Token));
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
            return;
        await _ended.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_watching.Exception is { } failure)
            throw failure;
        _ended.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            string why;
            try
            {
                using var session = new Ending(this,
                    await _calls.RunAsync($"connect to {uri}", ConnectDeadline, () => GuestSession.Open(uri, CountEnd), cancellation).ConfigureAwait(false));
                await foreach (var guests in ListAsync(session.Session, cancellation).ConfigureAwait(false))
                {
                    failures = 0;
                    Tell(new(guests, null));
                }
                why = $"The connection to {uri} ended ({session.Session.Closed}).";
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (LibvirtException failure)
            {
                why = $"{failure.Message}. {Advice(failure.Code)}";
            }
            catch (GuestException failure)
            {
                why = failure.Message;
            }
            var pause = Pause(failures);
            Tell(new(null, $"{why} Trying again in {pause.TotalSeconds:0} s."));
            try
            {
                await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>1, 2, 4, 8, 16, then always 30 s.</summary>
    internal static TimeSpan Pause(int failures) => TimeSpan.FromSeconds(failures < 5 ? 1 << failures : 30);

    /// <summary>The guests now, and again after each change, until the connection ends.</summary>
    private async IAsyncEnumerable<ValueList<Guest>> ListAsync(
        GuestSession session, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var before = _on;
        while (session.Closed is null)
        {
            var guests = await _calls.RunAsync($"list the guests of {uri}", ListDeadline, () => ReadGuests(session), cancellation)
                .ConfigureAwait(false);
            // Nobody told of what ended while there was no connection.
            if (guests.Any(guest => guest.State == GuestState.Off && before.Contains(guest.Uuid)))
            {
                foreach (var guest in guests.Where(guest => guest.State == GuestState.Off && before.Contains(guest.Uuid)))
                    CountEnd(guest.Uuid);
                guests = guests.Select(guest => guest with { Ends = _ends.GetValueOrDefault(guest.Uuid) }).ToValueList();
            }
            before = [];
            _on = [.. guests.Where(guest => guest.State != GuestState.Off).Select(guest => guest.Uuid)];
            yield return guests;
            await session.WaitForNewsAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>On libvirt's event thread.</summary>
    private void CountEnd(Guid guest) => _ends.AddOrUpdate(guest, 1, static (_, ends) => ends + 1);

    private ValueList<Guest> ReadGuests(GuestSession session)
    {
        var guests = new List<Guest>();
        foreach (var domain in session.Connection.ListDomains())
        {
            using (domain)
            {
                if (ReadGuest(domain, session.Version) is { } guest)
                    guests.Add(guest);
            }
        }
        return guests.OrderBy(guest => guest.Name, StringComparer.Ordinal).ToValueList();
    }

    /// <summary>Null where it went away while it was read.</summary>
    private Guest? ReadGuest(LibvirtDomain domain, Version version)
    {
        try
        {
            // Before the state: an end that is not counted yet is told later, and not taken for the one before it.
            var ends = _ends.GetValueOrDefault(domain.Uuid);
            var live = domain.IsActive ? domain.GetXml(DomainXml.None) : null;
            var running = live is null ? null : RunningDefinition.Parse(live);
            // Of a seat's guest the pins that run are ours; what its owner says is stored.
            var isStored = domain.IsPersistent;
            var definition = live ?? domain.GetXml(DomainXml.Inactive);
            var owners = live is null ? null : running!.Seat is not null && isStored ? domain.GetXml(DomainXml.Inactive) : live;
            // A running one has none: libvirt removes it once it is restored.
            var isSaved = live is null && domain.HasManagedSave;
            var origin = isStored ? GuestDiscarder.OriginOf(definition) : null;
            return new(domain.Uuid, domain.Name, StateOf(domain.State), isStored, running?.Seat, running?.Inputs ?? [])
            {
                Passed = running?.Passed ?? [],
                Usb = running?.Usb ?? [],
                Screen = running?.Screen,
                Heads = running?.Heads ?? 1,
                Vnc = running?.Vnc,
                Size = DefinedProcessors.Size(definition, domain.MaxMemory),
                Processors = owners is null ? null : DefinedProcessors.Read(owners, domain.MaxMemory),
                End = EndOf(domain.ShutoffReason),
                Ends = ends,
                IsSaved = isSaved,
                ThrowawayOf = isSaved ? null : origin,
                TakesKeyboard = running is null or { Keyboard: not null } || version >= EvdevHotplug,
            };
        }
        catch (LibvirtException gone) when (gone.Code == LibvirtErrorCode.NoDomain)
        {
            return null;
        }
    }

    internal static GuestState StateOf(DomainState state) => state switch
    {
        DomainState.Running or DomainState.Blocked => GuestState.Running,
        DomainState.Paused => GuestState.Paused,
        DomainState.ShuttingDown => GuestState.Stopping,
        DomainState.Crashed => GuestState.Crashed,
        DomainState.PmSuspended => GuestState.Suspended,
        _ => GuestState.Off,
    };

    internal static GuestEnd EndOf(ShutoffReason reason) => reason switch
    {
        ShutoffReason.Shutdown => GuestEnd.ShutDown,
        ShutoffReason.Destroyed => GuestEnd.Destroyed,
        ShutoffReason.Crashed => GuestEnd.Crashed,
        ShutoffReason.Saved => GuestEnd.Saved,
        ShutoffReason.Failed => GuestEnd.Failed,
        _ => GuestEnd.Unknown,
    };

    private void Tell(GuestsSeen seen)
    {
        lock (_gate)
        {
            if (seen == _seen)
                return;
            _seen = seen;
        }
        Changed?.Invoke(seen);
    }

    private static string Advice(LibvirtErrorCode code) => code switch
    {
        LibvirtErrorCode.AuthFailed or LibvirtErrorCode.AuthUnavailable or LibvirtErrorCode.AuthCancelled or LibvirtErrorCode.AccessDenied
            or LibvirtErrorCode.OperationDenied => "Does a polkit rule allow org.libvirt.unix.manage to the service's user?",
        _ => Running(LibvirtDaemon.Find()),
    };

    private static string Running(LibvirtDaemon daemon) => $"Is {daemon.Name} running? See 'systemctl status {daemon.Name}'.";

    /// <summary>Makes a session the current one for as long as it stands; its connection is then closed on a thread that may block.</summary>
    private sealed class Ending : IDisposable
    {
        private readonly GuestHost _host;

        internal Ending(GuestHost host, GuestSession session)
        {
            (_host, Session) = (host, session);
            lock (host._gate)
                host._session = session;
        }

        internal GuestSession Session { get; }

        public void Dispose()
        {
            lock (_host._gate)
                _host._session = null;
            new Thread(Session.Dispose) { Name = "libvirt close", IsBackground = true }.Start();
        }
    }
}
