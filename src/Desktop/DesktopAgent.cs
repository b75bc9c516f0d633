using System.Text.Json;
using Phyllome.Seats.Desktops;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;

namespace Phyllome.Seats.Desktop;

/// <summary>The loop between a desktop and the manager, on one thread. What is lent goes back when the manager's end of the connection is closed.</summary>
internal sealed class DesktopAgent : IDisposable
{
    private const ulong WakeTag = 0, DesktopTag = 1, FoldersTag = 2, ManagerTag = 3;

    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private readonly WaylandClient _desktop;
    private readonly DesktopOutputs _outputs = new();
    private readonly Dictionary<uint, LeaseDevice> _devices = [];
    private readonly ManagerLink _link;
    private readonly Func<FileDescriptor, string?> _nodeOf;
    private readonly Func<FileDescriptor> _connect;
    private SeqPacketSocket? _manager;
    private DesktopHas? _told;
    private bool _isSettled, _settling, _again;
    private volatile bool _ending;

    /// <param name="manager">The path of the manager's socket.</param>
    /// <param name="connect">Connects to the same desktop anew.</param>
    /// <param name="nodeOf">What the kernel calls a card that is open; null for what is none.</param>
    public DesktopAgent(Func<FileDescriptor> connect, string manager, Func<FileDescriptor, string?> nodeOf)
    {
        (_connect, _nodeOf) = (connect, nodeOf);
        _link = new(manager);
        _desktop = new(new(connect()), OnGlobal, OnGlobalGone);
        _epoll.Add(_wake.Descriptor, PollEvents.In, WakeTag);
        _epoll.Add(_desktop.Descriptor, PollEvents.In, DesktopTag);
        _epoll.Add(_link.Folders, PollEvents.In, FoldersTag);
        Settle();
    }

    /// <summary>Runs until the desktop has ended, or <see cref="Stop"/>. Nothing is lent then.</summary>
    /// <exception cref="LinuxException">The desktop refuses what it was asked.</exception>
    public void Run()
    {
        try
        {
            Loop();
        }
        finally
        {
            _manager?.Dispose();
            _manager = null;
        }
    }

    private void Loop()
    {
        while (!_ending)
        {
            Connect();
            var count = _epoll.Wait();
            for (var at = 0; at < count && !_ending; at++)
            {
                switch (_epoll[at].Tag)
                {
                    case DesktopTag when !_desktop.Dispatch():
                        _ending = true;
                        break;
                    case FoldersTag:
                        _link.LookAtFolders();
                        break;
                    case ManagerTag when _manager is not null:
                        TakeOrders();
                        break;
                }
            }
        }
    }

    /// <summary>May be called from any thread.</summary>
    public void Stop()
    {
        _ending = true;
        _wake.Signal();
    }

    public void Dispose()
    {
        _manager?.Dispose();
        _link.Dispose();
        _desktop.Dispose();
        _epoll.Dispose();
        _wake.Dispose();
    }

    private DesktopHas Now => new(
        _devices.Values.Select(device => device.Card).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToValueList(), _outputs.Names.ToValueList(),
        _devices.Values.SelectMany(device => device.Offered).Order(StringComparer.Ordinal).ToValueList(),
        _devices.Values.SelectMany(device => device.Leased).Order(StringComparer.Ordinal).ToValueList());

    private void OnGlobal(WaylandGlobal global)
    {
        switch (global.Interface)
        {
            case DesktopOutputs.Interface:
                _outputs.Came(_desktop, global);
                break;
            case LeaseDevice.Interface:
                var device = new LeaseDevice(_desktop, _nodeOf, Settle);
                _devices[global.Name] = device;
                device.Bind(global);
                break;
            default:
                return;
        }

        Settle();
    }

    private void OnGlobalGone(uint name)
    {
        if (_devices.TryGetValue(name, out var device))
        {
            device.Gone();
            // What is leased of it stays so until the desktop or the manager says otherwise.
            if (!device.Leased.Any())
                _devices.Remove(name);
        }
        else if (!_outputs.Gone(_desktop, name))
        {
            return;
        }

        Settle();
    }

    /// <summary>Tells the manager once the desktop has said all that it has to say now: an output's name comes after it, and so do a card's connectors.</summary>
    private void Settle()
    {
        if (_settling)
        {
            // What was bound since then is not answered yet.
            _again = true;
            return;
        }

        (_settling, _again) = (true, false);
        _desktop.Sync(() =>
        {
            _settling = false;
            if (_again)
            {
                Settle();
                return;
            }

            _isSettled = true;
            TellWhatChanged();
        });
    }

    private void TellWhatChanged()
    {
        if (!_isSettled || _manager is null || Now is var now && now == _told)
            return;
        _told = now;
        Tell(now);
    }

    private void Connect()
    {
        if (_manager is not null || _link.TryConnect() is not { } manager)
            return;
        (_manager, _told) = (manager, null);
        _epoll.Add(manager.Descriptor, PollEvents.In, ManagerTag);
        Log.Info("the manager is there");
        TellWhatChanged();
    }

    private void TakeOrders()
    {
        try
        {
            while (_manager is { } manager && manager.TryReceive(_packet, out var passed) is { } length)
            {
                passed?.Dispose();
                if (length == 0)
                    Lose();
                else if (JsonSerializer.Deserialize(_packet.AsSpan(0, length), DesktopsJson.Default.DesktopOrder) is { } order)
                    Follow(order);
            }
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or LinuxException { Errno: Errno.EMSGSIZE })
        {
            Log.Warning($"could not understand an order of the manager: {failure.Message}");
        }
    }

    private void Follow(DesktopOrder order)
    {
        switch (order)
        {
            case TellDesktop:
                Tell(_told = Now);
                break;
            case GiveLease give:
                Give(give.Connector);
                break;
            case GiveWindow give:
                GiveConnection(give.Connector);
                break;
            case TakeLoanBack back:
                GiveBack(back.Connector);
                break;
        }
    }

    private void Give(string connector)
    {
        if (_devices.Values.FirstOrDefault(device => device.Offered.Contains(connector)) is not { } device || device.Leased.Contains(connector))
        {
            Tell(new LoanRefused(connector, $"the desktop does not offer {connector} for lease any more"));
            return;
        }

        var isGiven = false;
        device.Lease(
            connector,
            lease =>
            {
                using (lease)
                {
                    isGiven = true;
                    Log.Info($"{connector} is lent");
                    Tell(new LoanGiven(connector), lease);
                }

                TellWhatChanged();
            },
            () =>
            {
                Log.Info(isGiven ? $"the desktop has taken {connector} back" : $"the desktop refuses to lease {connector}");
                Tell(isGiven ? new LoanEnded(connector) : new LoanRefused(connector, $"the desktop refuses to lease {connector}, though it offers it"));
                TellWhatChanged();
            });
    }

    /// <summary>Whose connection it is from then on shows the window; it goes with that.</summary>
    private void GiveConnection(string connector)
    {
        if (!_outputs.Names.Contains(connector[(connector.IndexOf('-', StringComparison.Ordinal) + 1)..]))
        {
            Tell(new LoanRefused(connector, $"the desktop does not show {connector} any more"));
            return;
        }

        try
        {
            using var connection = _connect();
            Log.Info($"a window is to be shown on {connector}");
            Tell(new LoanGiven(connector), connection);
        }
        catch (LinuxException failure)
        {
            Tell(new LoanRefused(connector, failure.Message));
        }
    }

    private void GiveBack(string connector)
    {
        foreach (var device in _devices.Values)
            device.GiveBack(connector);
        TellWhatChanged();
    }

    /// <summary>The manager's end is closed, and so is each copy of it: it is stopped, or does not want this desktop.</summary>
    private void Lose()
    {
        if (_manager is not { } manager)
            return;
        Log.Info("the manager is gone: what was lent goes back");
        _manager = null;
        _epoll.Remove(manager.Descriptor);
        manager.Dispose();
        foreach (var device in _devices.Values)
        {
            foreach (var connector in device.Leased.ToList())
                device.GiveBack(connector);
        }
    }

    private void Tell(DesktopNotice notice, FileDescriptor? passed = null)
    {
        if (_manager?.TrySend(JsonSerializer.SerializeToUtf8Bytes(notice, DesktopsJson.Default.DesktopNotice), passed) is not (null or Errno.None))
            Lose();
    }
}
