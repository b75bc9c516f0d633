using System.Buffers.Binary;
using System.Net.Security;
using System.Text;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>What both ends of a handshake have in common (RFC 6143, 7.1).</summary>
internal static class Rfb
{
    public const byte None = 1, VeNCrypt = 19;
    public const int VersionLength = 12;
    private const int LongestReason = 4096;

    public static ReadOnlyMemory<byte> Version { get; } = "RFB 003.008\n"u8.ToArray();

    public static async Task<byte[]> ReadBytesAsync(this Stream stream, int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }

    public static async Task<byte> ReadByteAsync(this Stream stream, CancellationToken cancellation) => (await stream.ReadBytesAsync(1, cancellation))[0];

    public static async Task<uint> ReadNumberAsync(this Stream stream, CancellationToken cancellation) =>
        BinaryPrimitives.ReadUInt32BigEndian(await stream.ReadBytesAsync(4, cancellation));

    /// <summary>In one line, whatever is in it: it goes into the log.</summary>
    public static async Task<string> ReadReasonAsync(this Stream stream, CancellationToken cancellation)
    {
        var length = await stream.ReadNumberAsync(cancellation);
        return length <= LongestReason
            ? string.Concat(Encoding.UTF8.GetString(await stream.ReadBytesAsync((int)length, cancellation)).Select(letter => char.IsControl(letter) ? ' ' : letter))
            : throw new RfbException($"it gave a reason of {length} bytes");
    }

    /// <summary>Says no, in the form in which a reason follows these bytes.</summary>
    public static async Task RefuseAsync(this Stream stream, byte[] no, string reason, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetBytes(reason);
        var message = new byte[no.Length + 4 + text.Length];
        no.CopyTo(message, 0);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(no.Length), text.Length);
        text.CopyTo(message, no.Length + 4);
        await stream.WriteAsync(message, cancellation);
    }

    /// <summary>SecurityResult: come in.</summary>
    public static Task AcceptAsync(this Stream stream, CancellationToken cancellation) => stream.WriteAsync((byte[])[0, 0, 0, 0], cancellation).AsTask();

    /// <summary>SecurityResult: stay outside, and why.</summary>
    public static Task TurnAwayAsync(this Stream stream, string reason, CancellationToken cancellation) => stream.RefuseAsync([0, 0, 0, 1], reason, cancellation);

    /// <summary>Closes it. A viewer with TLS is told so, and knows by it that nobody has cut its connection.</summary>
    public static async Task LeaveAsync(this Stream stream, TimeSpan time)
    {
        try
        {
            if (stream is SslStream tls)
                await tls.ShutdownAsync().WaitAsync(time);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException)
        {
            // It has left, or was broken off in the middle.
        }

        await stream.DisposeAsync();
    }
}
