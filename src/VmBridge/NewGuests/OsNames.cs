using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>libosinfo's short names of systems (osinfo-db), like <c>win11</c> and <c>debian12</c>.</summary>
internal static class OsNames
{
    /// <summary>How those of Linux begin, before their version. One that is missing here is generic.</summary>
    private static readonly string[] Linux =
    [
        "almalinux", "alpinelinux", "alt", "altlinux", "android-x86", "archlinux", "asianux", "caasp", "centos", "centos-stream", "circle", "cirros",
        "clearlinux", "elementary", "endless", "eos", "fedora", "gentoo", "gnome", "guix", "hyperbola", "linux", "mageia", "mandrake",
        "mandriva", "manjaro", "mbs", "mes", "miraclelinux", "nixos", "oel", "ol", "popos", "pureos", "rhel", "rhl", "rocky",
        "scientificlinux", "silverblue", "slackware", "sle", "sled", "slem", "sles", "trisquel", "voidlinux",
    ];

    /// <summary>Those whose versions have names, too.</summary>
    private static readonly string[] Named = ["debian", "opensuse", "ubuntu"];

    /// <summary>Versions of Windows that know no Hyper-V.</summary>
    private static readonly HashSet<string> OldWindows = new(StringComparer.Ordinal)
        { "1.0", "2.0", "2.1", "3.1", "95", "98", "me", "nt3.1", "nt3.5", "nt3.51", "nt4.0", "2k", "2k3", "2k3r2", "xp" };

    /// <summary>Windows that starts on UEFI with a part of the BIOS beside it alone, which OVMF lacks.</summary>
    internal static bool IsOlderThanUefi(string os) => os is "winvista" or "win7" or "win2k8" or "win2k8r2";

    /// <summary>The names in what <c>virt-install --osinfo list</c> prints: one system a line, its names parted by commas.</summary>
    internal static ValueList<string> Parse(string list) =>
        list.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(IsName).ToValueList();

    internal static GuestProfile ProfileOf(string os)
    {
        if (os == "win11")
            return GuestProfile.Windows11;
        if (os.StartsWith("win", StringComparison.Ordinal))
            return OldWindows.Contains(os[3..]) ? GuestProfile.Generic : GuestProfile.Windows10;
        if (os.StartsWith("macos", StringComparison.Ordinal))
            return GuestProfile.MacOS;
        return Named.Any(maker => os.StartsWith(maker, StringComparison.Ordinal))
            || Linux.Any(maker => os.StartsWith(maker, StringComparison.Ordinal) && IsVersion(os.AsSpan(maker.Length)))
            ? GuestProfile.Linux
            : GuestProfile.Generic;
    }

    /// <summary>The name that takes the fewest letters to change into; of several, the one that stands first. Null where there are none.</summary>
    internal static string? Nearest(string os, IEnumerable<string> names) => names.MinBy(name => Distance(os, name));

    private static bool IsName(string word) => word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    private static bool IsVersion(ReadOnlySpan<char> rest) => rest.IsEmpty || !char.IsAsciiLetter(rest[0]);

    /// <summary>Levenshtein's.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
                (corner, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, corner + (one[i - 1] == other[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
