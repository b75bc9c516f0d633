using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a new guest starts with.</summary>
internal enum NewFirmware
{
    /// <summary>What virt-install knows for the system, mostly a BIOS.</summary>
    AsKnown,
    /// <summary>UEFI that checks no signatures; where the host has none, as <see cref="AsKnown"/>.</summary>
    Uefi,
    /// <summary>UEFI with Secure Boot, and the keys of Microsoft in it.</summary>
    SecureBoot,
}

/// <summary>The machine that a profile's systems are installed on. What is null is left to virt-install, which asks libosinfo.</summary>
/// <param name="DiskBus">Of the disk and of the medium: of the disk alone where it is virtio.</param>
/// <param name="LeastMiB">The memory without which the system's setup refuses, or its kernel does not start.</param>
/// <param name="LeastGiB">The same of the disk.</param>
internal sealed record ProfileHardware(
    GuestProfile Profile, string? Machine, NewFirmware Firmware, bool Tpm, string? DiskBus, string? Network, string? Video,
    int LeastMiB, int UsualMiB, int LeastGiB, int UsualGiB, int LeastVcpus, int UsualVcpus, string Why)
{
    /// <summary>
    /// By profile; macOS has none. Of Windows 11 the least are Microsoft's own (Windows 11 specifications: 4 GB, 64 GB, two cores, TPM 2.0,
    /// Secure Boot), as of Windows 10 (2 GB, 32 GB).
    /// </summary>
    internal static ValueList<ProfileHardware> Table { get; } =
    [
        new(GuestProfile.Windows11, "q35", NewFirmware.SecureBoot, true, "sata", "e1000e", "vga", 4096, 8192, 64, 64, 2, 4,
            "its setup wants Secure Boot and a TPM, and has drivers for none of virtio"),
        new(GuestProfile.Windows10, "q35", NewFirmware.Uefi, false, "sata", "e1000e", "vga", 2048, 4096, 32, 64, 1, 4,
            "its setup has drivers for none of virtio"),
        new(GuestProfile.Linux, "q35", NewFirmware.Uefi, false, "virtio", "virtio", "virtio", 512, 4096, 4, 32, 1, 4,
            "its kernel has the drivers of virtio"),
        new(GuestProfile.Generic, null, NewFirmware.AsKnown, false, null, null, null, 16, 2048, 1, 32, 1, 2,
            "nothing is known that libosinfo does not know better"),
    ];

    internal static ProfileHardware? Of(GuestProfile profile) => Table.FirstOrDefault(one => one.Profile == profile);

    /// <param name="os">libosinfo's short name.</param>
    /// <param name="hasUefi">Whether the host has such a firmware.</param>
    internal NewFirmware FirmwareOf(string os, bool hasUefi) =>
        Firmware == NewFirmware.Uefi && (!hasUefi || OsNames.IsOlderThanUefi(os)) ? NewFirmware.AsKnown : Firmware;
}
