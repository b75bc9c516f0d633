namespace Phyllome.Seats.VmBridge;

/// <summary>The medium, as QEMU will find it.</summary>
/// <param name="IsThere">A file or a drive, seen by us or by libvirt.</param>
/// <param name="IsFolder">Something is there that no system can be installed from.</param>
/// <param name="Closed">The first folder on the way to it that QEMU's user may not pass; null where none is known.</param>
/// <param name="Reader">QEMU's user by number; null where it is the caller.</param>
/// <param name="IsUnreadable">QEMU runs as the caller, who may not read it.</param>
internal sealed record IsoSight(bool IsThere, bool IsFolder = false, string? Closed = null, uint? Reader = null, bool IsUnreadable = false);

/// <summary>The storage pool that the disk is to go to.</summary>
/// <param name="Folder">Null where it is none of files.</param>
/// <param name="Available">Bytes that are free.</param>
/// <param name="IsTaken">Whether it has a volume of the disk's name.</param>
internal sealed record PoolSight(string? Folder, bool IsActive, long Available, bool IsTaken);

/// <summary>What is looked at before a guest is made.</summary>
/// <param name="OsNames">Those that virt-install knows; null where there is no virt-install.</param>
/// <param name="IsNameTaken">Whether libvirt has a guest of that name.</param>
/// <param name="Pool">Null where there is none of that name.</param>
/// <param name="HasSecureBoot">Whether the host has a firmware that does it, as with the next two.</param>
internal sealed record NewGuestSight(
    ValueList<string>? OsNames, bool IsNameTaken, IsoSight Iso, PoolSight? Pool, bool HasUefi, bool HasSecureBoot, bool HasTpm);
