using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Routing;

/// <summary>What a clone is a clone of: the same word for the same node of the same device at the same place, whenever it comes.</summary>
public static class CloneName
{
    private const int Longest = 64;

    /// <summary>Whether it is made of <c>[0-9a-z]</c> alone, at least one and at most 64: it goes into names of aliases, stored descriptors and phys.</summary>
    public static bool IsOne(string? name) => name is { Length: > 0 and <= Longest } && name.All(letter => letter is (>= '0' and <= '9') or (>= 'a' and <= 'z'));

    public static string Of(Device device, InputNode node)
    {
        var key = DeviceKey.Of(device);
        var alike = device.Nodes.Where(other => other.Name == node.Name).OrderBy(other => other.Input).TakeWhile(other => other.Input != node.Input).Count();
        var text = string.Join('\0', key.Place, key.Id, key.Serial, node.Name, alike.ToString(CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }
}
