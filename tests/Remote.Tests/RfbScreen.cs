using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>What a VNC server that asks for no password shows, pixel for pixel, and hands at its keyboard and mouse.</summary>
internal sealed class RfbScreen : IDisposable
{
    private const int Raw = 0, DesktopSize = -223, Cursor = -239;
    private const byte Update = 0, Bell = 2, CutText = 3;
    private readonly NetworkStream _stream;
    private uint[] _pixels = [];
    private bool _isAsked;

    private RfbScreen(NetworkStream stream) => _stream = stream;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public static async Task<RfbScreen> ConnectAsync(EndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        var screen = new RfbScreen(new(socket, ownsSocket: true));
        var stream = screen._stream;
        await stream.HearAsync(12);
        await stream.SayAsync(Encoding.ASCII.GetBytes("RFB 003.008\n"));
        Assert.Contains((byte)1, await stream.HearAsync((await stream.HearAsync(1))[0]));
        await stream.SayAsync([1]);
        Assert.Equal([0, 0, 0, 0], await stream.HearAsync(4));
        // Others see it too.
        await stream.SayAsync([1]);
        var init = await stream.HearAsync(24);
        await stream.HearAsync(BinaryPrimitives.ReadInt32BigEndian(init.AsSpan(20)));
        screen.Resize(BinaryPrimitives.ReadUInt16BigEndian(init), BinaryPrimitives.ReadUInt16BigEndian(init.AsSpan(2)));
        // 32 bits a pixel, little-endian, of which 24 count. Without the last encoding the pointer would be drawn into the picture.
        await stream.SayAsync(
            [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 2, 0, 0, 3, .. Number(Raw), .. Number(DesktopSize), .. Number(Cursor)]);
        return screen;
    }

    /// <summary>A rectangle's pixels, row by row.</summary>
    public uint[] Part(int x, int y, int width, int height)
    {
        var part = new uint[width * height];
        for (var row = 0; row < height; row++)
            _pixels.AsSpan(((y + row) * Width) + x, width).CopyTo(part.AsSpan(row * width));
        return part;
    }

    /// <summary>Whether all of another one is in the middle of this.</summary>
    public bool Shows(RfbScreen other) => other.Width <= Width && other.Height <= Height
        && Part((Width - other.Width) / 2, (Height - other.Height) / 2, other.Width, other.Height).AsSpan().SequenceEqual(other._pixels);

    /// <summary>Takes what the server sends until it shows that.</summary>
    public async Task UntilAsync(string what, Func<bool> isSeen)
    {
        try
        {
            if (!_isAsked)
            {
                _isAsked = true;
                await AskAsync(isForWhatChanged: false);
                await TakeAsync();
            }

            while (!isSeen())
                await TakeAsync();
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Nothing more was shown for {Talk.Patience.TotalSeconds} s, and {what} was not seen.");
        }
    }

    public async Task TypeAsync(uint keysym) => await _stream.SayAsync([.. Messages.Key(keysym, true), .. Messages.Key(keysym, false)]);

    public void Dispose() => _stream.Dispose();

    private Task AskAsync(bool isForWhatChanged) => _stream.SayAsync([3, (byte)(isForWhatChanged ? 1 : 0), 0, 0, 0, 0, .. Short(Width), .. Short(Height)]);

    private async Task TakeAsync()
    {
        switch ((await _stream.HearAsync(1))[0])
        {
            case Update:
                for (var left = BinaryPrimitives.ReadUInt16BigEndian((await _stream.HearAsync(3)).AsSpan(1)); left > 0; left--)
                    await TakeRectangleAsync();
                await AskAsync(isForWhatChanged: true);
                break;
            case Bell:
                break;
            case CutText:
                await _stream.HearAsync(BinaryPrimitives.ReadInt32BigEndian((await _stream.HearAsync(7)).AsSpan(3)));
                break;
            case var other:
                Assert.Fail($"The server sent a message of type {other}, which nobody asked for.");
                break;
        }
    }

    private async Task TakeRectangleAsync()
    {
        var head = await _stream.HearAsync(12);
        int At(int place) => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(place));
        var (x, y, width, height) = (At(0), At(2), At(4), At(6));
        switch (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(8)))
        {
            case DesktopSize:
                Resize(width, height);
                break;
            case Cursor:
                await _stream.HearAsync((4 * width * height) + ((width + 7) / 8 * height));
                break;
            case Raw:
                var pixels = await _stream.HearAsync(4 * width * height);
                for (var row = 0; row < height; row++)
                {
                    var from = MemoryMarshal.Cast<byte, uint>(pixels.AsSpan(4 * row * width, 4 * width));
                    for (var column = 0; column < width; column++)
                        _pixels[((y + row) * Width) + x + column] = from[column] & 0xffffff;
                }

                break;
            case var other:
                Assert.Fail($"The server sent encoding {other}, which nobody asked for.");
                break;
        }
    }

    private void Resize(int width, int height)
    {
        (Width, Height) = (width, height);
        _pixels = new uint[width * height];
    }

    private static byte[] Short(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
