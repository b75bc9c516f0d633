using System.Text.Json.Serialization;

namespace Phyllome.Seats.FirstRun;

/// <summary>The document <c>summary.json</c>.</summary>
/// <param name="Seconds">What each part took, in seconds.</param>
sealed record Summary(bool Held, IReadOnlyList<Shown> Claims, IReadOnlyDictionary<string, double> Seconds, IReadOnlyList<string> Pictures, string Machine);

/// <summary>A claim, what was done, what arrived.</summary>
sealed record Shown(string Claim, bool Held, string Done, string Arrived);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower)]
[JsonSerializable(typeof(Summary))]
sealed partial class SummaryJson : JsonSerializerContext;
