using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Drm;

/// <summary>A commit is on the screen (DRM_EVENT_FLIP_COMPLETE).</summary>
/// <param name="UserData">What the commit was given.</param>
/// <param name="Microseconds">When, of CLOCK_MONOTONIC.</param>
public readonly record struct DrmFlip(ulong UserData, long Microseconds, uint Sequence, uint Crtc)
{
    /// <summary>The flips among what was read from a card. Events come whole (drm(7): a read gives none that does not fit).</summary>
    internal static IEnumerable<DrmFlip> Parse(ReadOnlySpan<byte> bytes)
    {
        var flips = new List<DrmFlip>();
        while (bytes.Length >= Marshal.SizeOf<NativeDrm.drm_event>())
        {
            var head = MemoryMarshal.Read<NativeDrm.drm_event>(bytes);
            if (head.length < Marshal.SizeOf<NativeDrm.drm_event>() || head.length > bytes.Length)
                break;
            if (head.type == NativeDrm.DRM_EVENT_FLIP_COMPLETE && head.length >= Marshal.SizeOf<NativeDrm.drm_event_vblank>())
            {
                var flip = MemoryMarshal.Read<NativeDrm.drm_event_vblank>(bytes);
                flips.Add(new(flip.user_data, flip.tv_sec * 1_000_000L + flip.tv_usec, flip.sequence, flip.crtc_id));
            }

            bytes = bytes[(int)head.length..];
        }

        return flips;
    }
}
