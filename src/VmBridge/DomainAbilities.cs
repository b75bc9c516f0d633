using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a host can give to a machine, of libvirt's domain capabilities.</summary>
internal static class DomainAbilities
{
    /// <summary>Whether it can emulate a TPM (libvirt looks for swtpm itself).</summary>
    internal static bool HasTpm(string capabilities)
    {
        var tpm = XElement.Parse(capabilities).Element("devices")?.Element("tpm");
        return tpm?.Attribute("supported")?.Value == "yes"
            && tpm.Elements("enum").Where(one => one.Attribute("name")?.Value == "backendModel").Elements("value").Any(value => value.Value == "emulator");
    }

    /// <summary>Whether libvirt finds a UEFI firmware for the machine by itself.</summary>
    internal static bool HasUefi(string capabilities) => Values(capabilities, [], "firmware").Contains("efi");

    internal static bool HasSecureBoot(string capabilities) => HasUefi(capabilities) && Values(capabilities, ["loader"], "secure").Contains("yes");

    /// <summary>Of an enumeration below <c>os</c>.</summary>
    private static IEnumerable<string> Values(string capabilities, IEnumerable<string> path, string name) =>
        path.Aggregate(XElement.Parse(capabilities).Elements("os"), (elements, step) => elements.Elements(step))
            .Elements("enum").Where(one => one.Attribute("name")?.Value == name).Elements("value").Select(value => value.Value);
}
