using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>virt-install's definition with what the profile adds stored in it, so that a guest has it off its seat, too.</summary>
internal static class NewGuestDefinition
{
    /// <summary>Fails with <see cref="GuestException"/> where it is no definition of one machine.</summary>
    /// <param name="printed">What <c>virt-install --print-xml</c> printed.</param>
    /// <param name="iso">What goes into its drive.</param>
    internal static string Make(string printed, GuestProfile profile, string iso)
    {
        var start = printed.IndexOf("<domain", StringComparison.Ordinal);
        try
        {
            var edit = new DomainEdit(start < 0 ? printed : printed[start..].TrimEnd());
            // The TPM is the table's, whatever the host has: what checks the host has checked it.
            ProfileAdditions.Apply(edit, profile, hasTpm: true);
            Insert(edit, iso);
            return edit.Xml;
        }
        catch (GuestException broken)
        {
            throw new GuestException($"virt-install printed no definition: {broken.Message}", broken);
        }
    }

    private static void Insert(DomainEdit edit, string iso)
    {
        var drive = edit.Devices.Elements("disk").FirstOrDefault(disk => disk.Attribute("device")?.Value == "cdrom")
            ?? throw new GuestException("it has no drive for the medium.");
        drive.Element("source")?.Remove();
        var isDrive = iso.StartsWith("/dev/", StringComparison.Ordinal) && !iso.StartsWith("/dev/shm/", StringComparison.Ordinal);
        drive.SetAttributeValue("type", isDrive ? "block" : "file");
        var source = new XElement("source", new XAttribute(isDrive ? "dev" : "file", iso));
        var line = new XText((drive.FirstNode as XText)?.Value ?? "");
        if (drive.Element("driver") is { } driver)
            driver.AddAfterSelf(line, source);
        else
            drive.AddFirst(line, new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "raw")), new XText(line.Value), source);
    }

    /// <summary>The numbers of the user and group that QEMU runs as, of libvirt's capabilities; null where libvirt changes no user.</summary>
    internal static (uint User, uint Group)? QemuUser(string capabilities)
    {
        var label = XElement.Parse(capabilities).Element("host")?.Elements("secmodel").FirstOrDefault(model => model.Element("model")?.Value == "dac")
            ?.Elements("baselabel").FirstOrDefault(label => label.Attribute("type")?.Value is "kvm" or "qemu")?.Value;
        return label?.Split(':') is [['+', .. var user], ['+', .. var group]] && uint.TryParse(user, out var uid) && uint.TryParse(group, out var gid) ? (uid, gid) : null;
    }
}
