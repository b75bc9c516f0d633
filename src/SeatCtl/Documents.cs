using System.Text.Json;
using System.Text.Json.Serialization;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>seat start</c>, <c>seat stop</c> and <c>focus</c> print with <c>--json</c>.</summary>
internal sealed record Done(string Seat, string Did, string? Target);

/// <summary>What <c>config check</c> prints with <c>--json</c>.</summary>
internal sealed record Check(string File, bool Valid, IReadOnlyList<Fault> Faults);

/// <param name="Line">From 1; null where no line is at fault.</param>
/// <param name="Severity">error or warning.</param>
internal sealed record Fault(int? Line, int? Column, string Severity, string Sentence);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, Converters = [typeof(ValueListConverter<string>)])]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(Check))]
[JsonSerializable(typeof(GuestDifference))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(string))]
internal sealed partial class DocumentsJson : JsonSerializerContext
{
    /// <summary>The status in one line, for a reader of lines.</summary>
    internal static StatusJson Line { get; } = new(new JsonSerializerOptions(StatusJson.Default.Options) { WriteIndented = false });
}
