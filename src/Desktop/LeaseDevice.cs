using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;

namespace Phyllome.Seats.Desktop;

/// <summary>
/// One graphics card of which a desktop leases monitors (<c>wp_drm_lease_device_v1</c>): those that it offers, and those that it has leased. A connector
/// that is leased is offered no more, and is offered again when it is back.
/// </summary>
/// <param name="nodeOf">What the kernel calls a card.</param>
/// <param name="changed">Told when another one is offered, or one no longer.</param>
internal sealed class LeaseDevice(WaylandClient client, Func<FileDescriptor, string?> nodeOf, Action changed)
{
    public const string Interface = "wp_drm_lease_device_v1";
    public const uint Version = 1;

    // Requests and events of wp_drm_lease_device_v1, _connector_v1, _request_v1 and _v1, in this order.
    private const ushort CreateRequest = 0, Release = 1, CardEvent = 0, ConnectorEvent = 1, ReleasedEvent = 3;
    private const ushort DestroyConnector = 0, NameEvent = 0, WithdrawnEvent = 4;
    private const ushort RequestConnector = 0, Submit = 1;
    private const ushort DestroyLease = 0, LeaseEvent = 0, FinishedEvent = 1;

    private readonly List<Connector> _connectors = [];
    private readonly Dictionary<string, uint> _leases = new(StringComparer.Ordinal);
    private uint _id;

    private sealed record Connector(uint Id)
    {
        public string? Name { get; set; }
    }

    /// <summary><c>card0</c>; null before the desktop has said it.</summary>
    public string? Card { get; private set; }

    /// <summary>The monitors that can be leased, <c>card0-DP-1</c>.</summary>
    public IEnumerable<string> Offered => Card is { } card ? _connectors.Where(connector => connector.Name is not null).Select(connector => $"{card}-{connector.Name}") : [];

    /// <summary>Those that are leased or asked for.</summary>
    public IEnumerable<string> Leased => _leases.Keys;

    public void Bind(WaylandGlobal global) => _id = client.Bind(global, Version, OnDevice);

    /// <summary>Asks for a lease of a monitor that is offered.</summary>
    /// <param name="given">Told of the lease, which is then its to dispose of.</param>
    /// <param name="finished">Told that there is none (any more).</param>
    public void Lease(string connector, Action<FileDescriptor> given, Action finished)
    {
        var offered = _connectors.First(one => $"{Card}-{one.Name}" == connector);
        var request = client.Add(static _ => { });
        uint id = 0;
        id = client.Add(message =>
        {
            // What is said of one that was given back in the meantime is of no use to anybody.
            var isOurs = _leases.GetValueOrDefault(connector) == id;
            switch (message.Opcode)
            {
                case LeaseEvent:
                    var lease = message.ReadDescriptor();
                    if (isOurs)
                        given(lease);
                    else
                        lease.Dispose();
                    break;
                case FinishedEvent when isOurs:
                    GiveBack(connector);
                    finished();
                    break;
            }
        });
        _leases[connector] = id;
        client.Send(new WireWriter(_id, CreateRequest).Add(request));
        client.Send(new WireWriter(request, RequestConnector).Add(offered.Id));
        client.Send(new WireWriter(request, Submit).Add(id));
    }

    /// <summary>The desktop has it again; nothing happens where it has.</summary>
    public void GiveBack(string connector)
    {
        if (_leases.Remove(connector, out var lease))
            client.Send(new(lease, DestroyLease));
    }

    /// <summary>It is gone from the registry, and offers nothing more.</summary>
    public void Gone() => client.Send(new(_id, Release));

    private void OnDevice(WireMessage message)
    {
        switch (message.Opcode)
        {
            case CardEvent:
                using (var card = message.ReadDescriptor())
                    Card = nodeOf(card);
                break;
            case ConnectorEvent:
                var connector = new Connector(message.ReadUint());
                _connectors.Add(connector);
                client.Know(connector.Id, of => OnConnector(connector, of));
                break;
            case ReleasedEvent:
                _connectors.Clear();
                break;
        }

        changed();
    }

    private void OnConnector(Connector connector, WireMessage message)
    {
        switch (message.Opcode)
        {
            case NameEvent:
                connector.Name = message.ReadString();
                break;
            case WithdrawnEvent:
                _connectors.Remove(connector);
                client.Send(new(connector.Id, DestroyConnector));
                client.Forget(connector.Id);
                break;
        }

        changed();
    }
}
