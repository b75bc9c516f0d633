using Phyllome.Seats.Linux.Drm;

namespace Phyllome.Seats.DisplayAssign.Outputs;

/// <summary>Asks a card, or a lease, what its connectors can be driven by.</summary>
public static class CardOutputs
{
    /// <summary>As <see cref="OutputPlan.Choose"/>. The card must understand universal planes.</summary>
    public static IReadOnlyList<Output>? Choose(DrmCard card, IReadOnlyList<DrmConnector> connectors, IReadOnlySet<uint> taken)
    {
        var crtcs = card.Resources().Crtcs;
        var wanted = connectors.Select(connector => new WantedOutput(connector.Id, connector.Encoders.Aggregate(0u, (mask, encoder) => mask | card.Encoder(encoder).PossibleCrtcs)));
        var planes = card.Planes().Select(plane => new PlaneOffer(plane.Id, TypeOf(card, plane.Id), plane.PossibleCrtcs));
        return OutputPlan.Choose([.. wanted], crtcs, [.. planes], taken);
    }

    private static DrmPlaneType TypeOf(DrmCard card, uint plane) =>
        card.Properties(plane, DrmObjectType.Plane).TryGetValue("type", out var type) ? (DrmPlaneType)type.Value : DrmPlaneType.Overlay;
}
