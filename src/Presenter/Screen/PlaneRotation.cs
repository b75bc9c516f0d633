using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>Values of a plane's property <c>rotation</c> (drm_mode.h). The kernel turns anticlockwise, and mirrors before it turns.</summary>
internal static class PlaneRotation
{
    private const ulong ReflectX = 1 << 4, ReflectY = 1 << 5;

    /// <summary>Those that come to the same: turned by half and mirrored is upside down, too, and some cards have only one of them.</summary>
    /// <param name="upsideDown">Whether the first row in memory is the lowest one.</param>
    public static IReadOnlyList<ulong> Of(Rotation clockwise, bool upsideDown)
    {
        ulong Quarters(int more) => 1UL << (((360 - (int)clockwise) / 90) + more) % 4;
        return upsideDown ? [Quarters(0) | ReflectY, Quarters(2) | ReflectX] : [Quarters(0)];
    }
}
