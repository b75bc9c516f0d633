namespace Phyllome.Seats.DisplayAssign.Preflight;

/// <summary>Whether a card may be claimed for guests from the next boot on. Who uses it now is no matter then.</summary>
public static class ClaimVerdict
{
    private static readonly HashSet<string> OfThisBoot = [Checks.Console, Checks.InUse, Checks.UnseenUse, Checks.Rebinding, Checks.DriverOverride, Checks.Memory];

    /// <summary>All that refuses it, with the reasons; null where nothing does.</summary>
    public static string? Refusal(CardDiagnosis card)
    {
        ArgumentNullException.ThrowIfNull(card);
        var reasons = card.Findings.Where(finding => finding.Verdict == Verdict.Refuse && !OfThisBoot.Contains(finding.Check)).ToList();
        return reasons.Count == 0 ? null : CardDiagnosis.Reasons(reasons);
    }
}
