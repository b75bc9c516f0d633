using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Guests;

/// <summary>What has happened on a guest's screen since it was last asked.</summary>
/// <param name="Picture">Null while the guest shows nothing, or a buffer.</param>
/// <param name="Replaced">Whether it is another picture than before, with a size of its own, or another buffer.</param>
internal sealed record GuestChange(Picture? Picture, bool Replaced, IReadOnlyList<Area> Changed, Pointer? Pointer, (int X, int Y)? PointerAt, string? Fault)
{
    /// <summary>Where its picture is in a graphics card's memory; it may be closed by now, and then the next change has another.</summary>
    public GuestBuffer? Buffer { get; init; }
}

/// <summary>
/// A guest's screen: written on the thread of its bus, read on the loop's. Each of QEMU's messages is taken whole, so that what is read
/// between two of them is a picture that QEMU has shown. A guest with accelerated graphics is shown by its buffers instead, which it may draw into
/// while they are not on the screen.
/// </summary>
internal sealed class GuestScreen(EventFd changed)
{
    private const int LargestSide = GuestBuffer.LargestSide;
    private readonly Lock _gate = new();
    private readonly Damage _damage = new();
    private Picture? _picture;
    private bool _replaced;
    private Pointer? _pointer;
    private (int X, int Y)? _pointerAt;
    private string? _fault;

    /// <summary>The buffer that QEMU has told last, and the one that is to be shown: a new one not before its first frame, where there is one to see meanwhile.</summary>
    private GuestBuffer? _told, _buffer;
    private readonly List<TaskCompletionSource> _frames = [];
    private bool _isLeft;

    /// <summary>Of the picture; null while there is none.</summary>
    public (int Width, int Height)? Size
    {
        get
        {
            lock (_gate)
                return _buffer is { } buffer ? (buffer.Part.Width, buffer.Part.Height) : _picture is { } picture ? (picture.Width, picture.Height) : null;
        }
    }

    public void Scanout(int width, int height, int stride, uint format, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _fault = null;
            NoBuffer();
            if (GuestPixels.Size(format) is null)
                _fault = $"its picture has a layout of pixels that is not known (0x{format:x8})";
            else if (width is < 1 or > LargestSide || height is < 1 or > LargestSide)
                _fault = $"its picture has {width} x {height} pixels";
            if (_fault is not null)
            {
                (_picture, _replaced) = (null, true);
            }
            else
            {
                if (_picture is not { } picture || picture.Width != width || picture.Height != height)
                    (_picture, _replaced) = (new(width, height), true);
                _damage.Add(_picture!.Take(_picture.Whole, stride, format, bytes));
            }
        }

        changed.Signal();
    }

    public void Update(Area area, int stride, uint format, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            _damage.Add(_picture?.Take(area, stride, format, bytes) ?? default);
        changed.Signal();
    }

    /// <summary>Another buffer, which this takes over; what it shows is told by <see cref="UpdateBuffer"/>.</summary>
    public void ScanoutBuffer(GuestBuffer buffer)
    {
        lock (_gate)
        {
            if (_isLeft)
            {
                buffer.Dispose();
                return;
            }

            _fault = buffer.Fault;
            if (_fault is not null)
            {
                buffer.Dispose();
                NoBuffer();
                (_picture, _replaced) = (null, true);
            }
            else
            {
                if (_told != _buffer)
                    _told?.Dispose();
                _told = buffer;
                if (_buffer is null)
                    ShowTold();
            }
        }

        changed.Signal();
    }

    /// <summary>A frame is in the buffer.</summary>
    /// <returns>Completes when it is on the screen, and the guest may draw on.</returns>
    public Task UpdateBuffer()
    {
        TaskCompletionSource frame;
        lock (_gate)
        {
            if (_isLeft || _told is null)
                return Task.CompletedTask;
            if (_told != _buffer)
                ShowTold();
            _frames.Add(frame = new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.Signal();
        return frame.Task;
    }

    public void Disable()
    {
        lock (_gate)
        {
            // Where a buffer was told and has no frame yet, it is the former one that QEMU lets go (dbus_release_dmabuf).
            if (_buffer is not null && _told != _buffer)
                return;
            // It may be let go, too, after the frame of a new one; the next frame brings that back.
            (_picture, _buffer, _replaced) = (null, null, true);
            _damage.Clear();
        }

        changed.Signal();
    }

    /// <summary>The guest is not shown any more: nothing of it is kept, and it waits for nobody.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isLeft = true;
            NoBuffer();
            foreach (var frame in _frames)
                frame.TrySetResult();
            _frames.Clear();
        }
    }

    /// <summary>The frames that came since, each to be completed when it is on the screen. What <see cref="Take"/> gives after this has them.</summary>
    public IReadOnlyList<TaskCompletionSource> TakeFrames()
    {
        lock (_gate)
        {
            IReadOnlyList<TaskCompletionSource> frames = [.. _frames];
            _frames.Clear();
            return frames;
        }
    }

    public void DefinePointer(Pointer? pointer)
    {
        lock (_gate)
            _pointer = pointer;
        changed.Signal();
    }

    public void MovePointer(int x, int y, bool visible)
    {
        lock (_gate)
            _pointerAt = visible ? (x, y) : null;
        changed.Signal();
    }

    public GuestChange Take()
    {
        lock (_gate)
        {
            var change = new GuestChange(_picture, _replaced, [.. _damage.Areas], _pointer, _pointerAt, _fault) { Buffer = _buffer };
            _replaced = false;
            _damage.Clear();
            return change;
        }
    }

    /// <summary>Reads the picture while nothing writes it.</summary>
    public void Read(Action read)
    {
        lock (_gate)
            read();
    }

    private void ShowTold()
    {
        if (_buffer != _told)
            _buffer?.Dispose();
        (_buffer, _picture, _replaced) = (_told, null, true);
        _damage.Clear();
    }

    private void NoBuffer()
    {
        _told?.Dispose();
        _buffer?.Dispose();
        _told = _buffer = null;
    }
}
