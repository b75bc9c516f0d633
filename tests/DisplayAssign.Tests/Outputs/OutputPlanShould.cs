using Phyllome.Seats.DisplayAssign.Outputs;
using Phyllome.Seats.Linux.Drm;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests.Outputs;

public sealed class OutputPlanShould
{
    private static readonly IReadOnlySet<uint> Nothing = new HashSet<uint>();

    /// <summary>Each CRTC with a primary and a cursor plane of its own, as most cards have them.</summary>
    private static readonly PlaneOffer[] Own =
    [
        new(31, DrmPlaneType.Primary, 0b001), new(32, DrmPlaneType.Cursor, 0b001), new(33, DrmPlaneType.Primary, 0b010), new(34, DrmPlaneType.Cursor, 0b010),
        new(35, DrmPlaneType.Primary, 0b100), new(36, DrmPlaneType.Cursor, 0b100), new(37, DrmPlaneType.Overlay, 0b111),
    ];

    private static readonly uint[] Crtcs = [11, 12, 13];

    [Fact]
    public void Give_each_connector_a_CRTC_and_planes_that_no_other_has()
    {
        var outputs = OutputPlan.Choose([new(21, 0b111), new(22, 0b111)], Crtcs, Own, Nothing);
        Assert.Equal([new Output(21, 11, 31, 32) { Overlay = 37 }, new Output(22, 12, 33, 34)], outputs);
        Assert.Equal([21u, 11u, 31u, 32u, 37u], outputs![0].Objects);
        Assert.Equal([22u, 12u, 33u, 34u], outputs[1].Objects);
    }

    [Fact]
    public void Leave_what_is_taken_to_whom_it_belongs() =>
        Assert.Equal([new Output(21, 12, 33, 34) { Overlay = 37 }], OutputPlan.Choose([new(21, 0b111)], Crtcs, Own, new HashSet<uint> { 11, 31, 32 }));

    [Fact]
    public void Give_a_flexible_connector_another_CRTC_where_a_later_one_can_use_just_one() =>
        Assert.Equal(
            [new Output(21, 12, 33, 34) { Overlay = 37 }, new Output(22, 11, 31, 32)], OutputPlan.Choose([new(21, 0b011), new(22, 0b001)], Crtcs, Own, Nothing));

    [Fact]
    public void Say_that_it_can_not_be_done_where_there_are_too_few_CRTCs() =>
        Assert.Null(OutputPlan.Choose([new(21, 0b001), new(22, 0b001)], Crtcs, Own, Nothing));

    [Fact]
    public void Say_that_it_can_not_be_done_where_a_CRTC_has_no_primary_plane() =>
        Assert.Null(OutputPlan.Choose([new(21, 0b001)], Crtcs, [new(37, DrmPlaneType.Overlay, 0b001)], Nothing));

    [Fact]
    public void Do_without_a_cursor_plane_where_there_are_too_few()
    {
        PlaneOffer[] one = [new(31, DrmPlaneType.Primary, 0b01), new(33, DrmPlaneType.Primary, 0b10), new(32, DrmPlaneType.Cursor, 0b11)];
        Assert.Equal([new Output(21, 11, 31, 32), new Output(22, 12, 33, null)], OutputPlan.Choose([new(21, 0b11), new(22, 0b11)], Crtcs, one, Nothing));
    }
}
