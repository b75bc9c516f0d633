using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Guests;

/// <summary>What has happened on a guest's screen since it was last asked.</summary>
/// <param name="Picture">Null while the guest shows nothing.</param>
/// <param name="Replaced">Whether it is another picture than before, with a size of its own.</param>
internal sealed record GuestChange(Picture? Picture, bool Replaced, IReadOnlyList<Area> Changed, Pointer? Pointer, (int X, int Y)? PointerAt, string? Fault);

/// <summary>
/// A guest's screen: written on the thread of its bus, read on the loop's. Each of QEMU's messages is taken whole, so that what is read
/// between two of them is a picture that QEMU has shown.
/// </summary>
internal sealed class GuestScreen(EventFd changed)
{
    private const int LargestSide = 16384;
    private readonly Lock _gate = new();
    private readonly Damage _damage = new();
    private Picture? _picture;
    private bool _replaced;
    private Pointer? _pointer;
    private (int X, int Y)? _pointerAt;
    private string? _fault;

    /// <summary>Of the picture; null while there is none.</summary>
    public (int Width, int Height)? Size
    {
        get
        {
            lock (_gate)
                return _picture is { } picture ? (picture.Width, picture.Height) : null;
        }
    }

    public void Scanout(int width, int height, int stride, uint format, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _fault = null;
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

    public void Disable()
    {
        lock (_gate)
        {
            (_picture, _replaced) = (null, true);
            _damage.Clear();
        }

        changed.Signal();
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
            var change = new GuestChange(_picture, _replaced, [.. _damage.Areas], _pointer, _pointerAt, _fault);
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
}
