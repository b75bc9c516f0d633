using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>
/// A connection to a hypervisor. Its calls block; any thread may make them. It stays open until it is disposed: what it tells through
/// <see cref="Subscribe"/> keeps it alive inside libvirt.
/// </summary>
public sealed class LibvirtConnection : IDisposable
{
    private const uint DefineValidate = 1;
    private readonly ConnectionHandle _handle;
    private readonly string _uri;
    private LibvirtSubscription? _subscription;

    private LibvirtConnection(ConnectionHandle handle, string uri)
    {
        _handle = handle;
        _uri = uri;
    }

    public static LibvirtConnection Open(string uri) => Opened(uri, NativeLibvirt.virConnectOpen);

    /// <summary>A connection that can change nothing, which libvirt's daemon grants to everybody.</summary>
    public static LibvirtConnection OpenReadOnly(string uri) => Opened(uri, NativeLibvirt.virConnectOpenReadOnly);

    private static LibvirtConnection Opened(string uri, Func<string, ConnectionHandle> open)
    {
        LibvirtEventLoop.Ensure();
        var handle = open(uri);
        if (!handle.IsInvalid)
            return new(handle, uri);
        var failure = LibvirtException.Last($"connect to {uri}");
        handle.Dispose();
        throw failure;
    }

    public bool IsAlive => NativeLibvirt.virConnectIsAlive(_handle) == 1;

    /// <summary>The version of the daemon's libvirt, which may be newer or older than the library here.</summary>
    public Version Version
    {
        get
        {
            if (NativeLibvirt.virConnectGetLibVersion(_handle, out var version) < 0)
                throw LibvirtException.Last($"read the version of {_uri}");
            var number = (long)version.Value;
            return new((int)(number / 1_000_000), (int)(number / 1000 % 1000), (int)(number % 1000));
        }
    }

    /// <summary>
    /// Has a daemon that does not answer for <paramref name="seconds"/> * <paramref name="count"/> counted as gone
    /// (<see cref="ConnectionClosed"/>, and every waiting call fails). A driver in this process has no daemon: then it does nothing.
    /// </summary>
    public void SetKeepAlive(int seconds, int count)
    {
        if (NativeLibvirt.virConnectSetKeepAlive(_handle, seconds, (uint)count) >= 0)
            return;
        var failure = LibvirtException.Last($"watch whether {_uri} is alive");
        if (failure.Code != LibvirtErrorCode.NoSupport)
            throw failure;
    }

    /// <summary>
    /// Tells the connection's and its domains' events, until the connection is disposed. The handler runs on libvirt's event thread:
    /// it must return at once, call nothing of libvirt, and throw nothing.
    /// </summary>
    public void Subscribe(Action<LibvirtEvent> handler)
    {
        if (_subscription is not null)
            throw new InvalidOperationException("The connection has a subscriber already.");
        _subscription = LibvirtSubscription.Make(_handle, _uri, handler);
    }

    /// <summary>All domains, running or not. Each is the caller's to dispose.</summary>
    public unsafe IReadOnlyList<LibvirtDomain> ListDomains()
    {
        var count = NativeLibvirt.virConnectListAllDomains(_handle, out var array, 0);
        if (count < 0)
            throw LibvirtException.Last($"list the guests of {_uri}");
        var handles = new List<DomainHandle>(count);
        for (var i = 0; i < count; i++)
            handles.Add(new(array[i]));
        // Safety: the array is ours, allocated with malloc; its elements now belong to the handles.
        NativeMemory.Free(array);
        var domains = new List<LibvirtDomain>(count);
        try
        {
            foreach (var handle in handles)
                domains.Add(new(handle));
            return domains;
        }
        catch (LibvirtException)
        {
            handles.ForEach(handle => handle.Dispose());
            throw;
        }
    }

    /// <summary>Null where there is no such domain.</summary>
    public LibvirtDomain? Find(string name)
    {
        var handle = NativeLibvirt.virDomainLookupByName(_handle, name);
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last($"find guest '{name}'");
        handle.Dispose();
        return failure.Code == LibvirtErrorCode.NoDomain ? null : throw failure;
    }

    /// <summary>Null where there is no such domain.</summary>
    public unsafe LibvirtDomain? Find(Guid uuid)
    {
        // Safety: VIR_UUID_BUFLEN is 16, and the buffer lives on this stack.
        var bytes = stackalloc byte[16];
        uuid.TryWriteBytes(new Span<byte>(bytes, 16), bigEndian: true, out _);
        var handle = NativeLibvirt.virDomainLookupByUUID(_handle, bytes);
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last($"find guest {uuid}");
        handle.Dispose();
        return failure.Code == LibvirtErrorCode.NoDomain ? null : throw failure;
    }

    /// <summary>What the host can give to such a machine, as libvirt's domain capabilities (formatdomaincaps); null for its defaults.</summary>
    public string GetDomainCapabilities(string? emulator, string? architecture, string? machine, string? type)
    {
        var text = NativeLibvirt.virConnectGetDomainCapabilities(_handle, emulator, architecture, machine, type, 0);
        return text == 0 ? throw LibvirtException.Last($"read what {_uri} can give to a guest") : LibvirtDomain.TakeString(text);
    }

    /// <summary>What the host is and whom its guests run as, as libvirt's capabilities (formatcaps).</summary>
    public string GetCapabilities()
    {
        var text = NativeLibvirt.virConnectGetCapabilities(_handle);
        return text == 0 ? throw LibvirtException.Last($"read what the host of {_uri} is") : LibvirtDomain.TakeString(text);
    }

    /// <summary>Starts a domain from a definition that is not stored. One that is stored under its UUID stays as it is.</summary>
    public LibvirtDomain Create(string xml) => Made(NativeLibvirt.virDomainCreateXML(_handle, xml, 0), "start a guest");

    /// <summary>Stores a definition.</summary>
    /// <param name="validate">Whether libvirt checks it against its schema first, rather than let pass what it does not know.</param>
    public LibvirtDomain Define(string xml, bool validate = false) =>
        Made(NativeLibvirt.virDomainDefineXMLFlags(_handle, xml, validate ? DefineValidate : 0), "define a guest");

    internal ConnectionHandle Handle => _handle;

    /// <summary>The volume at a path; null where no pool has it.</summary>
    public LibvirtVolume? FindVolume(string path) => LibvirtVolume.Found(NativeLibvirtStorage.virStorageVolLookupByPath(_handle, path), $"find the volume {path}");

    /// <summary>The pool that is a folder; null where none is.</summary>
    public LibvirtPool? FindPoolOf(string folder) => Found(NativeLibvirtStorage.virStoragePoolLookupByTargetPath(_handle, folder), $"find the storage pool of {folder}");

    /// <summary>Null where there is none of that name.</summary>
    public LibvirtPool? FindPool(string name) => Found(NativeLibvirtStorage.virStoragePoolLookupByName(_handle, name), $"find the storage pool '{name}'");

    /// <summary>A pool that is not stored.</summary>
    public LibvirtPool CreatePool(string xml)
    {
        var handle = NativeLibvirtStorage.virStoragePoolCreateXML(_handle, xml, 0);
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last("make a storage pool");
        handle.Dispose();
        throw failure;
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _handle.Dispose();
    }

    private static LibvirtPool? Found(StoragePoolHandle handle, string what)
    {
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last(what);
        handle.Dispose();
        return failure.Code == LibvirtErrorCode.NoStoragePool ? null : throw failure;
    }

    private static LibvirtDomain Made(DomainHandle handle, string what)
    {
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last(what);
        handle.Dispose();
        throw failure;
    }
}
