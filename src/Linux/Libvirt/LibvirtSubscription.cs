using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>
/// A connection's callbacks. libvirt counts each as a user of the connection, so they must be taken back before it can close; the
/// handle that each carries is freed by libvirt itself, once no callback can be under way any more.
/// </summary>
internal sealed unsafe class LibvirtSubscription : IDisposable
{
    private const int Lifecycle = 0;
    private const int Removed = 15;
    private const int Added = 19;
    private const int RemovalFailed = 22;
    private const int Metadata = 23;

    private readonly ConnectionHandle _connection;
    private readonly Action<LibvirtEvent> _handler;
    private readonly List<int> _callbacks = [];
    private bool _closeRegistered;

    private LibvirtSubscription(ConnectionHandle connection, Action<LibvirtEvent> handler)
    {
        _connection = connection;
        _handler = handler;
    }

    internal static LibvirtSubscription Make(ConnectionHandle connection, string uri, Action<LibvirtEvent> handler)
    {
        var made = new LibvirtSubscription(connection, handler);
        try
        {
            made.Register(uri);
            return made;
        }
        catch (LibvirtException)
        {
            made.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // A connection that is gone refuses these, and needs them all the same: they drop libvirt's own references to it.
        foreach (var callback in _callbacks)
            NativeLibvirt.virConnectDomainEventDeregisterAny(_connection, callback);
        _callbacks.Clear();
        if (_closeRegistered)
            NativeLibvirt.virConnectUnregisterCloseCallback(_connection, &OnClosed);
        _closeRegistered = false;
    }

    private void Register(string uri)
    {
        var opaque = Opaque();
        // Safety: static callbacks that never throw; what they carry is freed by OnFree, or here where libvirt did not take it.
        if (NativeLibvirt.virConnectRegisterCloseCallback(_connection, &OnClosed, opaque, &OnFree) < 0)
            throw Refused(opaque, uri);
        _closeRegistered = true;
        delegate* unmanaged[Cdecl]<nint, nint, int, int, nint, void> lifecycle = &OnLifecycle;
        delegate* unmanaged[Cdecl]<nint, nint, nint, nint, void> removed = &OnRemoved;
        delegate* unmanaged[Cdecl]<nint, nint, nint, nint, void> added = &OnAdded;
        delegate* unmanaged[Cdecl]<nint, nint, nint, nint, void> removalFailed = &OnRemovalFailed;
        delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, void> metadata = &OnMetadata;
        RegisterAny(Lifecycle, lifecycle, uri);
        RegisterAny(Removed, removed, uri);
        RegisterAny(Added, added, uri);
        RegisterAny(RemovalFailed, removalFailed, uri);
        RegisterAny(Metadata, metadata, uri);
    }

    private void RegisterAny(int kind, void* callback, string uri)
    {
        var opaque = Opaque();
        // Safety: as above.
        var id = NativeLibvirt.virConnectDomainEventRegisterAny(_connection, 0, kind, callback, opaque, &OnFree);
        if (id < 0)
            throw Refused(opaque, uri);
        _callbacks.Add(id);
    }

    private nint Opaque() => GCHandle.ToIntPtr(GCHandle.Alloc(this));

    private static LibvirtException Refused(nint opaque, string uri)
    {
        var failure = LibvirtException.Last($"watch the events of {uri}");
        GCHandle.FromIntPtr(opaque).Free();
        return failure;
    }

    private static void Tell(nint opaque, LibvirtEvent happened)
    {
        if (GCHandle.FromIntPtr(opaque).Target is LibvirtSubscription subscription)
            subscription._handler(happened);
    }

    private static Guid Uuid(nint domain)
    {
        // Safety: VIR_UUID_BUFLEN is 16, and the buffer lives on this stack; the call only copies out of the domain object.
        var bytes = stackalloc byte[16];
        return NativeLibvirt.virDomainGetUUID(domain, bytes) < 0 ? Guid.Empty : new(new ReadOnlySpan<byte>(bytes, 16), bigEndian: true);
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFree(nint opaque) => GCHandle.FromIntPtr(opaque).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnClosed(nint connection, int reason, nint opaque) => Tell(opaque, new ConnectionClosed((CloseReason)reason));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLifecycle(nint connection, nint domain, int kind, int detail, nint opaque) =>
        Tell(opaque, new DomainLifecycle(Uuid(domain), (DomainEventKind)kind, detail));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRemoved(nint connection, nint domain, nint alias, nint opaque) =>
        Tell(opaque, new DeviceRemoved(Uuid(domain), Text(alias)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnAdded(nint connection, nint domain, nint alias, nint opaque) =>
        Tell(opaque, new DeviceAdded(Uuid(domain), Text(alias)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRemovalFailed(nint connection, nint domain, nint alias, nint opaque) =>
        Tell(opaque, new DeviceRemovalFailed(Uuid(domain), Text(alias)));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMetadata(nint connection, nint domain, int type, nint uri, nint opaque) =>
        Tell(opaque, new MetadataChanged(Uuid(domain)));
}
