using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>Why a device belongs to a seat.</summary>
public enum ClaimReason
{
    Configured,
    Remembered,
    SameHub,
    Identified,
    Completed,
}

/// <summary>A device's place, and why.</summary>
/// <param name="Because">In words, for a person: <c>configured: port:1-2</c>.</param>
public sealed record Claim(string Device, string Seat, ClaimReason Reason, string Because);

/// <summary>Something that keeps a seat from being whole.</summary>
/// <param name="Seat">Null where it concerns no seat.</param>
/// <param name="Sentence">What could not be done, to what, why, and what to do.</param>
/// <param name="Prevents">Whether the seat cannot be used at all because of it: it is shown as failed.</param>
public sealed record Problem(string? Seat, string Sentence, bool Prevents = false);

/// <summary>What should be, as the ordered steps from what is.</summary>
public sealed record Plan(ValueList<Claim> Claims, ValueList<Step> Steps, ValueList<Problem> Problems);
