using System.Globalization;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>Why a guest cannot be made, before anything is.</summary>
internal static class NewGuestChecks
{
    /// <summary>A qcow2's own tables, and what the host writes beside it.</summary>
    private const long Room = 64L << 20;

    internal static string VolumeOf(string name) => $"{name}.qcow2";

    /// <summary>The first fault, as the sentence's end after 'Could not make guest NAME: '; null where there is none.</summary>
    /// <param name="hardware">Null where its profile has none.</param>
    /// <param name="wish">With all its sizes, unless <paramref name="hardware"/> is null.</param>
    internal static string? Fault(NewGuestWish wish, GuestProfile profile, ProfileHardware? hardware, NewGuestSight sight)
    {
        if (GuestName.Fault(wish.Name) is { } name)
            return name;
        if (sight.OsNames is not { } names)
            return "virt-install is not installed. Install the package virtinst (Debian, Ubuntu) or virt-install (Fedora, Arch, openSUSE).";
        if (!names.Contains(wish.Os))
            return OsFault(wish.Os, names);
        if (hardware is null)
            return $"no machine is known here that the setup of '{wish.Os}' starts on (profile {EnumWords.Of(profile)}). Make it as its own guides say, then seat it.";
        if (sight.IsNameTaken)
            return "libvirt has a guest of that name. Choose another one.";
        return IsoFault(wish.Iso, sight.Iso) ?? SizeFault(wish, hardware) ?? AbilityFault(hardware, sight) ?? PoolFault(wish, sight.Pool);
    }

    private static string OsFault(string os, ValueList<string> names)
    {
        var nearest = OsNames.Nearest(os, names);
        return $"virt-install knows no system '{os}'{(nearest is null ? "" : $"; the nearest is '{nearest}'")}. 'virt-install --osinfo list' lists those that it knows.";
    }

    private static string? IsoFault(string path, IsoSight iso)
    {
        if (path.Any(char.IsControl))
            return "a definition takes no path with control characters. Rename the medium.";
        if (iso.IsFolder)
            return $"{path} is a folder, and a system is installed from a file or a drive.";
        if (!iso.IsThere)
            return $"the medium {path} is not there.";
        if (iso.Closed is { } closed)
            return $"QEMU's user {Number(iso.Reader ?? 0)} may not enter {closed}, so it cannot read {path}. Move the file to a storage pool "
                + $"(/var/lib/libvirt/images), or let that user through: setfacl -m u:{Number(iso.Reader ?? 0)}:x '{closed}'";
        return iso.IsUnreadable ? $"you may not read {path}, and QEMU runs as you." : null;
    }

    private static string? SizeFault(NewGuestWish wish, ProfileHardware hardware)
    {
        var profile = EnumWords.Of(hardware.Profile);
        if (wish.MemoryMiB < hardware.LeastMiB)
            return $"{Number(wish.MemoryMiB.Value)} MiB of memory are too little for {profile}, which needs {Number(hardware.LeastMiB)} MiB at least (--memory).";
        if (wish.Vcpus < hardware.LeastVcpus)
            return $"{Number(wish.Vcpus.Value)} processors are too few for {profile}, which needs {Number(hardware.LeastVcpus)} at least (--vcpus).";
        return wish.DiskGiB < hardware.LeastGiB
            ? $"a disk of {Number(wish.DiskGiB.Value)} GiB is too small for {profile}, which needs {Number(hardware.LeastGiB)} GiB at least (--disk)."
            : null;
    }

    private static string? AbilityFault(ProfileHardware hardware, NewGuestSight sight)
    {
        if (hardware.Firmware == NewFirmware.SecureBoot && !sight.HasSecureBoot)
            return $"{EnumWords.Of(hardware.Profile)} wants Secure Boot, and this host has no firmware that does it. Install the package ovmf (Debian, Ubuntu) or edk2-ovmf (Fedora, Arch).";
        return hardware.Tpm && !sight.HasTpm
            ? $"{EnumWords.Of(hardware.Profile)} wants a TPM 2.0, and this host emulates none. Install the packages swtpm and swtpm-tools."
            : null;
    }

    private static string? PoolFault(NewGuestWish wish, PoolSight? pool)
    {
        if (pool is null)
            return $"libvirt has no storage pool '{wish.Pool}'; 'virsh pool-list --all' lists those that are (--pool).";
        if (!pool.IsActive)
            return $"the storage pool '{wish.Pool}' is not started: virsh pool-start {wish.Pool}";
        if (pool.Folder is not { } folder)
            return $"the storage pool '{wish.Pool}' is no folder of files. Name one that is (--pool).";
        if (folder.AsSpan().IndexOfAny(VirtInstallArguments.Unspeakable) >= 0)
            return $"virt-install takes no path with {string.Join(' ', VirtInstallArguments.Unspeakable.AsEnumerable())}, as '{folder}' is. Name another pool (--pool).";
        if (pool.IsTaken)
            return $"{folder}/{VolumeOf(wish.Name)} is there already. Choose another name, or remove the file.";
        var needed = ((long)wish.DiskGiB!.Value << 30) + Room;
        return pool.Available < needed
            ? $"the storage pool '{wish.Pool}' ({folder}) has {Size(pool.Available)} free, and the disk needs {Size(needed)}. Make room, or name a smaller --disk or another --pool."
            : null;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");
}
