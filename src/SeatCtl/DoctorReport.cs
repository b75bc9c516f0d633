using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The file that <c>seatctl doctor --report</c> writes for a bug report: versions and the diagnosis, with serials and addresses masked.</summary>
internal static partial class DoctorReport
{
    private const string Mask = "***";

    /// <summary>Never over a file that is there.</summary>
    internal static void Write(string file, Machine machine, Diagnosis diagnosis)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            using var text = new StreamWriter(stream);
            text.Write(Text(machine, diagnosis));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't write the report {file}: {fault.Message} Name a file that is not there yet.");
        }
    }

    internal static string Text(Machine machine, Diagnosis diagnosis)
    {
        var version = typeof(DoctorReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var text = $"""
            Phyllome Seats {version}, Linux {machine.Kernel}
            Serial numbers, hardware addresses and UUIDs are masked by {Mask}. Names of guests, seats and processes are not: look through it.

            {JsonSerializer.Serialize(diagnosis with { Displays = diagnosis.Displays.Select(Masked).ToValueList() }, DocumentsJson.Diagnosis.Diagnosis)}

            """;
        // Beside that, a monitor's serial stands in its key alone.
        foreach (var (key, masked) in Keys(machine))
            text = text.Replace(key, masked, StringComparison.Ordinal);
        return Identifying().Replace(text, match => match.Groups["kept"].Value + Mask);
    }

    private static DisplayDiagnosis Masked(DisplayDiagnosis display) => display with
    {
        Edid = display.Edid is { } edid ? edid with { SerialNumber = null, SerialText = edid.Serial is null ? null : Mask } : null,
    };

    private static IEnumerable<(string Key, string Masked)> Keys(Machine machine) =>
        from key in machine.Displays.Select(display => display.Edid).OfType<string>()
        let parts = key.Split('-', 3)
        where parts.Length == 3
        select (JsonEncodedText.Encode(key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), $"{parts[0]}-{parts[1]}-{Mask}");

    /// <summary>Serials and addresses in selectors that a fault of the configuration quotes, MAC addresses, and UUIDs.</summary>
    [GeneratedRegex(
        @"(?<kept>\b(?:serial|bt):)[^\s""'\\,\]]+|\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}\b|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b")]
    private static partial Regex Identifying();
}
