using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a clone is to be.</summary>
/// <param name="Disks">The clone's own disks (qcow2), by the targets of <see cref="BaseDisk.Of"/>.</param>
/// <param name="Variables">Its own copy of the firmware's variables; null for new ones.</param>
/// <param name="Generation">Its own generation id, where the base has one.</param>
/// <param name="Throwaway">Whether it is to be discarded with its seat's use of it, and says so of itself.</param>
public sealed record CloneWish(string Name, Guid Uuid, Guid Generation, IReadOnlyDictionary<string, string> Disks, string? Variables = null, bool Throwaway = false);

/// <summary>A clone's definition.</summary>
/// <param name="Changes">How it differs from the base's, but for name, UUID and what stands in attributes.</param>
/// <param name="Notes">What the owner should know, one sentence each.</param>
public sealed record CloneMade(string Xml, ValueList<OverlayChange> Changes, ValueList<string> Notes);

/// <summary>
/// A clone's stored definition out of its base's: all that must be its own becomes so (name, UUID, MAC addresses, generation id, disks,
/// firmware variables, the state of an emulated TPM, sockets and ports), whatever else there is stays to the letter. Pure.
/// </summary>
public static class CloneDefinition
{
    /// <summary>Fails with <see cref="GuestException"/>.</summary>
    public static CloneMade Make(string storedXml, CloneWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var edit = new DomainEdit(storedXml);
        var root = edit.Root;
        var name = root.Element("name") ?? throw new GuestException("The guest's stored definition has no <name>.");
        var was = name.Value;
        name.Value = wish.Name;
        if (root.Element("uuid") is { } uuid)
            uuid.Value = wish.Uuid.ToString();
        else
            name.AddAfterSelf(new XElement("uuid", wish.Uuid));
        if (root.Element("genid") is { } generation)
            generation.Value = wish.Generation.ToString();
        if (root.Element("metadata")?.Element(DomainXmlNames.Seat) is { } mark)
            edit.Remove(mark, "the base's seat is not the clone's");
        if (root.Element("metadata")?.Element(DomainXmlNames.Throwaway) is { } throwaway)
            edit.Remove(throwaway, "what becomes of the base is not what becomes of the clone");
        if (wish.Throwaway)
            Mark(edit, was);
        foreach (var entry in root.Elements("sysinfo").Elements("system").Elements("entry").Where(entry => entry.Attribute("name")?.Value == "uuid"))
            entry.Value = wish.Uuid.ToString();
        Disks(edit, wish);
        Variables(edit, wish);
        Networks(edit);
        var notes = new List<string>();
        OwnSockets(edit);
        Tpm(edit, notes);
        Shared(edit, was, notes);
        notes.Add(ProfileFinder.Find(root, null).Profile switch
        {
            GuestProfile.Windows10 or GuestProfile.Windows11 =>
                "Windows itself is the same on both: its name, its security identifier and its activation. Run 'sysprep /generalize' in the base before it is frozen where they are to meet in one domain.",
            GuestProfile.MacOS => "macOS itself is the same on both: its serial number and its sign-in with Apple.",
            _ => "The system itself is the same on both: host name, /etc/machine-id (which gives DHCP its client id) and SSH host keys. 'virt-sysprep' on the base before it is frozen removes them.",
        });
        return new(edit.Xml, edit.Changes, notes.ToValueList());
    }

    private static void Mark(DomainEdit edit, string origin)
    {
        const string Why = "it is to be discarded with its seat's use of it";
        edit.Add(edit.Ensure(edit.Root, "metadata", Why), new(DomainXmlNames.Throwaway, new XAttribute(XNamespace.Xmlns + "phyllome-clone", DomainXmlNames.Throwaway.NamespaceName), new XAttribute("of", origin)), Why);
    }

    private static void Disks(DomainEdit edit, CloneWish wish)
    {
        const string Why = "its own disk on top of the frozen one";
        foreach (var disk in BaseDisk.Written(edit).ToList())
        {
            var target = disk.Element("target")?.Attribute("dev")?.Value ?? "?";
            if (!wish.Disks.TryGetValue(target, out var file))
                throw new GuestException($"Could not clone the guest: no disk was made for its {target}.");
            disk.SetAttributeValue("type", "file");
            foreach (var old in disk.Elements().Where(part => part.Name.LocalName is "source" or "backingStore").ToList())
                edit.Remove(old, Why);
            edit.Add(disk, new("source", new XAttribute("file", file)), Why);
            if (disk.Element("driver") is { } driver)
                driver.SetAttributeValue("type", "qcow2");
            else
                edit.Add(disk, new("driver", new XAttribute("name", "qemu"), new XAttribute("type", "qcow2")), Why);
        }
    }

    private static void Variables(DomainEdit edit, CloneWish wish)
    {
        if (edit.Root.Element("os")?.Element("nvram") is not { } variables)
            return;
        const string Why = "the firmware's variables are each machine's own";
        foreach (var source in variables.Elements("source").ToList())
            edit.Remove(source, Why);
        variables.SetAttributeValue("type", null);
        // libvirt makes new ones of the template where there is no path.
        variables.Value = wish.Variables ?? "";
        if (wish.Variables is null && !variables.HasAttributes)
            edit.Remove(variables, Why);
    }

    /// <summary>libvirt gives an address to what has none.</summary>
    private static void Networks(DomainEdit edit)
    {
        foreach (var network in edit.Devices.Elements("interface"))
        {
            foreach (var own in network.Elements().Where(part => part.Name.LocalName == "mac" || (part.Name.LocalName == "target" && part.Attribute("dev") is not null)).ToList())
                edit.Remove(own, "two machines of one address or interface cannot be on one network");
        }
    }

    /// <summary>What the host has once: ports of displays, addresses of vsock, sockets of channels.</summary>
    private static void OwnSockets(DomainEdit edit)
    {
        foreach (var graphics in edit.Devices.Elements("graphics").Where(graphics => graphics.Attribute("port") is not null && graphics.Attribute("autoport")?.Value != "yes"))
        {
            foreach (var port in new[] { "port", "tlsPort", "websocket" })
                graphics.SetAttributeValue(port, null);
            graphics.SetAttributeValue("autoport", "yes");
        }
        foreach (var address in edit.Devices.Elements("vsock").Elements("cid").Where(cid => cid.Attribute("address") is not null))
        {
            address.SetAttributeValue("auto", "yes");
            address.SetAttributeValue("address", null);
        }
        foreach (var socket in edit.Devices.Elements("graphics").Where(graphics => graphics.Attribute("socket") is not null).Select(graphics => graphics.Attribute("socket")!).ToList())
            socket.Remove();
        foreach (var source in edit.Devices.Elements("channel").Where(channel => channel.Attribute("type")?.Value == "unix").Elements("source")
            .Where(source => source.Attribute("mode")?.Value is null or "bind" && source.Attribute("path") is not null).ToList())
            edit.Remove(source, "libvirt gives each guest a socket of its own");
    }

    private static void Tpm(DomainEdit edit, List<string> notes)
    {
        foreach (var backend in edit.Devices.Elements("tpm").Elements("backend"))
        {
            if (backend.Attribute("type")?.Value != "emulator")
                continue;
            foreach (var state in backend.Elements("source").ToList())
                edit.Remove(state, "the state of a TPM is each machine's own");
            notes.Add("Its TPM is a new one: what was sealed to the base's (BitLocker, Windows Hello, disks that the TPM unlocks) does not open by it. Have the recovery keys at hand, "
                + "or suspend BitLocker in the base before it is frozen.");
        }
    }

    /// <summary>What both would have, so that only one of them can run or both would write to it.</summary>
    private static void Shared(DomainEdit edit, string was, List<string> notes)
    {
        if (edit.Devices.Elements("hostdev").Any() || edit.Devices.Elements("interface").Any(network => network.Attribute("type")?.Value is "hostdev" or "vdpa")
            || edit.Devices.Elements("tpm").Elements("backend").Any(backend => backend.Attribute("type")?.Value is "passthrough" or "external"))
            notes.Add($"It takes the same devices of the host as '{was}', so that only one of the two can run.");
        string[] files =
        [
            .. edit.Devices.Elements().Where(device => device.Name.LocalName is "serial" or "console" or "parallel" or "channel")
                .Where(device => device.Attribute("type")?.Value is "file" or "pipe" or "dev" or "tcp" or "udp" or "unix")
                .Select(device => device.Element("source")).Select(source => (source?.Attribute("path") ?? source?.Attribute("service"))?.Value).OfType<string>().Distinct(),
        ];
        if (files.Length > 0)
            notes.Add($"Its serial ports and channels lead to the same places as those of '{was}': {string.Join(", ", files)}.");
        if (edit.Root.Elements().Any(part => part.Name.NamespaceName == DomainXmlNames.QemuUri))
            notes.Add($"The arguments for QEMU that '{was}' has are the clone's, too: what they name, both have.");
    }
}
