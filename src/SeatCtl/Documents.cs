using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What a command that changed something prints with <c>--json</c>.</summary>
/// <param name="Seat">The seat; <c>host</c> for <c>host take</c>.</param>
/// <param name="Target">The guest of a focus or of a new seat, the device of an assignment.</param>
internal sealed record Done(string Seat, string Did, string? Target);

/// <summary>What a command prints with <c>--dry-run --json</c>.</summary>
internal sealed record Steps(IReadOnlyList<string> Would);

/// <summary>What <c>config check</c> prints with <c>--json</c>.</summary>
internal sealed record Check(string File, bool Valid, IReadOnlyList<Fault> Faults);

/// <param name="Line">From 1; null where no line is at fault.</param>
/// <param name="Severity">error or warning.</param>
internal sealed record Fault(int? Line, int? Column, string Severity, string Sentence);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, Converters = [typeof(ValueListConverter<string>)])]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(Steps))]
[JsonSerializable(typeof(SeatEvent))]
[JsonSerializable(typeof(TopPicture))]
[JsonSerializable(typeof(Check))]
[JsonSerializable(typeof(GpuChange))]
[JsonSerializable(typeof(GuestDifference))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(Cloned))]
[JsonSerializable(typeof(NewGuestPreview))]
[JsonSerializable(typeof(NewGuestMade))]
[JsonSerializable(typeof(SelfTestReport))]
[JsonSerializable(typeof(string))]
internal sealed partial class DocumentsJson : JsonSerializerContext
{
    /// <summary>Documents in one line each, for a reader of lines.</summary>
    internal static DocumentsJson Lines => field ??= new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { WriteIndented = false });

    /// <summary>The status in one line, for a reader of lines.</summary>
    internal static StatusJson Line { get; } = new(new JsonSerializerOptions(StatusJson.Default.Options) { WriteIndented = false });

    /// <summary>The diagnosis for terminals and files, where the quotes and signs of its sentences need no escapes.</summary>
    internal static DiagnosisJson Diagnosis { get; } =
        new(new JsonSerializerOptions(DiagnosisJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
