using System.Diagnostics;
using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;

/// <summary>
/// Plays a guest whose picture moves, and its QEMU's display, to one presenter. Each frame has its number as a colour at the left of every row, and
/// is drawn from the first row to the last: a picture with two numbers in it is torn.
/// </summary>
sealed class MovingGuest : IDisposable
{
    const string Console = "org.qemu.Display1.Console", ConsolePath = "/org/qemu/Display1/Console_0";
    const string Listener = "org.qemu.Display1.Listener", ListenerPath = "/org/qemu/Display1/Listener";
    const string Planes = "org.qemu.Display1.Listener.Unix.ScanoutDMABUF2";
    const uint X8R8G8B8 = 0x20020888;
    const ulong Linear = 0;
    const int MarkWidth = 32;

    /// <summary>QEMU waits as long for the answer to a frame (DBUS_DEFAULT_TIMEOUT).</summary>
    static readonly TimeSpan QemusPatience = TimeSpan.FromSeconds(1);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    readonly int _width, _height;
    readonly IReadOnlyList<DumbBuffer> _buffers;
    readonly (int X, int Y)? _at;
    readonly TaskCompletionSource<FileDescriptor> _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    BusConnection? _qemu, _listener;

    /// <param name="buffers">What it draws into by turns; none: into memory, whose pictures go as messages.</param>
    /// <param name="at">Where in its buffers the picture begins, which goes as by a newer QEMU then; null: all of them is the picture.</param>
    public MovingGuest(int width, int height, IReadOnlyList<DumbBuffer> buffers, (int X, int Y)? at = null) => (_width, _height, _buffers, _at) = (width, height, buffers, at);

    /// <summary>The other end of its display, for a presenter.</summary>
    public async Task<FileDescriptor> OpenAsync()
    {
        var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: true);
        _qemu = BusConnection.ServePeer(ours);
        await _qemu.ExportAsync(ConsolePath, new(Console,
        [
            new("RegisterListener", [new("listener", "h")], [], (_, arguments) =>
            {
                _registered.TrySetResult(arguments.ReadDescriptor());
                return Task.FromResult<WriteBody?>(null);
            }),
            new("SetUIInfo", [new("w", "q"), new("h", "q"), new("x", "i"), new("y", "i"), new("width", "u"), new("height", "u")], [], (_, _) => Task.FromResult<WriteBody?>(null)),
        ], [new("Width", "u", body => body.Write((uint)_width)), new("Height", "u", body => body.Write((uint)_height))], []));
        return theirs;
    }

    /// <summary>Shows so many frames, as fast as their answers come; gives how many were answered, and the longest time until an answer.</summary>
    /// <param name="waits">Whether it draws on only when it was answered, as QEMU's guests do.</param>
    public async Task<(int Answered, long LongestMilliseconds)> MoveAsync(int frames, bool waits)
    {
        _listener = BusConnection.ServePeer(await _registered.Task.WaitAsync(Patience));
        // QEMU reads its listener's properties first. Descriptors that come together with the end of the greeting sd-bus takes for a trick, and ends with EIO.
        await _listener.CallAsync(new(null, ListenerPath, "org.freedesktop.DBus.Peer", "Ping")).WaitAsync(Patience);
        var dmaBufs = _buffers.Select(buffer => buffer.Export()).ToList();
        var pixels = new byte[_width * _height * 4];
        var answers = new List<Task<long>>();
        for (var frame = 1; frame <= frames; frame++)
        {
            if (_buffers.Count == 0)
            {
                Draw(pixels, _width * 4, frame);
                answers.Add(TimeAsync(frame == 1 ? SayAsync("Scanout", body => Scanout(body, pixels)) : SayAsync("Update", body => Update(body, pixels))));
            }
            else
            {
                var (buffer, dmaBuf) = (_buffers[frame % _buffers.Count], dmaBufs[frame % dmaBufs.Count]);
                var (x, y) = _at ?? default;
                Draw(buffer.Pixels[(y * buffer.Pitch + x * 4)..], buffer.Pitch, frame);
                _ = _at is null
                    ? SayAsync("ScanoutDMABUF", body => ScanoutBuffer(body, dmaBuf, buffer.Pitch))
                    : _listener.CallAsync(new(null, ListenerPath, Planes, "ScanoutDMABUF2", body => ScanoutPart(body, dmaBuf, buffer, (x, y))));
                answers.Add(TimeAsync(SayAsync("UpdateDMABUF", WholeArea)));
            }

            if (waits)
                await answers[^1];
        }

        var times = await Task.WhenAll(answers);
        dmaBufs.ForEach(dmaBuf => dmaBuf.Dispose());
        return (times.Count(time => time >= 0), times.Max());
    }

    public void Dispose()
    {
        _ = _listener?.DisposeAsync().AsTask();
        _ = _qemu?.DisposeAsync().AsTask();
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }

    /// <summary>Milliseconds until the answer; -1 where there was none in QEMU's time.</summary>
    static async Task<long> TimeAsync(Task call)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            await call.WaitAsync(QemusPatience);
            return (long)Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        }
        catch (TimeoutException)
        {
            return -1;
        }
    }

    void Draw(Span<byte> rows, int pitch, int frame)
    {
        var mark = (uint)((frame & 31) << 19 | frame >> 5 << 11 | 0x7f);
        var bar = MarkWidth + (frame * 8 % (_width - MarkWidth - 16));
        for (var y = 0; y < _height; y++)
        {
            var row = MemoryMarshal.Cast<byte, uint>(rows.Slice(y * pitch, _width * 4));
            row[..MarkWidth].Fill(mark);
            row[MarkWidth..].Fill(0x303030);
            row.Slice(bar, 16).Fill(0xf0f0f0);
        }
    }

    Task SayAsync(string member, WriteBody body) => _listener!.CallAsync(new(null, ListenerPath, Listener, member, body));

    void Scanout(MessageWriter body, byte[] pixels)
    {
        foreach (var number in (uint[])[(uint)_width, (uint)_height, (uint)_width * 4, X8R8G8B8])
            body.Write(number);
        body.Write(pixels);
    }

    void Update(MessageWriter body, byte[] pixels)
    {
        WholeArea(body);
        body.Write((uint)_width * 4);
        body.Write(X8R8G8B8);
        body.Write(pixels);
    }

    void ScanoutBuffer(MessageWriter body, FileDescriptor dmaBuf, int pitch)
    {
        body.Write(dmaBuf);
        foreach (var number in (uint[])[(uint)_width, (uint)_height, (uint)pitch, (uint)DrmFormat.Argb8888])
            body.Write(number);
        body.Write(Linear);
        body.Write(false);
    }

    void ScanoutPart(MessageWriter body, FileDescriptor dmaBuf, DumbBuffer buffer, (int X, int Y) at)
    {
        body.Open('a', "h");
        body.Write(dmaBuf);
        body.Close();
        foreach (var number in (int[])[at.X, at.Y, _width, _height])
            body.Write((uint)number);
        // Offsets, and pitches.
        foreach (var number in (int[])[0, buffer.Pitch])
        {
            body.Open('a', "u");
            body.Write((uint)number);
            body.Close();
        }

        foreach (var number in (uint[])[1, (uint)DrmFormat.Argb8888, (uint)buffer.Width, (uint)buffer.Height])
            body.Write(number);
        body.Write(Linear);
        body.Write(false);
    }

    void WholeArea(MessageWriter body)
    {
        foreach (var number in (int[])[0, 0, _width, _height])
            body.Write(number);
    }
}
