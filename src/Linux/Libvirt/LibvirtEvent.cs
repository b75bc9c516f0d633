namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>Something libvirt told by itself.</summary>
public abstract record LibvirtEvent;

/// <summary>The connection ended: the daemon went away or stopped answering. Nothing more comes from it.</summary>
public sealed record ConnectionClosed(CloseReason Reason) : LibvirtEvent;

/// <summary>A domain was defined, started, stopped, ...</summary>
public sealed record DomainLifecycle(Guid Domain, DomainEventKind Kind, int Detail) : LibvirtEvent;

/// <summary>A running domain got a device.</summary>
public sealed record DeviceAdded(Guid Domain, string Alias) : LibvirtEvent;

/// <summary>A device has left a running domain.</summary>
public sealed record DeviceRemoved(Guid Domain, string Alias) : LibvirtEvent;

/// <summary>The guest refused to let a device go.</summary>
public sealed record DeviceRemovalFailed(Guid Domain, string Alias) : LibvirtEvent;

public sealed record MetadataChanged(Guid Domain) : LibvirtEvent;

/// <summary>virConnectCloseReason.</summary>
public enum CloseReason
{
    Error = 0,
    EndOfFile = 1,
    KeepAlive = 2,
    Client = 3,
}

/// <summary>virDomainEventType.</summary>
public enum DomainEventKind
{
    Defined = 0,
    Undefined = 1,
    Started = 2,
    Suspended = 3,
    Resumed = 4,
    Stopped = 5,
    Shutdown = 6,
    PmSuspended = 7,
    Crashed = 8,
}
