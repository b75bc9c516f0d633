using System.Text.Json.Serialization;

namespace Phyllome.Seats.Planning;

/// <summary>Why a device is where it is; a smaller one goes before a greater.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClaimReason>))]
public enum ClaimReason
{
    /// <summary>The configuration says so.</summary>
    [JsonStringEnumMemberName("configured")] Configured,
    /// <summary>It was there before, or somebody said so.</summary>
    [JsonStringEnumMemberName("remembered")] Remembered,
    /// <summary>It hangs on the same hub or dock as what is the seat's.</summary>
    [JsonStringEnumMemberName("same-hub")] SameHub,
    /// <summary>It is the only new one, and a seat lacks one.</summary>
    [JsonStringEnumMemberName("completed")] Completed,
    /// <summary>No seat has it.</summary>
    [JsonStringEnumMemberName("host")] Host,
    /// <summary>Nobody has it: it is new, and the configuration does not let new devices in.</summary>
    [JsonStringEnumMemberName("held")] Held,
}

/// <summary>A device's place, and why. Every device has one.</summary>
/// <param name="Seat">A seat's name, or <see cref="Step.Host"/>.</param>
/// <param name="Because">In words, for a person: <c>configured: port:1-2</c>.</param>
public sealed record Claim(string Device, string Seat, ClaimReason Reason, string Because)
{
    /// <summary>Whether it goes whole to the seat's guest, so that nobody sits there for its sake.</summary>
    public bool IsWhole { get; init; }

    /// <summary>What would have put it elsewhere, and why it did not, in words.</summary>
    public ValueList<string> Refused { get; init; } = [];
}

/// <summary>Something that keeps a seat from being whole.</summary>
/// <param name="Seat">Null where it concerns no seat.</param>
/// <param name="Sentence">What could not be done, to what, why, and what to do.</param>
/// <param name="Prevents">Whether the seat cannot be used at all because of it: it is shown as failed.</param>
public sealed record Problem(string? Seat, string Sentence, bool Prevents = false)
{
    /// <summary>Id of the device that it is about; null where it is about none.</summary>
    public string? Device { get; init; }

    /// <summary>Whether the seat waits for something that comes by itself, or by what somebody does elsewhere: it is shown as waiting.</summary>
    public bool Waits { get; init; }
}

/// <summary>What should be, as the ordered steps from what is.</summary>
/// <param name="Claims">Of every device, in the order of their ids.</param>
public sealed record Plan(ValueList<Claim> Claims, ValueList<Step> Steps, ValueList<Problem> Problems)
{
    /// <summary>What is asked of whom; null where nothing is.</summary>
    public Asking? Asking { get; init; }

    /// <summary>Why no screen asks, for who wants it; null where one does.</summary>
    public string? WhyNotAsking { get; init; }

    /// <summary>What is to be remembered before the steps are begun; null for what is remembered already.</summary>
    public Memory? Remembered { get; init; }
}
