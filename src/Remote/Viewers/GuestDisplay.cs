using System.Buffers.Binary;
using System.Net.Sockets;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>A connection to a QEMU's VNC server, of which the handshake is done: it speaks once it is asked for a picture.</summary>
internal sealed class GuestDisplay : IDisposable
{
    private const int InitLength = 24, LongestName = 4096;

    private GuestDisplay(Stream stream, byte[] serverInit) => (Stream, ServerInit) = (stream, serverInit);

    public Stream Stream { get; }

    /// <summary>QEMU's ServerInit as it came: size, pixel format, name.</summary>
    public ReadOnlyMemory<byte> ServerInit { get; }

    /// <summary>The client's side of RFB 3.8. Others see the guest too: a viewer that wants it for itself would end them.</summary>
    /// <exception cref="RfbException">It is no such server, or did not answer in time.</exception>
    public static async Task<GuestDisplay> ConnectAsync(Socket socket, TimeSpan time, CancellationToken end)
    {
        try
        {
            var stream = new NetworkStream(socket, ownsSocket: true);
            using var deadline = new Deadline(time, "its QEMU did not show it", end);
            return new(stream, await deadline.KeepAsync(cancellation => ShakeHandsAsync(stream, cancellation)));
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is EndOfStreamException)
                throw new RfbException("its QEMU closed it");
            throw;
        }
    }

    public void Dispose() => Stream.Dispose();

    private static async Task<byte[]> ShakeHandsAsync(NetworkStream stream, CancellationToken cancellation)
    {
        const byte Shared = 1;
        if (!(await stream.ReadBytesAsync(Rfb.VersionLength, cancellation)).AsSpan().SequenceEqual(Rfb.Version.Span))
            throw new RfbException("its QEMU does not speak RFB 3.8");
        await stream.WriteAsync(Rfb.Version, cancellation);
        var count = await stream.ReadByteAsync(cancellation);
        if (count == 0)
            throw new RfbException($"its QEMU refuses: {await stream.ReadReasonAsync(cancellation)}");
        if (!(await stream.ReadBytesAsync(count, cancellation)).Contains(Rfb.None))
            throw new RfbException("its QEMU asks for a password, so it was not opened as a seat's display");
        await stream.WriteAsync((byte[])[Rfb.None], cancellation);
        if (await stream.ReadNumberAsync(cancellation) != 0)
            throw new RfbException($"its QEMU refuses: {await stream.ReadReasonAsync(cancellation)}");
        await stream.WriteAsync((byte[])[Shared], cancellation);
        var init = await stream.ReadBytesAsync(InitLength, cancellation);
        var length = BinaryPrimitives.ReadUInt32BigEndian(init.AsSpan(InitLength - 4));
        return length <= LongestName
            ? [.. init, .. await stream.ReadBytesAsync((int)length, cancellation)]
            : throw new RfbException($"its QEMU has a name of {length} bytes");
    }
}
