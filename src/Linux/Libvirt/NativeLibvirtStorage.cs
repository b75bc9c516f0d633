using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>libvirt.so.0 (libvirt/libvirt-storage.h, libvirt-stream.h). Every call may block.</summary>
internal static unsafe partial class NativeLibvirtStorage
{
    private const string Library = "libvirt.so.0";

    /// <summary>virStorageVolDownloadFlags and virStorageVolUploadFlags: holes are told rather than sent as zeros.</summary>
    internal const uint SparseStream = 1;

    /// <summary>VIR_STREAM_RECV_STOP_AT_HOLE.</summary>
    internal const uint StopAtHole = 1;

    /// <summary>The answer of virStreamRecvFlags that says: a hole begins here.</summary>
    internal const int AtHole = -3;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StoragePoolHandle virStoragePoolLookupByName(ConnectionHandle conn, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StoragePoolHandle virStoragePoolLookupByTargetPath(ConnectionHandle conn, string path);

    [LibraryImport(Library)]
    internal static partial StoragePoolHandle virStoragePoolLookupByVolume(StorageVolumeHandle vol);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StoragePoolHandle virStoragePoolCreateXML(ConnectionHandle conn, string xmlDesc, uint flags);

    /// <summary>Forgets a pool that is not stored; its files stay.</summary>
    [LibraryImport(Library)]
    internal static partial int virStoragePoolDestroy(StoragePoolHandle pool);

    [LibraryImport(Library)]
    internal static partial int virStoragePoolRefresh(StoragePoolHandle pool, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStoragePoolGetInfo(StoragePoolHandle pool, PoolInfo* info);

    /// <summary>To be freed with free().</summary>
    [LibraryImport(Library)]
    internal static partial nint virStoragePoolGetXMLDesc(StoragePoolHandle pool, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStoragePoolFree(nint pool);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StorageVolumeHandle virStorageVolLookupByName(StoragePoolHandle pool, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StorageVolumeHandle virStorageVolLookupByPath(ConnectionHandle conn, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StorageVolumeHandle virStorageVolCreateXML(StoragePoolHandle pool, string xmlDesc, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStorageVolGetInfo(StorageVolumeHandle vol, VolumeInfo* info);

    [LibraryImport(Library)]
    internal static partial int virStorageVolGetInfoFlags(StorageVolumeHandle vol, VolumeInfo* info, uint flags);

    /// <summary>To be freed with free().</summary>
    [LibraryImport(Library)]
    internal static partial nint virStorageVolGetPath(StorageVolumeHandle vol);

    /// <summary>To be freed with free().</summary>
    [LibraryImport(Library)]
    internal static partial nint virStorageVolGetXMLDesc(StorageVolumeHandle vol, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStorageVolDelete(StorageVolumeHandle vol, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStorageVolFree(nint vol);

    [LibraryImport(Library)]
    internal static partial int virStorageVolDownload(StorageVolumeHandle vol, StreamHandle stream, ulong offset, ulong length, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStorageVolUpload(StorageVolumeHandle vol, StreamHandle stream, ulong offset, ulong length, uint flags);

    [LibraryImport(Library)]
    internal static partial StreamHandle virStreamNew(ConnectionHandle conn, uint flags);

    /// <summary>How many bytes came, 0 at the end, <see cref="AtHole"/>, or -1.</summary>
    [LibraryImport(Library)]
    internal static partial int virStreamRecvFlags(StreamHandle st, byte* data, nuint nbytes, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStreamRecvHole(StreamHandle st, long* length, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStreamSend(StreamHandle st, byte* data, nuint nbytes);

    [LibraryImport(Library)]
    internal static partial int virStreamSendHole(StreamHandle st, long length, uint flags);

    [LibraryImport(Library)]
    internal static partial int virStreamFinish(StreamHandle st);

    [LibraryImport(Library)]
    internal static partial int virStreamAbort(StreamHandle st);

    [LibraryImport(Library)]
    internal static partial int virStreamFree(nint st);

    /// <summary>virStoragePoolInfo.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PoolInfo
    {
        public int State;
        public ulong Capacity, Allocation, Available;
    }

    /// <summary>virStorageVolInfo.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct VolumeInfo
    {
        public int Type;
        public ulong Capacity, Allocation;
    }
}

/// <summary>A virStoragePoolPtr. It keeps its connection open by itself.</summary>
internal sealed class StoragePoolHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => NativeLibvirtStorage.virStoragePoolFree(handle) == 0;
}

/// <summary>A virStorageVolPtr. It keeps its connection open by itself.</summary>
internal sealed class StorageVolumeHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => NativeLibvirtStorage.virStorageVolFree(handle) == 0;
}

/// <summary>A virStreamPtr. It keeps its connection open by itself.</summary>
internal sealed class StreamHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => NativeLibvirtStorage.virStreamFree(handle) == 0;
}
