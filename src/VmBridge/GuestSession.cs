using System.Collections.Concurrent;
using System.Threading.Channels;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>One connection from its opening to its end, with what was told through it.</summary>
internal sealed class GuestSession : IDisposable
{
    // libvirt's own client default: a daemon that is silent for 5 * 5 s is gone.
    private const int KeepAliveSeconds = 5;
    private const int KeepAliveCount = 5;

    private readonly ConcurrentDictionary<(Guid Guest, string Alias), TaskCompletionSource<bool>> _leaving = new();
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Action<Guid> _ended;

    private GuestSession(LibvirtConnection connection, Action<Guid> ended) => (Connection, _ended) = (connection, ended);

    internal LibvirtConnection Connection { get; }

    /// <summary>The daemon's version.</summary>
    internal Version Version { get; private set; } = new();

    /// <summary>Null while the connection stands.</summary>
    internal CloseReason? Closed { get; private set; }

    /// <summary>Connects and subscribes, so that whatever is listed afterwards misses nothing.</summary>
    /// <param name="ended">Told of each guest that ends, on libvirt's event thread: it returns at once.</param>
    internal static GuestSession Open(string uri, Action<Guid> ended)
    {
        var session = new GuestSession(LibvirtConnection.Open(uri), ended);
        try
        {
            session.Connection.SetKeepAlive(KeepAliveSeconds, KeepAliveCount);
            session.Connection.Subscribe(session.OnEvent);
            session.Version = session.Connection.Version;
            return session;
        }
        catch (LibvirtException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Waits until something has changed since the last time.</summary>
    internal async Task WaitForNewsAsync(CancellationToken cancellation) =>
        await _news.Reader.ReadAsync(cancellation).ConfigureAwait(false);

    /// <summary>Told whether the device has left (true) or the guest refused (false). To be asked for before the device is detached.</summary>
    internal Task<bool> ExpectLeaving(Guid guest, string alias) =>
        _leaving.GetOrAdd((guest, alias), _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void ForgetLeaving(Guid guest, string alias) => _leaving.TryRemove((guest, alias), out _);

    /// <summary>Whether the host can emulate a TPM for the machine of a definition. Where libvirt can't say, it is taken for unable.</summary>
    internal bool HasTpm(string definition)
    {
        var domain = XElement.Parse(definition);
        var type = domain.Element("os")?.Element("type");
        try
        {
            return DomainAbilities.HasTpm(Connection.GetDomainCapabilities(
                domain.Element("devices")?.Element("emulator")?.Value, type?.Attribute("arch")?.Value, type?.Attribute("machine")?.Value, domain.Attribute("type")?.Value));
        }
        catch (LibvirtException)
        {
            return false;
        }
    }

    public void Dispose() => Connection.Dispose();

    /// <summary>On libvirt's event thread: only notes.</summary>
    private void OnEvent(LibvirtEvent happened)
    {
        switch (happened)
        {
            case ConnectionClosed closed:
                Closed = closed.Reason;
                foreach (var (guest, alias) in _leaving.Keys)
                    Left(guest, alias, static waiting => waiting.TrySetCanceled());
                break;
            case DomainLifecycle { Kind: DomainEventKind.Stopped } stopped:
                _ended(stopped.Domain);
                break;
            case DeviceRemoved removed:
                Left(removed.Domain, removed.Alias, static waiting => waiting.TrySetResult(true));
                break;
            case DeviceRemovalFailed failed:
                Left(failed.Domain, failed.Alias, static waiting => waiting.TrySetResult(false));
                break;
        }
        _news.Writer.TryWrite(true);
    }

    private void Left(Guid guest, string alias, Action<TaskCompletionSource<bool>> tell)
    {
        if (_leaving.TryRemove((guest, alias), out var waiting))
            tell(waiting);
    }
}
