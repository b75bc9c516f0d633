using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Phyllome.Seats.DisplayAssign.Monitors;

namespace Phyllome.Seats.DisplayAssign.Tests.Monitors;

/// <summary>What the program edid-decode reads from an EDID; the reference.</summary>
internal static partial class EdidDecode
{
    private const string Program = "/usr/bin/edid-decode";

    internal static bool IsThere => File.Exists(Program);

    /// <summary>Its answer as ours would be; without faults, of which the two have different ideas.</summary>
    internal static Edid Parse(byte[] bytes)
    {
        var text = Run(bytes);
        var cut = text.IndexOf("\n----------------\n\nPreferred", StringComparison.Ordinal);
        var (decoded, preferred) = cut < 0 ? (text, "") : (text[..cut], text[cut..]);
        var block0 = decoded.Split("\n----------------\n")[0];
        var displayIds = decoded.Split("\n----------------\n").Where(part => part.Contains("DisplayID Extension Block", StringComparison.Ordinal)).ToList();
        return new(
            One(block0, @"Manufacturer: ([A-Z]{3})$"), ushort.Parse(One(block0, @"Model: (\d+)")!, CultureInfo.InvariantCulture),
            Number(One(block0, @"^    Serial Number: (\d+)")) ?? displayIds.Select(part => Number(One(part, @"^    Serial Number: (\d+)"))).FirstOrDefault(number => number is not null),
            Text(block0, "Display Product Serial Number"),
            Text(block0, "Display Product Name") ?? displayIds.Select(part => One(part, @"^    Product ID: (.+)$")).FirstOrDefault(name => name is not null),
            (int?)Number(One(block0, @"(?:Made in: (?:week \d+ of )?|Model year: )(\d+)")), Size(block0, displayIds),
            Preferred(preferred, "Block 0 and CTA-861") ?? FirstDetailed(block0) ?? Marked(displayIds),
            Timings(decoded).Order().Cast<Mode?>().LastOrDefault(), []);
    }

    private static string Run(byte[] bytes)
    {
        using var run = Process.Start(new ProcessStartInfo(Program, ["--skip-hex-dump", "--skip-sha", "--preferred-timings"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        run.StandardInput.BaseStream.Write(bytes);
        run.StandardInput.Close();
        var text = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return text;
    }

    private static string? One(string text, string pattern) => Regex.Match(text, pattern, RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value : null;

    private static uint? Number(string? text) => text is null ? null : uint.Parse(text, CultureInfo.InvariantCulture);

    private static string? Text(string block, string what) =>
        Regex.Matches(block, $"^ *{what}: '(.*)'$", RegexOptions.Multiline).Select(match => match.Groups[1].Value.Trim()).FirstOrDefault(text => text.Length > 0);

    private static PictureSize? Size(string block0, List<string> displayIds)
    {
        if (Regex.Match(block0, @"Maximum image size: (\d+) cm x (\d+) cm") is { Success: true } cm)
            return new(int.Parse(cm.Groups[1].Value, CultureInfo.InvariantCulture) * 10, int.Parse(cm.Groups[2].Value, CultureInfo.InvariantCulture) * 10);
        foreach (var part in displayIds)
        {
            if (Regex.Match(part, @"Image size: ([\d.]+) mm x ([\d.]+) mm") is { Success: true } mm)
                return new((int)double.Parse(mm.Groups[1].Value, CultureInfo.InvariantCulture), (int)double.Parse(mm.Groups[2].Value, CultureInfo.InvariantCulture));
        }
        return null;
    }

    private static Mode? Preferred(string text, string section)
    {
        var at = text.IndexOf($"if {section}", StringComparison.Ordinal);
        return at < 0 ? null : Timings(text[at..]).Cast<Mode?>().FirstOrDefault();
    }

    /// <summary>EDID 1.3 says that it is the preferred one, 1.4 whether it is also the native one.</summary>
    private static Mode? FirstDetailed(string block0) =>
        Regex.IsMatch(block0, "First detailed timing (is the preferred timing|includes|does not include)")
            && One(block0, @"^(    DTD 1: .*)$") is { } line ? Timings(line).Cast<Mode?>().FirstOrDefault() : null;

    private static Mode? Marked(List<string> displayIds) =>
        displayIds.SelectMany(part => Timings(string.Join('\n', part.Split('\n').Where(line => line.Contains(", preferred", StringComparison.Ordinal))))).Cast<Mode?>().FirstOrDefault();

    private static IEnumerable<Mode> Timings(string text) =>
        from match in Timing().Matches(text)
        select new Mode(
            int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture),
            (int)Math.Round(double.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture) * 1000), match.Groups[3].Value == "i");

    [GeneratedRegex(@": +(\d+)x(\d+)(i?) +(\d+\.\d+) Hz")]
    private static partial Regex Timing();
}
