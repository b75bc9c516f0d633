using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Drm;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Drm;

public sealed class DrmFlipTests
{
    private static readonly NativeDrm.drm_event_vblank Flip = new()
    {
        @base = new() { type = NativeDrm.DRM_EVENT_FLIP_COMPLETE, length = 32 },
        user_data = 7, tv_sec = 5, tv_usec = 250_000, sequence = 12, crtc_id = 41,
    };

    [Fact]
    public void Flips_are_found_between_events_of_other_kinds()
    {
        var other = Flip with { @base = new() { type = 1, length = 32 } };
        Assert.Equal(
            [new DrmFlip(7, 5_250_000, 12, 41), new DrmFlip(8, 5_250_000, 12, 41)],
            DrmFlip.Parse(MemoryMarshal.AsBytes<NativeDrm.drm_event_vblank>([Flip, other, Flip with { user_data = 8 }])));
    }

    [Fact]
    public void An_event_that_is_cut_off_or_has_no_length_ends_the_list()
    {
        var bytes = MemoryMarshal.AsBytes<NativeDrm.drm_event_vblank>([Flip, Flip]);
        Assert.Single(DrmFlip.Parse(bytes[..40]));
        Assert.Single(DrmFlip.Parse(MemoryMarshal.AsBytes<NativeDrm.drm_event_vblank>([Flip, default])));
    }
}
