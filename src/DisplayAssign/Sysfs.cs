using System.Globalization;

namespace Phyllome.Seats.DisplayAssign;

/// <summary>
/// Reading of sysfs. Devices come and go while they are read, so what is not there (any more) is null and no failure.
/// </summary>
internal static class Sysfs
{
    internal static IReadOnlyList<string> Entries(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    internal static string? Text(string folder, string attribute) =>
        Bytes(folder, attribute) is { } bytes ? System.Text.Encoding.ASCII.GetString(bytes).Trim() : null;

    /// <summary>Read to the end of file: sysfs gives binary attributes (edid) the size 0.</summary>
    internal static byte[]? Bytes(string folder, string attribute)
    {
        try
        {
            using var file = new FileStream(Path.Combine(folder, attribute), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var whole = new MemoryStream();
            file.CopyTo(whole);
            return whole.ToArray();
        }
        catch (IOException)
        {
            // Also ENODEV and EIO, which attributes of a device that is going away answer.
            return null;
        }
    }

    /// <summary>A hexadecimal attribute, with or without 0x.</summary>
    internal static int? Hex(string folder, string attribute)
    {
        var text = Text(folder, attribute);
        if (text is null)
            return null;
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text;
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>The last part of what a symbolic link points to: a driver's name, a PCI address, a group's number.</summary>
    internal static string? LinkName(string folder, string link)
    {
        try
        {
            return Path.GetFileName(new FileInfo(Path.Combine(folder, link)).LinkTarget?.TrimEnd('/'));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
