using Phyllome.Seats.Linux.Drm;

namespace Phyllome.Seats.DisplayAssign.Outputs;

/// <summary>A connector that is to show something, and what it can be driven by.</summary>
/// <param name="PossibleCrtcs">Bit n: the CRTC that stands at n.</param>
public sealed record WantedOutput(uint Connector, uint PossibleCrtcs);

/// <param name="PossibleCrtcs">Bit n: the CRTC that stands at n.</param>
public sealed record PlaneOffer(uint Id, DrmPlaneType Type, uint PossibleCrtcs);

/// <summary>Which CRTC and planes each connector gets.</summary>
public static class OutputPlan
{
    /// <summary>Gives each connector a CRTC with a primary plane, and a cursor and an overlay plane where one is left.</summary>
    /// <param name="crtcs">In the card's order, which the masks count by.</param>
    /// <param name="taken">Objects that are others'.</param>
    /// <returns>In the order of <paramref name="wanted"/>; null where the card can't drive all of them at once.</returns>
    public static IReadOnlyList<Output>? Choose(
        IReadOnlyList<WantedOutput> wanted, IReadOnlyList<uint> crtcs, IReadOnlyList<PlaneOffer> planes, IReadOnlySet<uint> taken)
    {
        var chosen = new Output[wanted.Count];
        return Choose(wanted, crtcs, planes, [.. taken], chosen, 0)
            ? With(DrmPlaneType.Overlay, With(DrmPlaneType.Cursor, chosen, crtcs, planes, taken), crtcs, planes, taken) : null;
    }

    // A connector that can be driven by few CRTCs may need the one that an earlier one took: go back and try the next.
    private static bool Choose(
        IReadOnlyList<WantedOutput> wanted, IReadOnlyList<uint> crtcs, IReadOnlyList<PlaneOffer> planes, HashSet<uint> taken, Output[] chosen, int next)
    {
        if (next == wanted.Count)
            return true;
        for (var i = 0; i < crtcs.Count; i++)
        {
            if (!Has(wanted[next].PossibleCrtcs, i) || !taken.Add(crtcs[i]))
                continue;
            foreach (var plane in planes.Where(plane => plane.Type == DrmPlaneType.Primary && Has(plane.PossibleCrtcs, i)))
            {
                if (!taken.Add(plane.Id))
                    continue;
                chosen[next] = new(wanted[next].Connector, crtcs[i], plane.Id, null);
                if (Choose(wanted, crtcs, planes, taken, chosen, next + 1))
                    return true;
                taken.Remove(plane.Id);
            }

            taken.Remove(crtcs[i]);
        }

        return false;
    }

    // Such a plane is worth having and not worth another CRTC: each takes the one that the fewest others could use.
    private static Output[] With(DrmPlaneType type, Output[] chosen, IReadOnlyList<uint> crtcs, IReadOnlyList<PlaneOffer> planes, IReadOnlySet<uint> taken)
    {
        var left = planes.Where(plane => plane.Type == type && !taken.Contains(plane.Id)).OrderBy(plane => uint.PopCount(plane.PossibleCrtcs)).ToList();
        for (var i = 0; i < chosen.Length; i++)
        {
            var crtc = crtcs.ToList().IndexOf(chosen[i].Crtc);
            if (left.Find(plane => Has(plane.PossibleCrtcs, crtc)) is not { } plane)
                continue;
            left.Remove(plane);
            chosen[i] = type == DrmPlaneType.Cursor ? chosen[i] with { Cursor = plane.Id } : chosen[i] with { Overlay = plane.Id };
        }

        return chosen;
    }

    private static bool Has(uint mask, int bit) => (mask >> bit & 1) != 0;
}
