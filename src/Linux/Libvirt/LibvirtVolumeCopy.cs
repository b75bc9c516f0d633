namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>
/// Copies a volume byte for byte through libvirt's daemon, which may read and write where the caller may not; holes stay holes. It can be
/// ended in the middle, which libvirt's own copying cannot.
/// </summary>
public static class LibvirtVolumeCopy
{
    /// <summary>Of libvirt's protocol: the largest piece that one message has (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX), less its head.</summary>
    private const int Piece = 256 * 1024;

    /// <param name="progress">Told how many bytes are done, holes included.</param>
    public static void Copy(LibvirtConnection connection, LibvirtVolume from, LibvirtVolume to, Action<long> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(progress);
        using var source = Open(connection);
        using var target = Open(connection);
        Check(NativeLibvirtStorage.virStorageVolDownload(from.Handle, source, 0, 0, NativeLibvirtStorage.SparseStream), $"read {from.Path}");
        var (reading, writing) = (true, false);
        try
        {
            Check(NativeLibvirtStorage.virStorageVolUpload(to.Handle, target, 0, 0, NativeLibvirtStorage.SparseStream), $"write {to.Path}");
            writing = true;
            Pump(source, target, from.Path, to.Path, progress, cancellation);
            reading = false;
            Check(NativeLibvirtStorage.virStreamFinish(source), $"read {from.Path} to its end");
            writing = false;
            Check(NativeLibvirtStorage.virStreamFinish(target), $"write {to.Path} to its end");
        }
        finally
        {
            // Of a stream that has failed libvirt wants no word more; its answer is no matter.
            if (reading)
                _ = NativeLibvirtStorage.virStreamAbort(source);
            if (writing)
                _ = NativeLibvirtStorage.virStreamAbort(target);
        }
    }

    private static unsafe void Pump(StreamHandle source, StreamHandle target, string from, string to, Action<long> progress, CancellationToken cancellation)
    {
        var buffer = new byte[Piece];
        var done = 0L;
        // Safety: the buffer is pinned while libvirt fills and reads it, and its length is told.
        fixed (byte* data = buffer)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = NativeLibvirtStorage.virStreamRecvFlags(source, data, (nuint)buffer.Length, NativeLibvirtStorage.StopAtHole);
                if (count == 0)
                    return;
                if (count == NativeLibvirtStorage.AtHole)
                {
                    long length;
                    Check(NativeLibvirtStorage.virStreamRecvHole(source, &length, 0), $"read {from}");
                    Check(NativeLibvirtStorage.virStreamSendHole(target, length, 0), $"write {to}");
                    progress(done += length);
                    continue;
                }
                Check(count, $"read {from}");
                for (var sent = 0; sent < count;)
                {
                    var one = NativeLibvirtStorage.virStreamSend(target, data + sent, (nuint)(count - sent));
                    Check(one, $"write {to}");
                    sent += one;
                }
                progress(done += count);
            }
        }
    }

    private static StreamHandle Open(LibvirtConnection connection)
    {
        var stream = NativeLibvirtStorage.virStreamNew(connection.Handle, 0);
        if (!stream.IsInvalid)
            return stream;
        var failure = LibvirtException.Last("open a stream");
        stream.Dispose();
        throw failure;
    }

    private static void Check(int answer, string what)
    {
        if (answer < 0)
            throw LibvirtException.Last(what);
    }
}
