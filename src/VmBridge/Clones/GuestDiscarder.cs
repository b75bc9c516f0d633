using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// Discards a clone that was made for the while (<see cref="GuestCloner.Throwaway"/>): its disks, its definition, its firmware's variables
/// and the state of its TPM. The frozen disks below it stay. The definition goes last, so that what was broken off is done again.
/// </summary>
public sealed class GuestDiscarder(LibvirtConnection connection)
{
    /// <summary>The guest that a definition says its own is a throwaway clone of; null where it says nothing.</summary>
    public static string? OriginOf(string xml)
    {
        ArgumentNullException.ThrowIfNull(xml);
        // Most guests are none, and all are read at each change.
        return xml.Contains(DomainXmlNames.Throwaway.NamespaceName, StringComparison.Ordinal)
            ? XElement.Parse(xml).Element("metadata")?.Element(DomainXmlNames.Throwaway)?.Attribute("of")?.Value
            : null;
    }

    /// <summary>Blocks; fails with <see cref="GuestException"/> or <see cref="LibvirtException"/>. What is gone already is no failure.</summary>
    public void Discard(LibvirtDomain guest)
    {
        ArgumentNullException.ThrowIfNull(guest);
        var what = $"discard guest '{guest.Name}'";
        if (guest.IsActive)
            throw new GuestException($"Could not {what}: it runs. Shut it down.");
        var stored = guest.GetXml(DomainXml.Inactive);
        if (OriginOf(stored) is null)
            throw new GuestException($"Could not {what}: its definition does not say that it was made for the while, so it is its owner's.");
        if (guest.HasManagedSave)
            throw new GuestException($"Could not {what}: it has a saved state. Start it, or give up what was saved with 'virsh managedsave-remove {guest.Name}'.");
        foreach (var path in BaseDisk.Of(stored).Select(disk => disk.Path).OfType<string>().Where(path => IsOwn(path, guest.Name)))
        {
            using var folder = CloneFolder.Open(connection, Path.GetDirectoryName(path)!);
            using var disk = connection.FindVolume(path);
            disk?.Delete();
        }
        guest.UndefineWhole(connection.Version);
    }

    /// <summary>Not a disk that its owner gave it later.</summary>
    private static bool IsOwn(string path, string guest) =>
        Path.GetFileName(path).StartsWith($"{guest}{GuestCloner.ThrowawayWord}-", StringComparison.Ordinal) && Path.GetDirectoryName(path) is { Length: > 0 };
}
