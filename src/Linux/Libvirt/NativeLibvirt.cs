using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>libvirt.so.0 (libvirt/libvirt-host.h, libvirt-domain.h, libvirt-event.h, virterror.h). Every call may block.</summary>
internal static unsafe partial class NativeLibvirt
{
    private const string Library = "libvirt.so.0";

    [LibraryImport(Library)]
    internal static partial int virInitialize();

    [LibraryImport(Library)]
    internal static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    internal static partial void virSetErrorFunc(nint userData, delegate* unmanaged[Cdecl]<nint, nint, void> handler);

    /// <summary>The error of this thread's last call.</summary>
    [LibraryImport(Library)]
    internal static partial int virGetLastErrorCode();

    /// <summary>Borrowed: valid until this thread's next call.</summary>
    [LibraryImport(Library)]
    internal static partial nint virGetLastErrorMessage();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectionHandle virConnectOpen(string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectionHandle virConnectOpenReadOnly(string name);

    [LibraryImport(Library)]
    internal static partial int virConnectClose(nint conn);

    [LibraryImport(Library)]
    internal static partial int virConnectIsAlive(ConnectionHandle conn);

    [LibraryImport(Library)]
    internal static partial int virConnectSetKeepAlive(ConnectionHandle conn, int interval, uint count);

    /// <summary>The version of the daemon's library, not of ours: major * 1000000 + minor * 1000 + release.</summary>
    [LibraryImport(Library)]
    internal static partial int virConnectGetLibVersion(ConnectionHandle conn, out CULong libVer);

    [LibraryImport(Library)]
    internal static partial int virConnectRegisterCloseCallback(
        ConnectionHandle conn, delegate* unmanaged[Cdecl]<nint, int, nint, void> cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> freecb);

    [LibraryImport(Library)]
    internal static partial int virConnectUnregisterCloseCallback(
        ConnectionHandle conn, delegate* unmanaged[Cdecl]<nint, int, nint, void> cb);

    /// <summary>The callback's type depends on the event; each is passed as the plain pointer that C wants here.</summary>
    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventRegisterAny(
        ConnectionHandle conn, nint dom, int eventID, void* cb, nint opaque, delegate* unmanaged[Cdecl]<nint, void> freecb);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventDeregisterAny(ConnectionHandle conn, int callbackID);

    /// <summary>To be freed with free().</summary>
    [LibraryImport(Library)]
    internal static partial nint virConnectGetCapabilities(ConnectionHandle conn);

    /// <summary>To be freed with free(). Refused to read-only connections.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virConnectGetDomainCapabilities(
        ConnectionHandle conn, string? emulatorbin, string? arch, string? machine, string? virttype, uint flags);

    /// <summary>Fills <paramref name="domains"/> with an array for free(), each element for virDomainFree.</summary>
    [LibraryImport(Library)]
    internal static partial int virConnectListAllDomains(ConnectionHandle conn, out nint* domains, uint flags);

    [LibraryImport(Library)]
    internal static partial DomainHandle virDomainLookupByUUID(ConnectionHandle conn, byte* uuid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByName(ConnectionHandle conn, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainCreateXML(ConnectionHandle conn, string xmlDesc, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainDefineXMLFlags(ConnectionHandle conn, string xml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    internal static partial int virDomainUndefineFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainGetUUID(nint domain, byte* uuid);

    [LibraryImport(Library)]
    internal static partial int virDomainGetUUID(DomainHandle domain, byte* uuid);

    /// <summary>Borrowed: valid while the domain's handle is.</summary>
    [LibraryImport(Library)]
    internal static partial nint virDomainGetName(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetState(DomainHandle domain, out int state, out int reason, uint flags);

    /// <summary>In KiB; 0 is a failure.</summary>
    [LibraryImport(Library)]
    internal static partial CULong virDomainGetMaxMemory(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainIsActive(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainIsPersistent(DomainHandle domain);

    /// <summary>To be freed with free().</summary>
    [LibraryImport(Library)]
    internal static partial nint virDomainGetXMLDesc(DomainHandle domain, uint flags);

    /// <summary>A descriptor that is the caller's; -1 where it failed.</summary>
    [LibraryImport(Library)]
    internal static partial int virDomainOpenGraphicsFD(DomainHandle domain, uint idx, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainHasManagedSaveImage(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainManagedSave(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainAbortJob(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainManagedSaveRemove(DomainHandle domain, uint flags);

    /// <summary>To be freed with free().</summary>
    [LibraryImport(Library)]
    internal static partial nint virDomainManagedSaveGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainManagedSaveDefineXML(DomainHandle domain, string dxml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainCreate(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainSuspend(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainResume(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainPinVcpuFlags(DomainHandle domain, uint vcpu, byte* cpumap, int maplen, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainPinEmulator(DomainHandle domain, byte* cpumap, int maplen, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainPinIOThread(DomainHandle domain, uint iothread_id, byte* cpumap, int maplen, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainShutdownFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainDestroyFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainAttachDeviceFlags(DomainHandle domain, string xml, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainDetachDeviceAlias(DomainHandle domain, string alias, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainSetMetadata(
        DomainHandle domain, int type, string? metadata, string? key, string? uri, uint flags);
}
