using System.Buffers.Binary;
using System.Text;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>Speaking and listening with a deadline.</summary>
internal static class Talk
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task SayAsync(this Stream stream, byte[] bytes)
    {
        using var limit = Limit();
        await stream.WriteAsync(bytes, limit.Token);
    }

    public static async Task<byte[]> HearAsync(this Stream stream, int count)
    {
        using var limit = Limit();
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }

    public static async Task<string> HearReasonAsync(this Stream stream) =>
        Encoding.UTF8.GetString(await stream.HearAsync(BinaryPrimitives.ReadInt32BigEndian(await stream.HearAsync(4))));

    /// <summary>The other end closes, and says nothing before.</summary>
    public static async Task HearEndAsync(this Stream stream)
    {
        using var limit = Limit();
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], limit.Token));
        }
        catch (IOException)
        {
            // Closed with something of ours unread.
        }
    }

    /// <summary>All that the other end says before it closes.</summary>
    public static async Task<byte[]> HearAllAsync(this Stream stream)
    {
        using var limit = Limit();
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, limit.Token);
        }
        catch (IOException)
        {
            // Closed with something of ours unread.
        }

        return all.ToArray();
    }

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }
}
