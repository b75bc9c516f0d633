using System.Text.Json.Serialization;
using Phyllome.Seats.DisplayAssign.Monitors;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>doctor</c> prints with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, IgnoreReadOnlyProperties = true, UseStringEnumConverter = true,
    Converters =
    [
        typeof(ValueListConverter<Finding>), typeof(ValueListConverter<CardDiagnosis>), typeof(ValueListConverter<DisplayDiagnosis>), typeof(ValueListConverter<SeatDiagnosis>),
        typeof(ValueListConverter<PciFunction>), typeof(ValueListConverter<PciBar>), typeof(ValueListConverter<Holder>), typeof(ValueListConverter<string>),
        typeof(ValueListConverter<long>),
    ])]
[JsonSerializable(typeof(Diagnosis))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(CardDiagnosis))]
[JsonSerializable(typeof(DisplayDiagnosis))]
[JsonSerializable(typeof(SeatDiagnosis))]
[JsonSerializable(typeof(PciFunction))]
[JsonSerializable(typeof(PciBar))]
[JsonSerializable(typeof(Holder))]
[JsonSerializable(typeof(Edid))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
internal sealed partial class DiagnosisJson : JsonSerializerContext;
