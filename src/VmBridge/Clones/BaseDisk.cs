using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>A disk of a base that its clones have on top of: one that a guest writes to.</summary>
/// <param name="Target">Its name in the definition, <c>vda</c>.</param>
/// <param name="Path">Its file or block device; null for a volume of a pool.</param>
/// <param name="Pool">Of a volume: the name of its pool.</param>
/// <param name="Volume">Of a volume: its own name.</param>
/// <param name="Format">As the definition has it: <c>raw</c>, <c>qcow2</c>; libvirt takes what says nothing for raw.</param>
public sealed record BaseDisk(string Target, string? Path, string? Pool, string? Volume, string Format)
{
    /// <summary>In the order of a definition. Fails with <see cref="GuestException"/> on one that cannot be on top of another.</summary>
    public static ValueList<BaseDisk> Of(string storedXml)
    {
        var edit = new DomainEdit(storedXml);
        var name = edit.Root.Element("name")?.Value;
        return Written(edit).Select(disk => Read(disk, name)).ToValueList();
    }

    /// <summary>Media and what is read only, or shared by its owner's wish, stays one and the same for all.</summary>
    internal static IEnumerable<XElement> Written(DomainEdit edit) => edit.Devices.Elements("disk").Where(disk =>
        disk.Attribute("device")?.Value is null or "disk" or "lun" && disk.Element("readonly") is null && disk.Element("shareable") is null);

    private static BaseDisk Read(XElement disk, string? guest)
    {
        var source = disk.Element("source");
        var target = disk.Element("target")?.Attribute("dev")?.Value ?? "?";
        var type = disk.Attribute("type")?.Value ?? "file";
        var path = source?.Attribute(type == "block" ? "dev" : "file")?.Value;
        var why = disk.Attribute("device")?.Value == "lun" ? "it is a SCSI device of the host that the guest talks to"
            : type is not ("file" or "block" or "volume") ? $"it is of type '{type}', and only files, block devices and volumes of pools can be frozen"
            : source is null || (type != "volume" && path is null) ? "it has no source"
            : disk.Element("encryption") is not null || source.Element("encryption") is not null ? "libvirt decrypts it, and a frozen copy would stay under the same secret"
            : source.Element("slices") is not null ? "it is a slice of a larger file"
            : disk.Element("driver")?.Attribute("name")?.Value is { } driver and not "qemu" ? $"its driver is '{driver}'"
            : null;
        if (why is not null)
            throw new GuestException($"Could not clone guest '{guest}': its disk {target} cannot be on top of a frozen one, since {why}.");
        return new(
            target, type == "volume" ? null : path, type == "volume" ? source!.Attribute("pool")?.Value : null, type == "volume" ? source!.Attribute("volume")?.Value : null,
            disk.Element("driver")?.Attribute("type")?.Value ?? "raw");
    }
}
