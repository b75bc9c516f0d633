using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Drm;

/// <summary>A mode, kept as the kernel gave it, since it wants every field of it back.</summary>
public readonly record struct DrmMode
{
    private const uint Preferred = 8, Interlaced = 1 << 4;
    private readonly NativeDrm.drm_mode_modeinfo _info;

    internal DrmMode(NativeDrm.drm_mode_modeinfo info) => _info = info;

    public int Width => _info.hdisplay;

    public int Height => _info.vdisplay;

    /// <summary>In thousandths of a hertz: the pixel clock over all pixels, since the kernel's own number is rounded.</summary>
    public int RefreshMillihertz =>
        _info is { clock: > 0, htotal: > 0, vtotal: > 0 }
            ? (int)(_info.clock * 1_000_000L / (_info.htotal * _info.vtotal))
            : (int)_info.vrefresh * 1000;

    public bool IsPreferred => (_info.type & Preferred) != 0;

    public bool IsInterlaced => (_info.flags & Interlaced) != 0;

    /// <summary>As a property blob takes it.</summary>
    internal ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<NativeDrm.drm_mode_modeinfo>(in _info)).ToArray();

    public bool Equals(DrmMode other) => Bytes.SequenceEqual(other.Bytes);

    public override int GetHashCode() => HashCode.Combine(Width, Height, _info.clock);

    public override string ToString() => $"{Width}x{Height} at {RefreshMillihertz / 1000.0:0.##} Hz";
}
