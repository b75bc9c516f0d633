using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.VirtualPc.Image;

/// <summary>All that an image is made from. Two recipes that differ in anything have different keys, and so different images.</summary>
sealed record ImageRecipe(DebianRelease Release, PcSoftware Software = PcSoftware.Usual)
{
    static readonly string[] Common =
    [
        "systemd-sysv", "udev", "dbus", "libpam-systemd", "kmod", "procps", "iproute2", "linux-image-amd64", "initramfs-tools",
        "qemu-system-x86", "qemu-utils", "seabios", "libvirt-daemon-system", "libvirt-clients", "polkitd", "apparmor", "openssh-server",
        "evtest", "libinput-tools", "usbutils", "pciutils", "python3-jeepney", "busybox-static", "cpio", "xz-utils", "zstd",
    ];

    static readonly string[] Greeter = ["lightdm", "lightdm-gtk-greeter", "xserver-xorg-core", "xserver-xorg-input-libinput", "fonts-dejavu-core"];

    static readonly string[] Installing = ["ovmf", "swtpm", "swtpm-tools", "dnsmasq-base", "virtinst", "grub-efi-amd64-bin", "mtools"];

    static readonly string[] Viewing = ["weston", "virt-viewer", "fonts-dejavu-core", "binutils", "strace"];

    static readonly string[] Desktop = ["sway", "kbd"];

    internal string Suite => Release switch { DebianRelease.Bookworm => "bookworm", _ => "trixie" };

    internal IEnumerable<string> Packages =>
    [
        .. Common, .. Release == DebianRelease.Bookworm ? Array.Empty<string>() : ["libvirt-daemon-driver-qemu"],
        .. Software switch { PcSoftware.Greeter => Greeter, PcSoftware.Installing => Installing, PcSoftware.Viewing => Viewing, PcSoftware.Desktop => Desktop, _ => [] },
    ];

    /// <summary>The files of image/ and guest/, by name.</summary>
    internal static IReadOnlyList<(string Name, byte[] Content)> Files { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith("recipe/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(name => (name["recipe/".Length..], Content(name))),
    ];

    internal string Key => KeyOf(Files);

    internal string KeyOf(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(Suite));
        foreach (var package in Packages) Append(hash, Encoding.UTF8.GetBytes(package));
        foreach (var (name, content) in files)
        {
            Append(hash, Encoding.UTF8.GetBytes(name));
            Append(hash, content);
        }
        return $"{Suite}-{Convert.ToHexString(hash.GetHashAndReset())[..16]}";
    }

    // With its length first, so that moving a byte from one part to the next changes the key.
    static void Append(IncrementalHash hash, byte[] part)
    {
        hash.AppendData(BitConverter.GetBytes((long)part.Length));
        hash.AppendData(part);
    }

    static byte[] Content(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
