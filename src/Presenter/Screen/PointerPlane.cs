using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>The plane of the pointer: two buffers of the size that the card has for it, so that none is written while it is shown.</summary>
internal sealed class PointerPlane : IDisposable
{
    private readonly uint _plane;
    private readonly uint _crtc;
    private readonly IReadOnlyDictionary<string, DrmProperty> _properties;
    private readonly DumbBuffer[] _buffers;
    private int _newest;
    private bool _drawn;
    private Pointer? _pointer;
    private (int X, int Y) _at;

    public PointerPlane(DrmCard card, uint plane, uint crtc)
    {
        (_plane, _crtc) = (plane, crtc);
        _properties = card.Properties(plane, DrmObjectType.Plane);
        // 64 where the driver does not say (drm_mode.h).
        static int Side(ulong said) => said is > 0 and <= 1024 ? (int)said : 64;
        int width = Side(card.Ask(DrmCapability.CursorWidth)), height = Side(card.Ask(DrmCapability.CursorHeight));
        _buffers = [card.CreateBuffer(width, height, DrmFormat.Argb8888), card.CreateBuffer(width, height, DrmFormat.Argb8888)];
    }

    /// <summary>Whether what is shown is not what was asked for last.</summary>
    public bool IsDue { get; private set; } = true;

    /// <param name="pointer">Null: none.</param>
    /// <returns>False where it does not fit; then none is shown.</returns>
    public bool Show(Pointer? pointer, int x, int y)
    {
        var fits = pointer is null || (pointer.Width <= _buffers[0].Width && pointer.Height <= _buffers[0].Height);
        if (!fits)
            pointer = null;
        if (!ReferenceEquals(pointer, _pointer))
        {
            _pointer = pointer;
            if (pointer is not null)
                Draw(pointer);
            IsDue = true;
        }

        if (pointer is not null && _at != (x, y))
        {
            _at = (x, y);
            IsDue = true;
        }

        return fits;
    }

    public void AddTo(AtomicRequest request)
    {
        if (!IsDue)
            return;
        if (_pointer is null)
        {
            request.Set(_plane, _properties["FB_ID"].Id, 0).Set(_plane, _properties["CRTC_ID"].Id, 0);
            return;
        }

        var buffer = _buffers[_newest];
        request.Set(_plane, _properties["FB_ID"].Id, buffer.Framebuffer).Set(_plane, _properties["CRTC_ID"].Id, _crtc)
            // Signed, as the kernel takes them: a pointer at the left edge begins beyond it.
            .Set(_plane, _properties["CRTC_X"].Id, (ulong)_at.X).Set(_plane, _properties["CRTC_Y"].Id, (ulong)_at.Y)
            .Set(_plane, _properties["CRTC_W"].Id, (ulong)buffer.Width).Set(_plane, _properties["CRTC_H"].Id, (ulong)buffer.Height)
            .Set(_plane, _properties["SRC_X"].Id, 0).Set(_plane, _properties["SRC_Y"].Id, 0)
            .Set(_plane, _properties["SRC_W"].Id, (ulong)buffer.Width << 16).Set(_plane, _properties["SRC_H"].Id, (ulong)buffer.Height << 16);
    }

    public void Committed() => IsDue = _drawn = false;

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }

    private void Draw(Pointer pointer)
    {
        // One that was drawn and not committed since is not shown, and may be drawn over.
        if (!_drawn)
            _newest = 1 - _newest;
        _drawn = true;
        var buffer = _buffers[_newest];
        buffer.Pixels.Clear();
        for (var y = 0; y < pointer.Height; y++)
            MemoryMarshal.AsBytes(pointer.Pixels.AsSpan(y * pointer.Width, pointer.Width)).CopyTo(buffer.Pixels[(y * buffer.Pitch)..]);
    }
}
