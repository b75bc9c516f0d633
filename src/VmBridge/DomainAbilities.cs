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
}
