using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>Finds a guest's profile: what is configured, else what its maker noted (libosinfo), else what the definition itself betrays.</summary>
internal static class ProfileFinder
{
    /// <summary>Hosts in libosinfo's short names of systems that are Linux (osinfo-db). One that is missing here is generic.</summary>
    private static readonly HashSet<string> LinuxMakers = new(StringComparer.Ordinal)
    {
        "almalinux.org", "alpinelinux.org", "altlinux.org", "amazon.com", "android-x86.org", "archlinux.org", "asianux.com", "caixamagica.pt",
        "cclinux.org", "centos.org", "circlelinux.org", "cirros-cloud.net", "clearlinux.org", "debian.org", "deepin.org", "devuan.org", "elementary.io",
        "endlessos.com", "eurolinux.com", "euro-linux.com", "fedoraproject.org", "flatcar.org", "gentoo.org", "gnome.org", "guix.gnu.org",
        "hyperbola.info", "kali.org", "libosinfo.org", "linuxmint.com", "mageia.org", "mandriva.com", "manjaro.org", "meego.com",
        "miraclelinux.com", "nixos.org", "openeuler.org", "opensuse.org", "oraclelinux.com", "pureos.net", "redhat.com", "rockylinux.org",
        "scientificlinux.org", "silverblue.fedoraproject.org", "slackware.com", "slitaz.org", "suse.com", "system76.com", "trisquel.info",
        "ubuntu.com", "voidlinux.org", "zorin.com",
    };

    /// <summary>Versions in libosinfo's names that know no Hyper-V.</summary>
    private static readonly HashSet<string> OldWindows = new(StringComparer.Ordinal)
        { "1.0", "2.0", "2.1", "3.1", "95", "98", "me", "nt3.1", "nt3.5", "nt3.51", "nt4.0", "2k", "2k3", "2k3r2", "xp" };

    internal static (GuestProfile Profile, string Because) Find(XElement domain, GuestProfile? configured)
    {
        if (configured is { } profile)
            return (profile, "seats.toml says so");
        if (Libosinfo(domain) is { } id)
            return (OfLibosinfo(id), $"libosinfo's metadata say {id}");
        return Betrayed(domain) ?? (GuestProfile.Generic, "nothing says what it is; 'profile' of [guest] in seats.toml can");
    }

    private static string? Libosinfo(XElement domain) =>
        domain.Element("metadata")?.Element(XName.Get("libosinfo", DomainXmlNames.LibosinfoUri))
            ?.Element(XName.Get("os", DomainXmlNames.LibosinfoUri))?.Attribute("id")?.Value;

    internal static GuestProfile OfLibosinfo(string id)
    {
        if (!Uri.TryCreate(id, UriKind.Absolute, out var name))
            return GuestProfile.Generic;
        string[] path = [.. name.Segments.Select(segment => segment.Trim('/')).Where(segment => segment.Length > 0)];
        return (name.Host, path) switch
        {
            ("microsoft.com", ["win", "11", ..]) => GuestProfile.Windows11,
            ("microsoft.com", ["win", var version, ..]) when !OldWindows.Contains(version) => GuestProfile.Windows10,
            ("apple.com", ["macosx" or "macos", ..]) => GuestProfile.MacOS,
            ("oracle.com", ["ol" or "oel" or "oracle-linux", ..]) or ("novell.com", ["sled" or "sles", ..]) => GuestProfile.Linux,
            _ when LinuxMakers.Contains(name.Host) && path is not ["unknown", ..] => GuestProfile.Linux,
            _ => GuestProfile.Generic,
        };
    }

    private static (GuestProfile Profile, string Because)? Betrayed(XElement domain)
    {
        var arguments = domain.Element(XName.Get("commandline", DomainXmlNames.QemuUri))?.Elements().Attributes("value") ?? [];
        if (arguments.Any(argument => argument.Value.Contains("isa-applesmc", StringComparison.Ordinal)))
            return (GuestProfile.MacOS, "the definition has Apple's SMC");
        var os = domain.Element("os");
        if (os?.Element("kernel") is not null)
            return (GuestProfile.Linux, "the definition starts a kernel");
        var windows = domain.Element("features")?.Element("hyperv") is not null ? "Hyper-V's enlightenments"
            : domain.Element("clock")?.Attribute("offset")?.Value == "localtime" ? "a clock of local time"
            : null;
        if (windows is null)
            return null;
        return IsSecure(os) && domain.Element("devices")!.Element("tpm") is not null
            ? (GuestProfile.Windows11, $"the definition has {windows}, Secure Boot and a TPM")
            : (GuestProfile.Windows10, $"the definition has {windows}");
    }

    /// <summary>Whether the firmware that a definition names does Secure Boot.</summary>
    internal static bool IsSecure(XElement? os) =>
        os?.Element("loader")?.Attribute("secure")?.Value == "yes"
        || os?.Element("firmware")?.Elements("feature").Any(feature =>
            feature.Attribute("name")?.Value == "secure-boot" && feature.Attribute("enabled")?.Value == "yes") == true;
}
