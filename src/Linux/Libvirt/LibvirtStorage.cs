namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>A place where libvirt keeps disks: mostly a folder. Its calls block.</summary>
public sealed class LibvirtPool : IDisposable
{
    private readonly StoragePoolHandle _handle;

    internal LibvirtPool(StoragePoolHandle handle) => _handle = handle;

    /// <summary>VIR_STORAGE_POOL_INACTIVE.</summary>
    private const int Inactive = 0;

    /// <summary>How many bytes are free in it.</summary>
    public long Available => (long)Info().Available;

    /// <summary>Whether it can be used; one that is stored may be off.</summary>
    public bool IsActive => Info().State != Inactive;

    public string GetXml()
    {
        var text = NativeLibvirtStorage.virStoragePoolGetXMLDesc(_handle, 0);
        return text == 0 ? throw LibvirtException.Last("read a storage pool") : LibvirtDomain.TakeString(text);
    }

    /// <summary>Looks for what came into it, or changed, by others.</summary>
    public void Refresh() => Check(NativeLibvirtStorage.virStoragePoolRefresh(_handle, 0), "look into a storage pool");

    /// <summary>Null where there is none of that name.</summary>
    public LibvirtVolume? Find(string name)
    {
        var handle = NativeLibvirtStorage.virStorageVolLookupByName(_handle, name);
        return LibvirtVolume.Found(handle, $"find the volume '{name}'");
    }

    public LibvirtVolume Create(string xml)
    {
        var handle = NativeLibvirtStorage.virStorageVolCreateXML(_handle, xml, 0);
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last("make a volume");
        handle.Dispose();
        throw failure;
    }

    /// <summary>Forgets a pool that is not stored; its files stay.</summary>
    public void Forget() => Check(NativeLibvirtStorage.virStoragePoolDestroy(_handle), "forget a storage pool");

    public void Dispose() => _handle.Dispose();

    private unsafe NativeLibvirtStorage.PoolInfo Info()
    {
        NativeLibvirtStorage.PoolInfo info;
        // Safety: the struct is the library's, and lives on this stack.
        Check(NativeLibvirtStorage.virStoragePoolGetInfo(_handle, &info), "read the free space of a storage pool");
        return info;
    }

    private static void Check(int answer, string what)
    {
        if (answer < 0)
            throw LibvirtException.Last(what);
    }
}

/// <summary>A disk that libvirt keeps. Its calls block.</summary>
public sealed class LibvirtVolume : IDisposable
{
    /// <summary>VIR_STORAGE_VOL_GET_PHYSICAL.</summary>
    private const uint GetPhysical = 1;

    internal LibvirtVolume(StorageVolumeHandle handle)
    {
        Handle = handle;
        var path = NativeLibvirtStorage.virStorageVolGetPath(handle);
        Path = path == 0 ? throw LibvirtException.Last("read the path of a volume") : LibvirtDomain.TakeString(path);
    }

    public string Path { get; }

    internal StorageVolumeHandle Handle { get; }

    /// <summary>How many bytes a guest sees.</summary>
    public long Capacity => (long)Info(0).Capacity;

    /// <summary>How many bytes its file is long, holes included.</summary>
    public long Length => (long)Info(GetPhysical).Allocation;

    /// <summary>How many bytes it takes.</summary>
    public long Allocation => (long)Info(0).Allocation;

    public string GetXml()
    {
        var text = NativeLibvirtStorage.virStorageVolGetXMLDesc(Handle, 0);
        return text == 0 ? throw LibvirtException.Last($"read the volume {Path}") : LibvirtDomain.TakeString(text);
    }

    /// <summary>The pool that it is in.</summary>
    public LibvirtPool Pool()
    {
        var handle = NativeLibvirtStorage.virStoragePoolLookupByVolume(Handle);
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last($"find the pool of {Path}");
        handle.Dispose();
        throw failure;
    }

    /// <summary>For good.</summary>
    public void Delete()
    {
        if (NativeLibvirtStorage.virStorageVolDelete(Handle, 0) < 0)
            throw LibvirtException.Last($"delete {Path}");
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>Null where libvirt says that there is none.</summary>
    internal static LibvirtVolume? Found(StorageVolumeHandle handle, string what)
    {
        if (!handle.IsInvalid)
            return new(handle);
        var failure = LibvirtException.Last(what);
        handle.Dispose();
        return failure.Code == LibvirtErrorCode.NoStorageVol ? null : throw failure;
    }

    private unsafe NativeLibvirtStorage.VolumeInfo Info(uint flags)
    {
        NativeLibvirtStorage.VolumeInfo info;
        // Safety: the struct is the library's, and lives on this stack.
        if (NativeLibvirtStorage.virStorageVolGetInfoFlags(Handle, &info, flags) < 0)
            throw LibvirtException.Last($"read the size of {Path}");
        return info;
    }
}
