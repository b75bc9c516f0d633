using System.Globalization;

namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>
/// Reading of sysfs and procfs. Devices and processes come and go while they are read, so what is not there (any more), or not for this user
/// to read, is null and no failure.
/// </summary>
internal static class Sysfs
{
    internal static IReadOnlyList<string> Entries(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
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
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Also ENODEV and EIO, which attributes of a device that is going away answer.
            return null;
        }
    }

    /// <summary>What a /proc file of lines says behind a name and a colon.</summary>
    internal static string? Named(string? text, string name) =>
        text?.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length).TrimStart().StartsWith(":"))?
            .Split(':', 2)[1].Trim();

    internal static int? Number(string folder, string attribute) =>
        int.TryParse(Text(folder, attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

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
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The PCI function that something in sysfs hangs under, with whatever stands between (a virtio-gpu has its virtio device).</summary>
    internal static string? PciOf(string folder)
    {
        try
        {
            var path = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
            return path.Split('/').LastOrDefault(PciName.Is);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
