using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>An overlay plane with a notice on it, above the picture, which then need not be drawn anew.</summary>
internal sealed class NoticePlane(DrmCard card, uint plane, uint crtc) : IDisposable
{
    private readonly IReadOnlyDictionary<string, DrmProperty> _properties = card.Properties(plane, DrmObjectType.Plane);

    /// <summary>Those that may still be on the screen until the next commit is.</summary>
    private readonly List<DumbBuffer> _former = [];

    private DumbBuffer? _buffer;
    private (int X, int Y) _at;

    /// <summary>Whether what is shown is not what was asked for last.</summary>
    public bool IsDue { get; private set; }

    public bool IsShown => _buffer is not null;

    /// <summary>Whether it is above the picture, as far as the card says: some have planes below it.</summary>
    /// <param name="primary">The value of the property <c>zpos</c>; null where the plane has none.</param>
    public static bool IsAbove(ulong? overlay, ulong? primary) => overlay is null || primary is null || overlay > primary;

    /// <param name="panel">Null: none.</param>
    public void Show(NoticePanel? panel)
    {
        if (_buffer is null && panel is null)
            return;
        if (_buffer is not null)
            _former.Add(_buffer);
        _buffer = null;
        IsDue = true;
        if (panel is null)
            return;
        var buffer = _buffer = card.CreateBuffer(panel.Picture.Width, panel.Picture.Height, DrmFormat.Xrgb8888);
        for (var y = 0; y < buffer.Height; y++)
            MemoryMarshal.AsBytes(panel.Picture.Row(y)).CopyTo(buffer.Pixels[(y * buffer.Pitch)..]);
        _at = (panel.X, panel.Y);
    }

    public void AddTo(AtomicRequest request)
    {
        if (_buffer is not { } buffer)
        {
            request.Set(plane, _properties["FB_ID"].Id, 0).Set(plane, _properties["CRTC_ID"].Id, 0);
            return;
        }

        request.Set(plane, _properties["FB_ID"].Id, buffer.Framebuffer).Set(plane, _properties["CRTC_ID"].Id, crtc)
            .Set(plane, _properties["CRTC_X"].Id, (ulong)_at.X).Set(plane, _properties["CRTC_Y"].Id, (ulong)_at.Y)
            .Set(plane, _properties["CRTC_W"].Id, (ulong)buffer.Width).Set(plane, _properties["CRTC_H"].Id, (ulong)buffer.Height)
            // 16.16 fixed point.
            .Set(plane, _properties["SRC_X"].Id, 0).Set(plane, _properties["SRC_Y"].Id, 0)
            .Set(plane, _properties["SRC_W"].Id, (ulong)buffer.Width << 16).Set(plane, _properties["SRC_H"].Id, (ulong)buffer.Height << 16);
    }

    public void Committed() => IsDue = false;

    /// <summary>All that was committed is on the screen.</summary>
    public void Flipped()
    {
        if (IsDue)
            return;
        foreach (var buffer in _former)
            buffer.Dispose();
        _former.Clear();
    }

    public void Dispose()
    {
        foreach (var buffer in _former)
            buffer.Dispose();
        _buffer?.Dispose();
    }
}
