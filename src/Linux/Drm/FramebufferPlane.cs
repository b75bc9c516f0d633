namespace Phyllome.Seats.Linux.Drm;

/// <summary>Where one plane of a framebuffer's pixels is (struct drm_mode_fb_cmd2, drm_mode.h).</summary>
/// <param name="Handle">Of the card's buffer.</param>
/// <param name="Offset">Of its first byte in that buffer.</param>
/// <param name="Pitch">Bytes from a row to the next.</param>
public readonly record struct FramebufferPlane(uint Handle, uint Offset, uint Pitch)
{
    /// <summary>So many a framebuffer has at most.</summary>
    public const int Most = 4;
}
